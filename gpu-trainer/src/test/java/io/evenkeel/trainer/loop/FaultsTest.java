package io.evenkeel.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.client.memory.MemoryBroker;
import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.run.Knobs;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.trainer.config.ConfigException;
import io.evenkeel.trainer.config.ConfigReader;
import io.evenkeel.trainer.fault.Fault;
import io.evenkeel.trainer.fault.FaultPlan;
import io.evenkeel.trainer.fault.ProcessFault;
import io.evenkeel.trainer.fault.StateFault;
import io.evenkeel.trainer.fault.StepRange;
import io.evenkeel.trainer.ops.cpu.CpuTensorOps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What Evenkeel must see of each fault is in the telemetry that it gets. */
final class FaultsTest {
  private static final int STEPS = 8;

  private final List<LoopRig> rigs = new ArrayList<>();

  @AfterEach
  void close() {
    rigs.forEach(LoopRig::close);
  }

  private LoopRig rig(int ranks, FaultPlan plan) {
    LoopRig rig =
        new LoopRig(
            new MemoryBroker(), Optional.empty(), ranks, 1, () -> CpuTensorOps.create(1), plan);
    rig.course = new TrainingLoop.Course(1, 1000, 0, 0, 0, 30_000);
    rigs.add(rig);
    return rig;
  }

  private static FaultPlan words(String... words) throws ConfigException {
    return ConfigReader.injected(List.of(words), LoopRig.preset().model());
  }

  private static FaultPlan of(Fault fault) {
    return new FaultPlan(List.of(fault));
  }

  private LoopRig train(int ranks, FaultPlan plan) {
    LoopRig rig = rig(ranks, plan);
    rig.train(STEPS);
    rig.drain();
    return rig;
  }

  private static List<StepTelemetry> told(LoopRig rig, int rank) {
    return rig.broker.telemetry().stream().filter(t -> t.key().rank() == rank).toList();
  }

  private static double knob(StepTelemetry step, String name) {
    return step.knobs().stream()
        .filter(knob -> knob.knob().equals(name) && knob.scope().isEmpty())
        .mapToDouble(KnobValue::value)
        .findFirst()
        .orElseThrow();
  }

  private static double coefficient(StepTelemetry step) {
    return step.moeLayers().getFirst().loadBalanceCoefficient();
  }

  @Test
  void shouldReportAMisSetKnobUntilACommandPutsItRight() throws ConfigException {
    LoopRig rig = rig(2, words("alpha=30@3"));
    double right = 4;
    rig.afterStep =
        () -> {
          if (rig.losses.size() == 6) {
            Instant now = Instant.now();
            rig.broker.send(
                new Command(
                    LoopRig.RUN,
                    0,
                    new CommandPosition(1, 1),
                    now,
                    now.plusSeconds(60),
                    0,
                    new SetKnob(Knobs.LOAD_BALANCE_ALPHA, "", right, null),
                    "test",
                    ""));
          }
        };
    rig.train(STEPS);
    rig.drain();

    for (int rank = 0; rank < 2; rank++) {
      List<StepTelemetry> told = told(rig, rank);
      assertThat(told.get(2)).satisfies(t -> assertThat(coefficient(t)).isLessThan(0.01));
      for (int step = 3; step < 6; step++) {
        assertThat(coefficient(told.get(step))).isEqualTo(15);
        assertThat(knob(told.get(step), Knobs.LOAD_BALANCE_ALPHA)).isEqualTo(30);
      }
      assertThat(coefficient(told.get(6))).isEqualTo(right / 2);
      assertThat(knob(told.get(7), Knobs.LOAD_BALANCE_ALPHA)).isEqualTo(right);
    }
    assertThat(rig.broker.acks())
        .singleElement()
        .satisfies(ack -> assertThat(ack.status()).isEqualTo(AckStatus.APPLIED));
    assertThat(rig.begun).singleElement().asString().startsWith("3: ").contains("alpha");
    assertThat(rig.ratios.get(4)).isGreaterThan(100 * rig.ratios.get(2));
  }

