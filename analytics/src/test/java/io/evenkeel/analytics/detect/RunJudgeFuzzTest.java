package io.evenkeel.analytics.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.analytics.signal.MergePolicy;
import io.evenkeel.analytics.signal.MergeProgress;
import io.evenkeel.analytics.signal.ReadyStep;
import io.evenkeel.analytics.signal.SignalMath;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import io.evenkeel.testing.SeededCases;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Anything that passes the codec, through merge, signals and judge: nothing throws or piles up. */
class RunJudgeFuzzTest {

  private static final String RUN = "r";
  private static final MergePolicy POLICY = new MergePolicy(0, 4);

  /** What one scope may take, bytes: eight windows, or a number for each of 20 experts. */
  private static final int MOST_BYTES = 8 * 1024;

  @Test
  void shouldNeitherThrowNorPileUpWhenTelemetryIsAbsurd() {
    SeededCases.forEach(
        12,
        random -> {
          Pipeline pipeline = new Pipeline();
          AnyTelemetry any = new AnyTelemetry(RUN, random);
          long step = 0;
          for (int i = 0; i < 120; i++) {
            step += random.nextInt(20) == 0 ? random.nextLong(1L << 50) : 1;
            pipeline.take(any.step(step));
          }
          pipeline.check();
        });
  }

  @Test
  void shouldStillSeeWhatHappensWhenAbsurdStepsHavePassed() {
    SeededCases.forEach(
        3,
        random -> {
          Pipeline pipeline = new Pipeline();
          AnyTelemetry any = new AnyTelemetry(RUN, random);
          for (int step = 0; step < 40; step++) {
            pipeline.take(any.step(step));
          }
          TrainingRun healthy = TrainingRuns.healthy(RUN).alphaFactor(240, 200).nan(300).build();
          for (int step = 40; step < 320; step++) {
            pipeline.take(List.of(healthy.telemetry(step, 0)));
          }
          assertThat(pipeline.fired(BuiltInRule.GRADIENT_NORM_RATIO, 240)).isTrue();
          assertThat(pipeline.fired(BuiltInRule.NON_FINITE, 300)).isTrue();
          pipeline.check();
        });
  }

  @Test
  void shouldNotPileUpScopesWhenNamesChangeFromStepToStep() {
    SeededCases.forEach(
        1,
        random -> {
          Pipeline pipeline = new Pipeline();
          AnyTelemetry any = new AnyTelemetry(RUN, random);
          for (int step = 0; step < 60; step++) {
            pipeline.take(List.of(any.withNewNames(step, 400)));
          }
          assertThat(pipeline.states.keys()).hasSize(Detectors.MAX_SCOPES + 1);
        });
  }

  /** The pipeline of a run as the job has it, without the job. */
  private static final class Pipeline {
    private final MapScopeStates states = new MapScopeStates();
    private final MergeProgress merge = new MergeProgress();
    private final Map<Long, Map<Integer, StepTelemetry>> parts = new HashMap<>();
    private final List<AlertEvent> events = new ArrayList<>();
    private RunWatch watch = RunWatch.UNKNOWN;
    private long now = 1_000_000;

    void take(List<StepTelemetry> step) throws WireException {
      for (StepTelemetry sent : step) {
        StepTelemetry part = Codecs.STEP_TELEMETRY.decode(Codecs.STEP_TELEMETRY.encode(sent));
        ObservationKey key = part.key();
        now++;
        merge.accept(key, part.worldSize(), now);
        parts.computeIfAbsent(key.step(), s -> new HashMap<>()).put(key.rank(), part);
      }
      now++;
      for (ReadyStep ready : merge.takeReady(POLICY, 0, now)) {
        Map<Integer, StepTelemetry> arrived = parts.remove(ready.step());
        Instant instant = Instant.ofEpochMilli(now);
        StepSignals signals =
            SignalMath.signals(arrived.values(), merge.history(), merge.lateParts(), instant);
        merge.derived(signals);
        StepSignals read = Codecs.STEP_SIGNALS.decode(Codecs.STEP_SIGNALS.encode(signals));
        RunJudge judge = new RunJudge(RUN, states, RuleBook.BUILT_IN, WatchPolicy.DEFAULT, instant);
        RunJudge.Outcome outcome = judge.onSignals(watch, read);
        watch = outcome.watch();
        events.addAll(outcome.events());
      }
    }

    boolean fired(BuiltInRule rule, long from) {
      return events.stream()
          .anyMatch(
              e ->
                  e.rule().equals(rule.id()) && e.state() == AlertState.FIRING && e.step() >= from);
    }

    /** Events can be sent, and every state is small, sound and read back as it was. */
    void check() throws IOException, WireException {
      for (AlertEvent event : events) {
        assertThat(Codecs.ALERT_EVENT.decode(Codecs.ALERT_EVENT.encode(event)).alertId())
            .isEqualTo(event.alertId());
      }
      for (ScopeKey key : states.keys()) {
        ScopeState state = states.get(key);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        state.write(new DataOutputStream(bytes));
        assertThat(bytes.size()).as(key.text()).isLessThan(MOST_BYTES);
        assertThat(state.memory().sound()).as(key.text()).isTrue();
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
        assertThat(ScopeState.read(in)).isEqualTo(state);
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      watch.write(new DataOutputStream(bytes));
      merge.write(new DataOutputStream(bytes));
      assertThat(bytes.size()).isLessThan(64 * 1024);
    }
  }
}
