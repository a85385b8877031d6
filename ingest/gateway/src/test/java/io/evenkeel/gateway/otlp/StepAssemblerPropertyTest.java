package io.evenkeel.gateway.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.gateway.otlp.AssemblerRig.Answer;
import io.evenkeel.testing.SeededCases;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class StepAssemblerPropertyTest {

  private static final Duration QUIET = AssemblerRig.SETTINGS.quiet();

  @Test
  void shouldMakeTheSameRecordHoweverAStepIsSplitAndRepeated() {
    SeededCases.forEach(
        200,
        random -> {
          List<Metric> metrics = AnyStep.of(random, 7);
          AssemblerRig whole = new AssemblerRig();
          Answer answer = whole.export(export(metrics));
          whole.pass(QUIET);
          AssemblerRig parts = new AssemblerRig();
          List<Answer> answers = new ArrayList<>();
          for (List<Metric> part : split(metrics, random)) {
            answers.add(parts.export(export(part)));
            parts.pass(Duration.ofMillis(random.nextInt(100)));
          }
          parts.pass(QUIET);

          assertThat(whole.stored).hasSize(1);
          assertThat(bytes(parts.stored)).isEqualTo(bytes(whole.stored));
          // A point that is refused is refused once, in the answer to the last who brought it.
          assertThat(answers.stream().mapToLong(part -> part.tally().refused()).sum())
              .isEqualTo(answer.tally().refused());
          assertThat(answers).allMatch(Answer::isGiven);
        });
  }

  @Test
  void shouldStoreEveryStepOnceWhenManyAreMingledAndRepeated() {
    SeededCases.forEach(
        50,
        random -> {
          List<Metric> metrics = new ArrayList<>();
          for (int step = 0; step < 5; step++) {
            List<Metric> some = AnyStep.of(random, step);
            metrics.addAll(some.subList(0, Math.min(20, some.size())));
          }
          AssemblerRig rig = new AssemblerRig();
          for (List<Metric> part : split(metrics, random)) {
            rig.export(export(part));
          }
          rig.pass(QUIET);
          List<StepTelemetry> stored = List.copyOf(rig.stored);
          Answer again = rig.export(export(metrics));
          rig.pass(QUIET);

          assertThat(stored)
              .extracting(step -> step.key().step())
              .containsExactly(0L, 1L, 2L, 3L, 4L);
          assertThat(again.isGiven()).isTrue();
          assertThat(again.tally().refused()).isZero();
          assertThat(rig.stored).isEqualTo(stored);
        });
  }

  private static ExportMetricsServiceRequest export(List<Metric> metrics) {
    return Exports.export(AnyStep.RESOURCE, metrics.toArray(Metric[]::new));
  }

  /** Every metric in one part at least, some in several, in any order. */
  private static List<List<Metric>> split(List<Metric> metrics, RandomGenerator random) {
    List<List<Metric>> parts = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(5); i++) {
      parts.add(new ArrayList<>());
    }
    for (Metric metric : metrics) {
      for (int times = 0; times <= random.nextInt(3); times++) {
        parts.get(random.nextInt(parts.size())).add(metric);
      }
    }
    parts.forEach(part -> Collections.shuffle(part, new Random(random.nextLong())));
    return parts;
  }

  private static List<String> bytes(List<StepTelemetry> steps) {
    return steps.stream().map(step -> Arrays.toString(Codecs.STEP_TELEMETRY.encode(step))).toList();
  }
}
