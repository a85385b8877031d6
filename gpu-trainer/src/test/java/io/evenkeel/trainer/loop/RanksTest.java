package io.evenkeel.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.client.memory.MemoryBroker;
import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.run.Knobs;
import io.evenkeel.contract.telemetry.MoeLayerTelemetry;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.ops.cpu.CpuTensorOps;
import io.evenkeel.trainer.ops.reference.ReferenceTensorOps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RanksTest {
  private static final int STEPS = 4;

  private final List<LoopRig> rigs = new ArrayList<>();

  @AfterEach
  void close() {
    rigs.forEach(LoopRig::close);
  }

  private LoopRig train(int ranks, int accumulation, Supplier<TensorOps> backend) {
    LoopRig rig = new LoopRig(new MemoryBroker(), Optional.empty(), ranks, accumulation, backend);
    rigs.add(rig);
    rig.course = new TrainingLoop.Course(accumulation, 1000, 2, 3, 0, 30_000);
    rig.train(STEPS);
    rig.drain();
    return rig;
  }

  private static TensorOps cpu() {
    return CpuTensorOps.create(1);
  }

  @Test
  void shouldBeBitIdenticalWhenARunIsRepeatedWithItsSeed() {
    LoopRig once = train(3, 2, RanksTest::cpu);
    LoopRig again = train(3, 2, RanksTest::cpu);

    assertThat(again.weights()).isEqualTo(once.weights());
    assertThat(again.losses).isEqualTo(once.losses);
  }

  @Test
  void shouldKeepAllReplicasEqualToTheLastBit() {
    LoopRig rig = train(4, 1, RanksTest::cpu);

    for (Replica replica : rig.team.replicas()) {
      assertThat(LoopRig.weights(replica)).isEqualTo(rig.weights());
      assertThat(replica.optimizer().updates()).isEqualTo(STEPS);
    }
  }

  @Test
  void shouldEqualOneRankWithAccumulationWhenTheMicroBatchesAreTheSame() {
    LoopRig spread = train(4, 1, ReferenceTensorOps::new);
    LoopRig accumulated = train(1, 4, ReferenceTensorOps::new);
    LoopRig mixed = train(2, 2, ReferenceTensorOps::new);

    assertClose(spread.weights(), accumulated.weights(), 1e-9);
    assertClose(mixed.weights(), accumulated.weights(), 1e-9);
  }

  @Test
  void shouldEqualOneRankWithAccumulationToFloatRounding() {
    LoopRig spread = train(4, 1, RanksTest::cpu);
    LoopRig accumulated = train(1, 4, RanksTest::cpu);

    for (int step = 0; step < STEPS; step++) {
      assertThat(spread.losses.get(step)).isCloseTo(accumulated.losses.get(step), within(1e-4));
    }
    // AdamW's first updates are the sign of the gradient: a rounding can turn the smallest entries.
    double[] a = spread.weights();
    double[] b = accumulated.weights();
    double far = 0;
    for (int i = 0; i < a.length; i++) {
      far += Math.abs(a[i] - b[i]) > 1e-4 ? 1 : 0;
    }
    assertThat(far / a.length).isLessThan(1e-3);
  }

  @Test
  void shouldTellOnePartARankThatAddUpToTheTelemetryOfOne() {
    LoopRig spread = train(4, 1, ReferenceTensorOps::new);
    LoopRig accumulated = train(1, 4, ReferenceTensorOps::new);

    List<StepTelemetry> parts = spread.broker.telemetry();
    List<StepTelemetry> whole = accumulated.broker.telemetry();
    assertThat(parts).hasSize(4 * STEPS).allMatch(part -> part.worldSize() == 4);
    assertThat(whole).hasSize(STEPS).allMatch(part -> part.worldSize() == 1);
    for (StepTelemetry one : whole) {
      List<StepTelemetry> ranks =
          parts.stream().filter(p -> p.key().step() == one.key().step()).toList();
      assertThat(ranks).extracting(p -> p.key().rank()).containsExactlyInAnyOrder(0, 1, 2, 3);
      assertThat(ranks.stream().mapToLong(StepTelemetry::tokens).sum()).isEqualTo(one.tokens());
      for (int layer = 0; layer < one.moeLayers().size(); layer++) {
        int index = layer;
        List<MoeLayerTelemetry> layers =
            ranks.stream().map(rank -> rank.moeLayers().get(index)).toList();
        assertSums(layers, one.moeLayers().get(layer));
      }
      assertThat(ranks.getFirst().gradientNorm())
          .isCloseTo(one.gradientNorm(), within(1e-9 * one.gradientNorm()));
    }
    assertThat(spread.ratios.getLast())
        .isCloseTo(accumulated.ratios.getLast(), within(1e-9 * accumulated.ratios.getLast()));
  }

  /** The rank's parts give the same loads and the same R_g as the telemetry of one rank. */
  private static void assertSums(List<MoeLayerTelemetry> parts, MoeLayerTelemetry whole) {
    double[] load = new double[whole.experts()];
    double[] lm = new double[whole.experts()];
    double[] lb = new double[whole.experts()];
    double lbZ = 0;
    for (MoeLayerTelemetry part : parts) {
      assertThat(part.gradientMethod()).isEqualTo(whole.gradientMethod());
      for (int i = 0; i < load.length; i++) {
        load[i] += part.load().get(i);
        lm[i] += part.lmGradP().get(i);
        lb[i] += part.lbGradP().get(i);
      }
      lbZ += part.lbGradZSumSquares();
    }
    assertThat(load).isEqualTo(Arrays.stream(whole.load().toArray()).asDoubleStream().toArray());
    double ratio = norm(lb) / norm(lm);
    double expected = norm(whole.lbGradP().toArray()) / norm(whole.lmGradP().toArray());
    assertThat(ratio).isCloseTo(expected, within(1e-8 * expected));
    assertThat(lbZ).isCloseTo(whole.lbGradZSumSquares(), within(1e-8 * lbZ));
    assertThat(parts.getFirst().selectionBias().toArray())
        .containsExactly(whole.selectionBias().toArray(), within(1e-12));
  }

  private static double norm(double[] vector) {
    return Math.sqrt(Arrays.stream(vector).map(x -> x * x).sum());
  }

  private static void assertClose(double[] actual, double[] expected, double tolerance) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(tolerance));
    }
  }

  @Test
  void shouldApplyACommandOnAllRanksAtTheSameStepAndAnswerOnce() {
    LoopRig rig = new LoopRig(new MemoryBroker(), Optional.empty(), 3, 1, RanksTest::cpu);
    rigs.add(rig);
    Instant now = Instant.now();
    double commanded = 4 * rig.config.alpha();
    SetKnob alpha = new SetKnob(Knobs.LOAD_BALANCE_ALPHA, "", commanded, null);
    CommandPosition position = new CommandPosition(1, 1);
    rig.broker.send(
        new Command(LoopRig.RUN, 0, position, now, now.plusSeconds(60), 0, alpha, "test", ""));
    rig.train(2);
    rig.drain();

    assertThat(rig.broker.acks())
        .singleElement()
        .satisfies(ack -> assertThat(ack.status()).isEqualTo(AckStatus.APPLIED));
    assertThat(rig.broker.telemetry())
        .filteredOn(t -> t.key().step() == rig.broker.acks().getFirst().step())
        .hasSize(3)
        .allSatisfy(
            t -> {
              assertThat(t.lastCommand()).isEqualTo(position);
              assertThat(t.moeLayers().getFirst().loadBalanceCoefficient())
                  .isEqualTo(commanded / 2);
            });
  }

  @Test
  void shouldFailOnTheCallersThreadWhenARankFails() {
    LoopRig rig = new LoopRig(new MemoryBroker(), Optional.empty(), 3, 1, RanksTest::cpu);
    rigs.add(rig);

    assertThatThrownBy(
            () ->
                rig.team.all(
                    replica -> {
                      if (replica.rank() > 0) {
                        throw new IllegalStateException("rank " + replica.rank());
                      }
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("rank 1");
  }
}
