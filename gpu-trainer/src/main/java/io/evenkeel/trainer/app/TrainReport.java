package io.evenkeel.trainer.app;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * What a trainer says of itself at its end.
 *
 * @param run id
 * @param incarnation of it
 * @param backend what computed
 * @param ranks that trained
 * @param steps of the run so far
 * @param trainedSteps of them, by this process
 * @param tokens of the run so far
 * @param seconds of training in this process, pauses included
 * @param lossFirst mean language-model loss of this process's first 20 steps, nats
 * @param lossLast of its last 20
 * @param validationLoss on held-out text with the last weights, nats; when the run was stopped, as
 *     last measured, or NaN
 * @param memoryPredicted bytes of rank 0's tensors, as planned
 * @param memoryAllocated bytes of rank 0's tensors, as allocated
 * @param stepMillisMedian without pauses
 * @param telemetryShareOfStep share of the steps' time that telemetry took
 * @param telemetry observations
 * @param telemetrySent the same as in {@code telemetry}
 * @param telemetryDropped the same as in {@code telemetry}
 */
record TrainReport(
    @JsonProperty("run_id") String run,
    @JsonProperty("incarnation") int incarnation,
    @JsonProperty("backend") String backend,
    @JsonProperty("ranks") int ranks,
    @JsonProperty("steps") long steps,
    @JsonProperty("trained_steps") int trainedSteps,
    @JsonProperty("tokens") long tokens,
    @JsonProperty("seconds") double seconds,
    @JsonProperty("loss_first") double lossFirst,
    @JsonProperty("loss_last") double lossLast,
    @JsonProperty("validation_loss") double validationLoss,
    @JsonProperty("memory_predicted_bytes") long memoryPredicted,
    @JsonProperty("memory_allocated_bytes") long memoryAllocated,
    @JsonProperty("step_ms_p50") double stepMillisMedian,
    @JsonProperty("telemetry_share_of_step") double telemetryShareOfStep,
    @JsonProperty("telemetry") Telemetry telemetry,
    @JsonProperty("telemetry_sent") long telemetrySent,
    @JsonProperty("telemetry_dropped") long telemetryDropped) {

  /**
   * Observations of this process, one a step and rank.
   *
   * @param sent of the last incarnation, acknowledged by the receiver
   * @param dropped given up
   */
  record Telemetry(@JsonProperty("sent") long sent, @JsonProperty("dropped") long dropped) {}

  void write(Path file) throws IOException {
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.write(
        partial,
        JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build()
            .writeValueAsBytes(this));
    Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