  @Test
  void shouldComputeWithAnOverriddenLearningRateAndReportIt() throws ConfigException {
    LoopRig healthy = train(1, FaultPlan.none());
    LoopRig faulty = train(1, words("learning_rate*=10@4..5"));

    for (int step = 0; step < STEPS; step++) {
      double factor = step == 4 ? 10 : 1;
      assertThat(knob(told(faulty, 0).get(step), Knobs.LEARNING_RATE))
          .isCloseTo(factor * knob(told(healthy, 0).get(step), Knobs.LEARNING_RATE), within(1e-12));
    }
    assertThat(faulty.losses.subList(0, 5)).isEqualTo(healthy.losses.subList(0, 5));
    assertThat(faulty.losses.get(5)).isNotEqualTo(healthy.losses.get(5));
  }

  @Test
  void shouldShowABatchOfNoiseInTheLossOfItsStepAlone() throws ConfigException {
    LoopRig rig = rig(1, words("noise@30"));
    rig.train(33);
    rig.drain();
    List<StepTelemetry> told = told(rig, 0);
    double before = told.get(29).losses().languageModel();

    assertThat(told.get(30).losses().languageModel()).isGreaterThan(before + 1);
    assertThat(told.get(32).losses().languageModel()).isLessThan(before + 1);
  }

  @Test
  void shouldCountABadGradientEntryInItsTensorOnEveryRank() throws ConfigException {
    for (String word : List.of("nan:layers.0.router/5@3", "inf:layers.0.router/5@3")) {
      LoopRig rig = train(2, words(word));
      for (int rank = 0; rank < 2; rank++) {
        StepTelemetry struck = told(rig, rank).get(3);
        assertThat(struck.gradientNorm()).matches(norm -> !Double.isFinite(norm));
        assertThat(struck.tensors())
            .filteredOn(t -> t.nonFinite() > 0)
            .singleElement()
            .satisfies(
                t -> {
                  assertThat(t.name()).isEqualTo("layers.0.router");
                  assertThat(t.nonFinite()).isEqualTo(1);
                });
        assertThat(told(rig, rank).get(2).tensors()).allMatch(t -> t.nonFinite() == 0);
      }
    }
  }

  @Test
  void shouldMakeNoUpdateOfAGradientThatIsNotFinite() throws ConfigException {
    for (String word : List.of("nan:layers.0.router/5@3", "inf:head/5@3")) {
      LoopRig rig = train(2, words(word));
      assertThat(told(rig, 0).get(3).scalars()).containsEntry("update_skipped", 1.0);
      assertThat(told(rig, 0).get(4).scalars()).doesNotContainKey("update_skipped");
      assertThat(told(rig, 0)).allMatch(t -> Double.isFinite(t.losses().languageModel()));
      assertThat(rig.team.leader().optimizer().updates()).isEqualTo(STEPS - 1);
      for (Replica replica : rig.team.replicas()) {
        assertThat(LoopRig.weights(replica)).isEqualTo(rig.weights());
      }
    }
  }

  @Test
  void shouldShowClonedRouterRowsInTheirCosine() {
    FaultPlan plan = of(new StateFault.ClonedRouterRows(1, 0.01, StepRange.at(5)));
    LoopRig rig = train(2, plan);

    StepTelemetry struck = told(rig, 1).get(5);
    assertThat(struck.moeLayers().get(1).routerCosineAll()).isGreaterThan(0.99);
    assertThat(struck.moeLayers().get(0).routerCosineAll()).isLessThan(0.9);
    assertThat(told(rig, 1).get(4).moeLayers().get(1).routerCosineAll()).isLessThan(0.9);
    for (Replica replica : rig.team.replicas()) {
      assertThat(LoopRig.weights(replica)).isEqualTo(rig.weights());
    }
  }

