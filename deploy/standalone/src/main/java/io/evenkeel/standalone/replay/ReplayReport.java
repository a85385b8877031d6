package io.evenkeel.standalone.replay;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The report of a replay; the JSON names are released and never change.
 *
 * @param runId the run
 * @param file the log
 * @param format jsonl, evenkeel_steps, csv, tensorboard or trainer_state
 * @param incarnations newest incarnation plus one: restarts found in the log plus one
 * @param observations what became of what the log holds
 * @param skipped what was left out, by reason
 * @param seconds how long it took, by part
 * @param alerts incidents that fired, by step
 */
public record ReplayReport(
    @JsonProperty("run_id") String runId,
    @JsonProperty("file") String file,
    @JsonProperty("format") String format,
    @JsonProperty("incarnations") int incarnations,
    @JsonProperty("observations") Observations observations,
    @JsonProperty("skipped") List<Skip> skipped,
    @JsonProperty("seconds") Seconds seconds,
    @JsonProperty("alerts") List<Alert> alerts) {

  /**
   * What became of what the log holds.
   *
   * @param read usable values in the log; of JSON lines usable lines
   * @param sent observations, one a step and rank, acknowledged by the broker
   * @param stored observations of the run in the database
   * @param added of those, new by this replay
   * @param signalSteps steps of the run with signals in the database
   */
  public record Observations(
      @JsonProperty("read") long read,
      @JsonProperty("sent") long sent,
      @JsonProperty("stored") long stored,
      @JsonProperty("added") long added,
      @JsonProperty("signal_steps") long signalSteps) {}

  /**
   * What was left out for one reason.
   *
   * @param reason such as unreadable, repeated, no_scalar
   * @param errorId its EVK id; null where nothing is wrong
   * @param count how often
   * @param examples the first few, each with its place
   */
  public record Skip(
      @JsonProperty("reason") String reason,
      @JsonProperty("error_id") @Nullable String errorId,
      @JsonProperty("count") long count,
      @JsonProperty("examples") List<String> examples) {}

  /**
   * How long it took, seconds.
   *
   * @param total from the command to the report
   * @param startUp until broker, database and services were there
   * @param read until the log was read and put in order; of JSON lines part of {@code send}
   * @param send until all was acknowledged
   * @param drain until all was stored and judged
   */
  public record Seconds(
      @JsonProperty("total") double total,
      @JsonProperty("start_up") double startUp,
      @JsonProperty("read") double read,
      @JsonProperty("send") double send,
      @JsonProperty("drain") double drain) {}

  /**
   * One incident.
   *
   * @param rule rule id
   * @param scope run, layer, tensor or rank
   * @param metric what the rule looks at, as the views name it
   * @param severity info, warning or critical
   * @param incarnation of the run
   * @param firedStep step at which it fired
   * @param resolvedStep step at which it resolved, or of the end of the log; null if open still
   * @param value what was seen at the firing
   * @param threshold its limit
   * @param summary a sentence for people
   */
  public record Alert(
      @JsonProperty("rule") String rule,
      @JsonProperty("scope") String scope,
      @JsonProperty("metric") String metric,
      @JsonProperty("severity") String severity,
      @JsonProperty("incarnation") int incarnation,
      @JsonProperty("fired_step") long firedStep,
      @JsonProperty("resolved_step") @Nullable Long resolvedStep,
      @JsonProperty("value") double value,
      @JsonProperty("threshold") double threshold,
      @JsonProperty("summary") String summary) {}

  /** Writes the report; a reader sees the whole of it or nothing. */
  void write(Path file) throws IOException {
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
