package io.evenkeel.ui.api;

import java.io.IOException;
import java.io.InputStream;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.json.JsonMapper;

/** Serves the description of the API as JSON, to everybody. */
@RestController
class OpenApiController {
  static final String PATH = "/api/v1/openapi";

  private static final String SOURCE = "/openapi-ui.yaml";

  private final byte[] json;

  OpenApiController() throws IOException {
    try (InputStream in = OpenApiController.class.getResourceAsStream(SOURCE)) {
      if (in == null) {
        throw new IOException("there is no " + SOURCE);
      }
      Object description = new Yaml(new SafeConstructor(new LoaderOptions())).load(in);
      json = JsonMapper.builder().build().writeValueAsBytes(description);
    }
  }

  @GetMapping(PATH)
  ResponseEntity<byte[]> openapi() {
    return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(json);
  }
}
