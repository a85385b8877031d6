package io.evenkeel.gateway.otlp;

import static io.evenkeel.gateway.otlp.Exports.export;
import static io.evenkeel.gateway.otlp.Exports.gauge;
import static io.evenkeel.gateway.otlp.Exports.point;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.gateway.otlp.AssemblerRig.Answer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StepAssemblerTest {

  private static final Map<String, Object> RUN = Map.of("evenkeel.run", "r");
  private static final Duration QUIET = AssemblerRig.SETTINGS.quiet();
  private static final Duration SETTLED = AssemblerRig.SETTINGS.settled();

  private final AssemblerRig rig = new AssemblerRig();

  private static ExportMetricsServiceRequest one(String name, long step, double value) {
    return export(RUN, gauge(name, point(value, Map.of("step", step))));
  }

  @Test
  void shouldStoreOneRecordWhenAStepComesInTwoExports() {
    Answer first = rig.export(one("loss", 1, 2.5));
    rig.pass(QUIET.dividedBy(2));
    Answer second = rig.export(one("grad_norm", 1, 0.5));
    rig.pass(QUIET.minusMillis(1));
    assertThat(rig.stored).isEmpty();
    assertThat(first.isGiven()).isFalse();

    rig.pass(Duration.ofMillis(1));

    assertThat(rig.stored).hasSize(1);
    assertThat(rig.stored.getFirst().losses().languageModel()).isEqualTo(2.5);
    assertThat(rig.stored.getFirst().gradientNorm()).isEqualTo(0.5);
    assertThat(first.isGiven() && second.isGiven()).isTrue();
    assertThat(rig.assembler.openPoints()).isZero();
  }

  @Test
  void shouldCloseAStepSoonerWhenALaterOneHasBegun() {
    rig.export(one("loss", 1, 1));
    rig.export(one("loss", 2, 2));

    rig.pass(SETTLED);

    assertThat(rig.stored).extracting(step -> step.key().step()).containsExactly(1L);
    rig.pass(QUIET.minus(SETTLED));
    assertThat(rig.stored).extracting(step -> step.key().step()).containsExactly(1L, 2L);
  }

  @Test
  void shouldCloseAStepAtOnceWhenItsEndIsTold() {
    Answer answer =
        rig.export(
            export(
                RUN,
                gauge("evenkeel.step_end", point(1, Map.of("step", 3))),
                gauge("loss", point(2, Map.of("step", 3)))));

    rig.pass(Duration.ZERO);

    assertThat(answer.isGiven()).isTrue();
    assertThat(rig.stored.getFirst().losses().languageModel()).isEqualTo(2);
    assertThat(rig.stored.getFirst().scalars()).isEmpty();
  }

  @Test
  void shouldCloseAStepInTheEndWhenItsPointsNeverStop() {
    Answer first = rig.export(one("x0", 1, 1));
    for (int i = 1; !first.isGiven(); i++) {
      assertThat(i).isLessThan(20);
      rig.export(one("x" + i, 1, 1));
      rig.pass(Duration.ofMillis(500));
    }

    assertThat(rig.stored).hasSize(1);
    assertThat(rig.stored.getFirst().scalars()).hasSize(11);
  }

  @Test
  void shouldKeepRanksAndIncarnationsApartWhenStepsAreTheSame() {
    Map<String, Object> again =
        Map.of("evenkeel.run", "r", "evenkeel.incarnation", 1, "evenkeel.world_size", 2);
    rig.export(one("loss", 1, 1));
    rig.export(
        export(
            again,
            gauge(
                "loss",
                point(2, Map.of("step", 1, "rank", 0)),
                point(3, Map.of("step", 1, "rank", 1)))));

    rig.pass(QUIET);

    assertThat(rig.stored)
        .extracting(step -> step.losses().languageModel())
        .containsExactlyInAnyOrder(1.0, 2.0, 3.0);
  }

  @Test
  void shouldAcceptSilentlyWhenAStoredStepComesAgain() {
    rig.export(one("loss", 1, 2.5));
    rig.pass(QUIET);

    Answer again =
        rig.export(
            export(RUN, gauge("loss", point(2.5, Map.of("step", 1)).setTimeUnixNano(99_000_000))));

    assertThat(again.isGiven()).isTrue();
    assertThat(again.tally().refused()).isZero();
    rig.pass(QUIET);
    assertThat(rig.stored).hasSize(1);
  }

  @Test
  void shouldRefuseANewPointWhenItsStepIsStored() {
    rig.export(one("loss", 1, 2.5));
    rig.pass(QUIET);

    Answer other = rig.export(one("grad_norm", 1, 1));
    Answer changed = rig.export(one("loss", 1, 2.6));

    assertThat(other.isGiven() && changed.isGiven()).isTrue();
    assertThat(other.tally().firstReason()).isEqualTo(ErrorId.OTLP_STEP_SENT);
    assertThat(changed.tally().refused()).isEqualTo(1);
  }

  @Test
  void shouldFailTheExportAndTakeItAgainWhenKafkaIsAway() {
    rig.away = true;
    Answer failed = rig.export(one("loss", 1, 2.5));
    rig.pass(QUIET);
    assertThat(failed.stored()).isCompletedExceptionally();
    assertThat(rig.assembler.openPoints()).isZero();

    rig.away = false;
    Answer again = rig.export(one("loss", 1, 2.5));
    rig.pass(QUIET);

    assertThat(again.isGiven()).isTrue();
    assertThat(again.tally().refused()).isZero();
    assertThat(rig.stored).hasSize(1);
  }

  @Test
  void shouldRefuseAStepsPointsWhenKafkaNeverTakesIt() {
    rig.refusedSteps = Map.of(1L, "too large");
    Answer answer =
        rig.export(
            export(RUN, gauge("loss", point(1, Map.of("step", 1)), point(2, Map.of("step", 2)))));

    rig.pass(QUIET);

    assertThat(answer.isGiven()).isTrue();
    assertThat(answer.tally().refused()).isEqualTo(1);
    assertThat(answer.tally().sentences()).contains("step 1 of r: too large");
    assertThat(rig.stored).hasSize(1);
  }

  @Test
  void shouldRefuseOnlyWhatCannotBeFormedWhenAStepIsClosed() {
    Map<String, Object> moe =
        Map.of(
            "evenkeel.run",
            "r",
            "evenkeel.moe.layers",
            1,
            "evenkeel.moe.ffn_experts",
            2,
            "evenkeel.moe.top_k",
            1);
    Answer answer =
        rig.export(
            export(
                moe,
                gauge("loss", point(1, Map.of("step", 1))),
                gauge("evenkeel.moe.load", point(5, Map.of("step", 1, "layer", 0, "expert", 1))),
                gauge(
                    "evenkeel.moe.lm_grad_p", point(5, Map.of("step", 1, "layer", 0, "expert", 1))),
                gauge("evenkeel.tensor.non_finite", point(5, Map.of("step", 1, "tensor", "w")))));

    rig.pass(QUIET);

    assertThat(answer.isGiven()).isTrue();
    assertThat(answer.tally().refused()).isEqualTo(3);
    assertThat(answer.tally().sentences())
        .contains("evenkeel.moe.lm_grad_p of 1 experts, not of all 2", "evenkeel.tensor.elements");
    assertThat(rig.stored).hasSize(1);
    assertThat(rig.stored.getFirst().moeLayers()).isEmpty();
  }

  @Test
  void shouldHoldNoMoreThanItMayWhenStepsPileUp() {
    for (int step = 0; rig.assembler.openPoints() < AssemblerRig.SETTINGS.maxOpenPoints(); step++) {
      rig.export(one("loss", step, 1));
    }
    Tally tally = new Tally();

    assertThat(
            rig.assembler.take(PointReader.read(one("loss", 5_000, 1), run -> true, tally), tally))
        .isEmpty();
    rig.pass(QUIET);
    assertThat(rig.assembler.openPoints()).isZero();
    rig.export(one("loss", 5_000, 1));
  }

  @Test
  void shouldRefuseThePointsBeyondTheLimitWhenAStepIsHuge() {
    NumberDataPoint.Builder[] points = new NumberDataPoint.Builder[250];
    for (int i = 0; i < points.length; i++) {
      points[i] = point(i, Map.of("step", 1, "i", i));
    }
    Answer answer = rig.export(export(RUN, gauge("x", points)));

    rig.pass(QUIET);

    assertThat(answer.tally().refused()).isEqualTo(50);
    assertThat(answer.tally().firstReason()).isEqualTo(ErrorId.WIRE_OVERSIZED);
    assertThat(rig.stored.getFirst().scalars()).hasSize(200);
  }

  @Test
  void shouldTakeAStepAnewWhenItIsLongForgotten() {
    AssemblerRig forgetful =
        new AssemblerRig(new OtlpSettings(QUIET, SETTLED, Duration.ofSeconds(5), 1_000, 200, 20));
    forgetful.export(one("loss", 1, 1));
    forgetful.export(one("loss", 2, 2));
    forgetful.pass(QUIET);

    Answer again = forgetful.export(one("loss", 1, 1));
    forgetful.pass(QUIET);

    // The same observation once more: harmless, since everything downstream knows its identity.
    assertThat(again.isGiven()).isTrue();
    assertThat(forgetful.stored).hasSize(3);
    assertThat(forgetful.stored.get(2)).isEqualTo(forgetful.stored.get(0));
  }

  @Test
  void shouldStoreAllThatIsHeldWhenItStops() throws Exception {
    Answer answer = rig.export(one("loss", 1, 1));

    rig.assembler.stop(Duration.ofSeconds(1));

    assertThat(answer.isGiven()).isTrue();
    assertThat(rig.stored).hasSize(1);
    Tally tally = new Tally();
    assertThat(rig.assembler.take(PointReader.read(one("loss", 2, 1), run -> true, tally), tally))
        .isEmpty();
  }

  @Test
  void shouldTakeTheSendersTimeWhenItHasOne() {
    rig.export(
        export(
            RUN,
            gauge(
                "loss",
                point(1, Map.of("step", 1)).setTimeUnixNano(2_000_000),
                point(1, Map.of("step", 2)).setTimeUnixNano(0),
                point(1, Map.of("step", 3)).setTimeUnixNano(-1))));

    rig.pass(QUIET);

    assertThat(rig.stored)
        .extracting(step -> step.wallTime())
        .containsExactly(
            Instant.EPOCH.plusMillis(2),
            Instant.parse("2026-01-01T00:00:00Z"),
            Instant.parse("2026-01-01T00:00:00Z"));
  }
}
