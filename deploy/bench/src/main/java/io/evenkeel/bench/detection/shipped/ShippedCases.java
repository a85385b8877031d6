package io.evenkeel.bench.detection.shipped;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.evenkeel.bench.BenchException;
import io.evenkeel.bench.detection.DetectionCase;
import io.evenkeel.contract.error.ErrorId;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** All cases that come with the bench. */
public final class ShippedCases {
  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private ShippedCases() {}

  /**
   * Faults in real training runs, then synthetic series; telemetry is made when it is asked for.
   *
   * @throws BenchException if a description is wrong
   */
  public static List<DetectionCase> all() throws BenchException {
    return withSeedsMovedBy(0);
  }

  /**
   * The same with other seeds: cases that no threshold was chosen on.
   *
   * @param offset added to every seed
   * @throws BenchException if a description is wrong
   */
  public static List<DetectionCase> withSeedsMovedBy(long offset) throws BenchException {
    List<DetectionCase> cases = new ArrayList<>();
    for (TrainerRun described :
        read("trainer-cases.yaml", new TypeReference<List<TrainerRun>>() {})) {
      cases.addAll(described.cases(offset));
    }
    for (SyntheticRun described :
        read("synthetic-cases.yaml", new TypeReference<List<SyntheticRun>>() {})) {
      cases.addAll(described.cases(offset));
    }
    return cases;
  }

  private static <T> List<T> read(String name, TypeReference<List<T>> type) throws BenchException {
    try (InputStream in = ShippedCases.class.getResourceAsStream("/detection/" + name)) {
      if (in == null) {
        throw new BenchException(ErrorId.BENCH_CASES, name + " is not in the build.");
      }
      return YAML.readValue(in, type);
    } catch (IOException e) {
      throw new BenchException(ErrorId.BENCH_CASES, name + ": " + e.getMessage());
    }
  }

  /** A description as YAML, for those who read it from a file. */
  static String yaml(Object description) throws BenchException {
    try {
      return YAML.writeValueAsString(description);
    } catch (IOException e) {
      throw new BenchException(ErrorId.BENCH_CASES, String.valueOf(e.getMessage()));
    }
  }
}
