package io.evenkeel.bench.detection;

import io.evenkeel.analytics.detect.RuleBook;
import io.evenkeel.analytics.offline.OfflineRun;
import io.evenkeel.bench.BenchException;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.StepTelemetry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A case's telemetry through analytics: the run declares itself, plays, and ends. */
final class Playback {
  private static final String RUN = DetectionCase.RUN;

  private static final long GRACE_SECONDS = 60;

  /**
   * What came of it.
   *
   * @param incidents that fired, in the order of firing
   * @param series what published rules see
   * @param unprocessable parts that could not be used
   */
  record Outcome(List<Incident> incidents, Series series, long unprocessable) {}

  private final Map<String, AlertEvent> fired = new LinkedHashMap<>();
  private final Map<String, Long> resolved = new LinkedHashMap<>();
  private final Series series = new Series();
  private final OfflineRun run = new OfflineRun(RUN, RuleBook.BUILT_IN, this::take, this::take);
  private @Nullable StepTelemetry first;
  private int incarnation;

  private Playback() {}

  /** Plays all of it under the built-in rules. */
  static Outcome of(TelemetrySource telemetry) throws BenchException {
    Playback playback = new Playback();
    telemetry.giveTo(playback::accept);
    return playback.finish();
  }

  private void accept(StepTelemetry part) {
    StepTelemetry begun = first;
    if (begun == null || part.key().incarnation() > incarnation) {
      first = begun == null ? part : begun;
      incarnation = part.key().incarnation();
      run.declare(spec(part, RunStatus.RUNNING, part.wallTime(), null));
    }
    run.accept(part);
  }

  private Outcome finish() {
    run.finish();
    StepTelemetry begun = first;
    if (begun != null) {
      Instant end = run.time();
      run.declare(spec(begun, RunStatus.FINISHED, begun.wallTime(), end));
      run.advanceTo(end.plusSeconds(GRACE_SECONDS));
    }
    long last = series.size() == 0 ? 0 : series.step(series.size() - 1);
    List<Incident> incidents = new ArrayList<>();
    fired.forEach(
        (id, event) ->
            incidents.add(
                new Incident(
                    event.rule(),
                    event.scope(),
                    event.severity(),
                    event.incarnation(),
                    event.step(),
                    resolved.getOrDefault(id, last))));
    return new Outcome(List.copyOf(incidents), series, run.unprocessable());
  }

  private void take(StepSignals signals) {
    series.add(signals);
  }

  private void take(AlertEvent event) {
    if (event.state() == AlertState.FIRING) {
      fired.put(event.alertId(), event);
    } else if (event.state() == AlertState.RESOLVED) {
      resolved.put(event.alertId(), event.step());
    }
  }

  private RunSpec spec(
      StepTelemetry part, RunStatus status, Instant started, @Nullable Instant ended) {
    return new RunSpec(
        RUN,
        incarnation,
        RUN,
        status,
        started,
        ended,
        part.worldSize(),
        part.key().step(),
        0,
        Map.of(),
        Map.of(),
        part.moeShape(),
        List.of(),
        List.of(),
        0,
        Map.of());
  }
}
