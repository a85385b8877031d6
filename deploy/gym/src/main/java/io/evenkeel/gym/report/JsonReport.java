package io.evenkeel.gym.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.evenkeel.gym.judge.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** All results as JSON. */
public final class JsonReport {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .build();

  private JsonReport() {}

  private record Document(
      @JsonProperty("passed") int passed,
      @JsonProperty("missed") int missed,
      @JsonProperty("seconds") double seconds,
      @JsonProperty("results") List<Result> results) {}

  /** Writes atomically; makes the folder when it is not there. */
  public static void write(List<Result> results, double seconds, Path file) throws IOException {
    int passed = (int) results.stream().filter(Result::passed).count();
    byte[] bytes =
        JSON.writeValueAsBytes(new Document(passed, results.size() - passed, seconds, results));
    WholeFile.write(file, bytes);
  }

  /** Files that are there whole or not at all. */
  static final class WholeFile {
    private WholeFile() {}

    static void write(Path file, byte[] bytes) throws IOException {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Path partial = file.resolveSibling(file.getFileName() + ".partial");
      Files.write(partial, bytes);
      Files.move(
          partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
