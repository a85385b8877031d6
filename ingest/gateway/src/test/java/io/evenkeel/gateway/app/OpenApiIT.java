package io.evenkeel.gateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.gateway.limit.Limits;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

/** The description of the API is of this API. Needs no broker. */
class OpenApiIT {

  @TempDir private Path folder;

  @Test
  void shouldDescribeExactlyThePathsThatAreServed() throws Exception {
    try (TestGateway gateway = new TestGateway(folder, "127.0.0.1:1", Limits.STANDARD)) {
      JsonNode description = gateway.get("/api/v1/openapi").json();
      assertThat(description.path("openapi").asString()).isEqualTo("3.1.0");
      Set<String> described = new TreeSet<>();
      description
          .path("paths")
          .properties()
          .forEach(
              path ->
                  path.getValue()
                      .propertyNames()
                      .forEach(
                          method -> {
                            if (!method.equals("parameters")) {
                              described.add(
                                  method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey());
                            }
                          }));
      Set<String> served = new TreeSet<>();
      gateway
          .context()
          .getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
          .getHandlerMethods()
          .keySet()
          .forEach(
              mapping -> {
                for (RequestMethod method : mapping.getMethodsCondition().getMethods()) {
                  mapping.getPatternValues().forEach(path -> served.add(method + " " + path));
                }
              });
      for (String path : described) {
        if (path.contains("/actuator/")) {
          int status = gateway.get(path.substring(path.indexOf('/'))).status();
          assertThat(status).as(path).isIn(200, 503);
          served.add(path);
        }
      }
      assertThat(described).containsAll(served);
      // The OpenTelemetry door is a package of its own.
      served.add("POST /v1/metrics");
      assertThat(served).isEqualTo(described);
    }
  }

  @Test
  void shouldReferToNothingThatIsNotThere() throws Exception {
    try (TestGateway gateway = new TestGateway(folder, "127.0.0.1:1", Limits.STANDARD)) {
      JsonNode description = gateway.get("/api/v1/openapi").json();
      assertThat(description.findValuesAsString("$ref"))
          .isNotEmpty()
          .allSatisfy(
              reference ->
                  assertThat(description.at(reference.substring(1)).isMissingNode())
                      .as(reference)
                      .isFalse());
    }
  }
}
