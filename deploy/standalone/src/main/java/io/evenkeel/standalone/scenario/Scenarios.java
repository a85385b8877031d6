package io.evenkeel.standalone.scenario;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/** The scenarios that come with Evenkeel. */
public final class Scenarios {
  /** Their names; {@code none} trains too, but leaves the trainer alone. */
  public static final List<String> NAMES = List.of("alpha-too-high", "healthy", "none");

  private static final ObjectMapper YAML =
      new ObjectMapper(new YAMLFactory())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);

  private Scenarios() {}

  /** The scenario of this name, or empty if there is none. */
  public static Optional<Scenario> find(String name) {
    if (!NAMES.contains(name)) {
      return Optional.empty();
    }
    String resource = "/scenarios/" + name + ".yaml";
    try (InputStream in = Scenarios.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is not in the build");
      }
      return Optional.of(parse(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads a scenario.
   *
   * @throws IllegalArgumentException naming the field that is unknown, missing or out of range
   */
  static Scenario parse(InputStream in) throws IOException {
    try {
      return YAML.readValue(in, Scenario.class);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(e.getOriginalMessage(), e);
    }
  }
}
