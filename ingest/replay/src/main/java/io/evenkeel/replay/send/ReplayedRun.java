package io.evenkeel.replay.send;

import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.replay.LogFormat;
import io.evenkeel.replay.LogIdentity;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A run as a replay declares it: without knobs, so that nobody tries to steer what has happened
 * already.
 *
 * @param run run id
 * @param log what it is
 * @param format the log's format
 */
public record ReplayedRun(String run, LogIdentity log, LogFormat format) {
  /** Label that every replayed run has, with the value {@value #FROM_FILE}. */
  public static final String SOURCE_LABEL = "source";

  /** Value of {@link #SOURCE_LABEL}. */
  public static final String FROM_FILE = "file";

  /** Label that holds the hash of the log. */
  public static final String DIGEST_LABEL = "sha256";

  RunSpec declaration(
      StepTelemetry first,
      int incarnation,
      long firstStep,
      RunStatus status,
      Instant started,
      @Nullable Instant ended) {
    return new RunSpec(
        run,
        incarnation,
        run,
        status,
        started,
        ended,
        first.worldSize(),
        firstStep,
        0,
        Map.of(),
        Map.of(),
        first.moeShape(),
        List.of(),
        List.of(),
        0,
        Map.of(
            SOURCE_LABEL,
            FROM_FILE,
            DIGEST_LABEL,
            log.sha256(),
            "file",
            log.fileName(),
            "format",
            format.id()));
  }
}
