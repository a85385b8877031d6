package io.evenkeel.analytics.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.analytics.detect.RuleBook;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OfflineRunTest {

  private static final String RUN = "offline";
  private static final int RANKS = 4;
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final List<StepSignals> signals = new ArrayList<>();
  private final List<AlertEvent> alerts = new ArrayList<>();
  private final OfflineRun run = new OfflineRun(RUN, RuleBook.BUILT_IN, signals::add, alerts::add);
  private final TrainingRun training =
      TrainingRuns.healthy(RUN)
          .ranks(RANKS)
          .pace(START, Duration.ofSeconds(1))
          .alphaFactor(120, 100)
          .build();

  @Test
  void shouldGiveTheSameEventsWhenRanksAreShuffledDoubledAndTheirClocksDiffer() {
    for (long step = 0; step < 200; step++) {
      for (int rank = 0; rank < RANKS; rank++) {
        run.accept(training.telemetry(step, rank));
      }
    }
    List<StepSignals> ordered = List.copyOf(signals);
    List<String> events = stories();
    signals.clear();
    alerts.clear();
    OfflineRun again = new OfflineRun(RUN, RuleBook.BUILT_IN, signals::add, alerts::add);
    Random random = new Random(7);
    for (long step = 0; step < 200; step++) {
      List<StepTelemetry> parts = new ArrayList<>();
      for (int rank = 0; rank < RANKS; rank++) {
        StepTelemetry part = skewed(training.telemetry(step, rank), rank * 3_600L);
        parts.add(part);
        parts.add(part);
      }
      Collections.shuffle(parts, random);
      parts.forEach(again::accept);
    }
    assertThat(events).anyMatch(story -> story.contains(BuiltInRule.GRADIENT_NORM_RATIO.id()));
    assertThat(stories()).isEqualTo(events);
    assertThat(signals).hasSize(200).allMatch(s -> s.ranksSeen() == RANKS);
    assertThat(signals.stream().map(StepSignals::gradientNormRatioMax))
        .isEqualTo(ordered.stream().map(StepSignals::gradientNormRatioMax).toList());
  }

  @Test
  void shouldGiveAMissingRankUpWhenTelemetryTimeHasPassed() {
    for (long step = 0; step < 20; step++) {
      for (int rank = 0; rank < RANKS; rank++) {
        if (rank != 2 || step < 10) {
          run.accept(training.telemetry(step, rank));
        }
      }
    }
    run.finish();
    assertThat(signals.stream().map(StepSignals::ranksSeen).toList())
        .isEqualTo(
            java.util.stream.IntStream.range(0, 20)
                .mapToObj(s -> s < 10 ? RANKS : RANKS - 1)
                .toList());
    run.accept(training.telemetry(15, 2));
    run.accept(training.telemetry(20, 2));
    run.finish();
    assertThat(signals.get(20).lateParts()).isEqualTo(1);
  }

  @Test
  void shouldFireStalledAtItsTimeWhenAGapIsInTheTelemetry() {
    run.declare(training.spec());
    for (long step = 0; step < 60; step++) {
      long gap = step < 40 ? 0 : 300;
      for (int rank = 0; rank < RANKS; rank++) {
        run.accept(skewed(training.telemetry(step, rank), gap));
      }
    }
    List<AlertEvent> stalls =
        alerts.stream().filter(e -> e.rule().equals(BuiltInRule.TELEMETRY_STALLED.id())).toList();
    assertThat(stalls.stream().map(AlertEvent::state))
        .containsExactly(AlertState.FIRING, AlertState.RESOLVED);
    assertThat(stalls.get(0).step()).isEqualTo(39);
    assertThat(stalls.get(0).emitted())
        .isBetween(training.telemetry(39, 0).wallTime().plusSeconds(9), START.plusSeconds(60));
    assertThat(stalls.get(1).step()).isEqualTo(40);
  }

  @Test
  void shouldForgetTheRunWhenItWasSilentForHours() {
    run.accept(training.telemetry(50, 0));
    run.advanceTo(training.telemetry(50, 0).wallTime().plus(Duration.ofDays(1)));
    for (int rank = 0; rank < RANKS; rank++) {
      run.accept(skewed(training.telemetry(3, rank), 2 * 86_400));
    }
    assertThat(signals.stream().map(s -> s.key().step())).containsExactly(50L, 3L);
  }

  @Test
  void shouldRefuseWhenAPartIsOfAnotherRun() {
    StepTelemetry other = TrainingRuns.healthy("other").build().telemetry(0, 0);
    assertThatThrownBy(() -> run.accept(other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'other'");
  }

  private List<String> stories() {
    return alerts.stream()
        .map(e -> e.alertId() + " " + e.rule() + " " + e.state() + " " + e.step() + " " + e.value())
        .toList();
  }

  private static StepTelemetry skewed(StepTelemetry t, long seconds) {
    return new StepTelemetry(
        t.key(),
        t.worldSize(),
        t.wallTime().plusSeconds(seconds),
        t.stepTimeMillis(),
        t.telemetryTimeMillis(),
        t.tokens(),
        t.losses(),
        t.gradientNorm(),
        t.clipCoefficient(),
        t.tensorPlacement(),
        t.tensors(),
        t.moeShape(),
        t.moeLayers(),
        t.activations(),
        t.knobs(),
        t.lastCommand(),
        t.scalars(),
        t.droppedBefore());
  }
}