  @Test
  void shouldShowAnExpertThatItsBiasHasPushedOut() {
    FaultPlan plan = of(new StateFault.ExpertBias(0, 2, -1, StepRange.at(2)));
    LoopRig rig = train(2, plan);

    for (int rank = 0; rank < 2; rank++) {
      var layer = told(rig, rank).get(2).moeLayers().getFirst();
      assertThat(layer.selectionBias().get(2)).isEqualTo(-1);
      assertThat(layer.load().get(2)).isZero();
    }
  }

  @Test
  void shouldMakeTheSlowRankAloneSlow() {
    FaultPlan plan = of(new ProcessFault.SlowRank(1, 40_000, new StepRange(2, 4)));
    LoopRig rig = rig(3, plan);
    rig.pause = rig::pretendToWait;
    rig.train(STEPS);
    rig.drain();

    for (StepTelemetry step : rig.broker.telemetry()) {
      boolean slow = step.key().rank() == 1 && step.key().step() >= 2 && step.key().step() < 4;
      assertThat(step.stepTimeMillis() >= 40_000).as(step.key().toString()).isEqualTo(slow);
    }
  }

  @Test
  void shouldTrainOnWhileARankOrAllTelemetryIsMissing() {
    LoopRig missing = train(3, of(new ProcessFault.MissingRank(2, new StepRange(3, 5))));
    assertThat(told(missing, 2).stream().map(t -> t.key().step()))
        .containsExactly(0L, 1L, 2L, 5L, 6L, 7L);
    assertThat(told(missing, 1)).hasSize(STEPS);

    LoopRig gap = train(2, of(new ProcessFault.TelemetryGap(new StepRange(3, 5))));
    assertThat(gap.broker.telemetry()).hasSize(2 * (STEPS - 2));
    assertThat(gap.losses).hasSize(STEPS);
    assertThat(gap.observations).isEqualTo(2L * (STEPS - 2));
    LoopRig healthy = train(2, FaultPlan.none());
    assertThat(gap.weights()).isEqualTo(healthy.weights());
  }

  @Test
  void shouldRepeatAndReorderTelemetryWithoutLosingAny() {
    LoopRig repeated = train(2, of(new ProcessFault.DuplicatedTelemetry(3, new StepRange(1, 3))));
    assertThat(told(repeated, 1).stream().map(t -> t.key().step()))
        .containsExactly(0L, 1L, 1L, 1L, 2L, 2L, 2L, 3L, 4L, 5L, 6L, 7L);
    List<StepTelemetry> copies = told(repeated, 1).subList(1, 4);
    assertThat(copies).allSatisfy(copy -> assertThat(copy).isEqualTo(copies.getFirst()));
    assertThat(repeated.observations).isEqualTo(2L * STEPS);

    LoopRig reordered = train(1, of(new ProcessFault.ReorderedTelemetry(3, StepRange.always())));
    assertThat(told(reordered, 0).stream().map(t -> t.key().step()))
        .containsExactly(2L, 1L, 0L, 5L, 4L, 3L, 7L, 6L);
  }

  @Test
  void shouldMoveARampOnFromWhereACommandHasPutTheKnob() throws ConfigException {
    LoopRig rig = train(1, words("alpha=1e-3..1e-1@2..6"));

    double[] alphas =
        told(rig, 0).stream().mapToDouble(t -> knob(t, Knobs.LOAD_BALANCE_ALPHA)).toArray();
    assertThat(Arrays.copyOf(alphas, 2)).containsOnly(1e-3);
    for (int step = 3; step < 6; step++) {
      assertThat(alphas[step] / alphas[step - 1]).isCloseTo(Math.pow(100, 0.25), within(1e-9));
    }
    assertThat(alphas[5]).isCloseTo(0.1, within(1e-9));
    assertThat(alphas[7]).isEqualTo(alphas[5]);
  }
}
