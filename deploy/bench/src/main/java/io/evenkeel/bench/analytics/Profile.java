package io.evenkeel.bench.analytics;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingFile;

/** Where the job's processor time goes, by a flight recording's samples. */
final class Profile {

  /**
   * A cost.
   *
   * @param name Evenkeel's innermost method, or whose code it is where none of ours is
   * @param share of all samples
   */
  record Cost(@JsonProperty("name") String name, @JsonProperty("share") double share) {}

  private Profile() {}

  /** The largest costs of a recording from a moment on, first the largest. */
  static List<Cost> of(Path recording, Instant from, int count) throws IOException {
    Map<String, Integer> samples = new HashMap<>();
    int all = 0;
    try (RecordingFile file = new RecordingFile(recording)) {
      while (file.hasMoreEvents()) {
        RecordedEvent event = file.readEvent();
        if (event.getEventType().getName().equals("jdk.ExecutionSample")
            && event.getStackTrace() != null
            && event.getStartTime().isAfter(from)) {
          samples.merge(name(event.getStackTrace().getFrames()), 1, Integer::sum);
          all++;
        }
      }
    }
    double total = Math.max(1, all);
    return samples.entrySet().stream()
        .map(entry -> new Cost(entry.getKey(), entry.getValue() / total))
        .sorted(Comparator.comparingDouble(Cost::share).reversed().thenComparing(Cost::name))
        .limit(count)
        .toList();
  }

  private static String name(List<RecordedFrame> frames) {
    for (RecordedFrame frame : frames) {
      RecordedMethod method = frame.getMethod();
      String type = method.getType().getName();
      if (type.startsWith("io.evenkeel.") && !type.contains(".wire.proto.")) {
        return type.substring(type.lastIndexOf('.') + 1) + "." + method.getName();
      }
    }
    for (RecordedFrame frame : frames) {
      String type = frame.getMethod().getType().getName();
      if (type.startsWith("org.apache.kafka.")) {
        return "Kafka's client";
      }
      if (type.startsWith("org.apache.flink.")) {
        return "Flink";
      }
    }
    return "other";
  }
}
