package io.evenkeel.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.testing.SeededCases;
import io.evenkeel.trainer.config.ConfigException;
import io.evenkeel.trainer.config.ConfigReader;
import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.layer.ExpertProbe;
import io.evenkeel.trainer.layer.Stopwatch;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.ops.cpu.CpuTensorOps;
import io.evenkeel.trainer.ops.reference.ReferenceTensorOps;
import io.evenkeel.trainer.optim.AdamW;
import io.evenkeel.trainer.tensor.Shape;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The plan against what is really allocated. */
final class MemoryPlanTest {
  private static long allocated(ModelConfig model, MemoryPlan.Extent extent, TensorOps ops) {
    ModelState state = new ModelState(model, ops.memory());
    Transformer training =
        new Transformer(
            ops,
            state,
            extent.sequences(),
            extent.length(),
            extent.microBatches(),
            new Stopwatch(() -> 0));
    AdamW optimizer = new AdamW(ops, state);
    assertThat(optimizer.slots()).isNotEmpty();
    assertThat(training.layers()).hasSize(model.layers());
    if (extent.heldOutSequences().isPresent()) {
      Transformer heldOut =
          new Transformer(
              ops,
              state,
              extent.heldOutSequences().getAsInt(),
              extent.length(),
              new Stopwatch(() -> 0));
      if (extent.probes() == MemoryPlan.Probes.MADE) {
        assertThat(new ExpertProbe(ops, heldOut.shape())).isNotNull();
      }
    }
    return ops.memory().allocatedBytes();
  }

  private static void agree(ModelConfig model, MemoryPlan.Extent extent, TensorOps ops) {
    long planned = MemoryPlan.of(model, extent, MemoryPlan.Traits.of(ops)).total();
    long made = allocated(model, extent, ops);

    assertThat((double) planned / made).as(model + " " + extent).isCloseTo(1, within(0.01));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny", "demo", "harm-z"})
  void shouldPredictTheTensorsOfAPreset(String name) throws ConfigException {
    TrainerConfig config = ConfigReader.read(name);
    MemoryPlan.Extent extent =
        new MemoryPlan.Extent(
            config.sequences(), config.length(), 1, OptionalInt.of(8), MemoryPlan.Probes.MADE);
    try (CpuTensorOps ops = CpuTensorOps.create(1)) {
      agree(config.model(), extent, ops);
    }
  }

  /** The configuration of the benchmark against PyTorch. */
  @Test
  void shouldPredictTheTensorsOfTheBenchmark() {
    ModelConfig model =
        new ModelConfig(256, 128, 4, 4, 16, 8, 4, 8 / 3.0, 4, 64, 256, 1, 1e-6, 1e4, 3);
    assertThat(model.parameterCount()).isBetween(2_950_000L, 2_970_000L);
    try (CpuTensorOps ops = CpuTensorOps.create(2)) {
      agree(
          model,
          new MemoryPlan.Extent(16, 128, 1, OptionalInt.empty(), MemoryPlan.Probes.NONE),
          ops);
    }
  }

  @Test
  void shouldPredictTheTensorsOfAnyModel() {
    SeededCases.forEach(
        20,
        random -> {
          ModelConfig model = anyModel(random);
          MemoryPlan.Extent extent =
              new MemoryPlan.Extent(
                  1 + random.nextInt(3),
                  1 + random.nextInt(20),
                  1 + random.nextInt(3),
                  random.nextBoolean()
                      ? OptionalInt.of(1 + random.nextInt(3))
                      : OptionalInt.empty(),
                  random.nextBoolean() ? MemoryPlan.Probes.MADE : MemoryPlan.Probes.NONE);
          ReferenceTensorOps ops = new ReferenceTensorOps();
          long planned = MemoryPlan.of(model, extent, MemoryPlan.Traits.of(ops)).total();
          assertThat(planned).as(model + " " + extent).isEqualTo(allocated(model, extent, ops));
          assertThat(model.parameterCount())
              .isEqualTo(model.parameterShapes().values().stream().mapToLong(Shape::size).sum());
        });
  }

  private static ModelConfig anyModel(RandomGenerator random) {
    int groups = 1 + random.nextInt(3);
    int experts = groups * (1 + random.nextInt(3));
    int zero = random.nextInt(3);
    int chosen = 1 + random.nextInt(experts);
    int heads = 1 + random.nextInt(2);
    return new ModelConfig(
        2 + random.nextInt(40),
        heads * 2 * (1 + random.nextInt(4)),
        heads,
        1 + random.nextInt(3),
        experts,
        zero,
        chosen,
        zero == 0 ? chosen : chosen * 0.6,
        groups,
        1 + random.nextInt(12),
        1 + random.nextInt(12),
        1,
        1e-6,
        1e4,
        6);
  }
}
