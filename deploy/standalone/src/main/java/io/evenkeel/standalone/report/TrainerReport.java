package io.evenkeel.standalone.report;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What the trainer says of itself at its end.
 *
 * @param run the run
 * @param incarnation of it
 * @param backend what it computed with
 * @param steps steps trained
 * @param seconds wall time of training
 * @param sent observations handed to the client
 * @param dropped of those, by the client
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record TrainerReport(
    @JsonProperty(value = "run_id", required = true) String run,
    @JsonProperty(value = "incarnation", required = true) int incarnation,
    @JsonProperty(value = "backend", required = true) String backend,
    @JsonProperty(value = "steps", required = true) long steps,
    @JsonProperty(value = "seconds", required = true) double seconds,
    @JsonProperty(value = "telemetry_sent", required = true) long sent,
    @JsonProperty(value = "telemetry_dropped", required = true) long dropped) {

  /**
   * Reads the trainer's file.
   *
   * @throws IOException if it is missing, or lacks a component
   */
  public static TrainerReport read(Path file) throws IOException {
    return new ObjectMapper()
        .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
        .readValue(file.toFile(), TrainerReport.class);
  }
}
