package io.evenkeel.standalone.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The report of a run; the JSON names are released and never change.
 *
 * @param runId the run
 * @param backend what the trainer computed with
 * @param steps steps stored
 * @param tokens tokens of those steps, all ranks
 * @param seconds of training, as the trainer measured it
 * @param lossFirst language-model loss, nats, mean of the first 20 steps
 * @param lossLast the same of the last 20 steps
 * @param telemetry what became of the observations
 * @param signals the gradient-norm ratio at both ends
 * @param alerts incidents that fired, by step
 * @param commands commands, by sequence
 * @param webhooks notices, of the controller's outbox
 * @param latencyMs from a step's telemetry to what followed
 * @param stepMsP50 median step time, milliseconds
 * @param telemetryShareOfStep time spent on telemetry over time of all steps
 */
public record RunReport(
    @JsonProperty("run_id") String runId,
    @JsonProperty("backend") String backend,
    @JsonProperty("steps") long steps,
    @JsonProperty("tokens") long tokens,
    @JsonProperty("seconds") double seconds,
    @JsonProperty("loss_first") @Nullable Double lossFirst,
    @JsonProperty("loss_last") @Nullable Double lossLast,
    @JsonProperty("telemetry") Telemetry telemetry,
    @JsonProperty("signals") Signals signals,
    @JsonProperty("alerts") List<Alert> alerts,
    @JsonProperty("commands") List<Command> commands,
    @JsonProperty("webhooks") Webhooks webhooks,
    @JsonProperty("latency_ms") Latencies latencyMs,
    @JsonProperty("step_ms_p50") @Nullable Double stepMsP50,
    @JsonProperty("telemetry_share_of_step") @Nullable Double telemetryShareOfStep) {

  /**
   * What became of the observations.
   *
   * @param sent handed to the client by the trainer
   * @param stored distinct ones in the database
   * @param dropped by the client, because its buffer was full
   * @param deadLettered refused anywhere since the run began
   */
  public record Telemetry(
      @JsonProperty("sent") long sent,
      @JsonProperty("stored") long stored,
      @JsonProperty("dropped") long dropped,
      @JsonProperty("dead_lettered") long deadLettered) {}

  /**
   * R_g, the largest over layers, unitless.
   *
   * @param first mean of the first 20 steps
   * @param last mean of the last 20 steps
   */
  public record Signals(
      @JsonProperty("gradient_norm_ratio_max_first") @Nullable Double first,
      @JsonProperty("gradient_norm_ratio_max_last") @Nullable Double last) {}

  /**
   * One incident.
   *
   * @param rule rule id
   * @param scope run, layer, tensor or rank
   * @param firedStep step of the firing event
   * @param resolvedStep step of the resolved event; null while it fires
   */
  @JsonPropertyOrder({"rule", "scope", "fired_step", "resolved_step"})
  public record Alert(
      @JsonProperty("rule") String rule,
      @JsonProperty("scope") String scope,
      @JsonProperty("fired_step") long firedStep,
      @JsonProperty("resolved_step") @Nullable Long resolvedStep) {}

  /**
   * One command.
   *
   * @param seq sequence
   * @param knob knob, or the action's name
   * @param from value in force before
   * @param to value commanded
   * @param issuedStep step of the signals that it rests on
   * @param appliedStep first step with the new value; null unless applied
   * @param status pending, applied, rejected or expired
   */
  public record Command(
      @JsonProperty("seq") long seq,
      @JsonProperty("knob") String knob,
      @JsonProperty("from") @Nullable Double from,
      @JsonProperty("to") @Nullable Double to,
      @JsonProperty("issued_step") long issuedStep,
      @JsonProperty("applied_step") @Nullable Long appliedStep,
      @JsonProperty("status") String status) {}

  /**
   * Notices of the run's alerts.
   *
   * @param accepted into the controller's outbox
   * @param delivered answered with success
   * @param failed given up
   */
  public record Webhooks(
      @JsonProperty("accepted") long accepted,
      @JsonProperty("delivered") long delivered,
      @JsonProperty("failed") long failed) {}

  /**
   * Wall time from a step's telemetry to what followed, milliseconds.
   *
   * @param stepToSignal to the signals' emission
   * @param stepToAlert to the firing event's emission
   * @param stepToWebhook to the notice's arrival at the sink
   * @param stepToCommandApplied to the trainer's acknowledgement
   */
  public record Latencies(
      @JsonProperty("step_to_signal") Percentiles stepToSignal,
      @JsonProperty("step_to_alert") Percentiles stepToAlert,
      @JsonProperty("step_to_webhook") Percentiles stepToWebhook,
      @JsonProperty("step_to_command_applied") Percentiles stepToCommandApplied) {}

  /** Writes the report; a reader sees the whole of it or nothing. */
  public void write(Path file) throws IOException {
    Path target = file.toAbsolutePath();
    Path folder = target.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Path fresh = target.resolveSibling(target.getFileName() + ".part");
    new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(fresh.toFile(), this);
    Files.move(fresh, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
