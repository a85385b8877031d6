package io.evenkeel.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.trainer.config.ConfigException;
import io.evenkeel.trainer.config.ConfigReader;
import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.data.Batch;
import io.evenkeel.trainer.data.BatchSource;
import io.evenkeel.trainer.data.Corpus;
import io.evenkeel.trainer.layer.Parameter;
import io.evenkeel.trainer.layer.Stopwatch;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.ops.cpu.CpuTensorOps;
import io.evenkeel.trainer.optim.AdamW;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The numbers of a training run depend on the seed alone. */
final class ThreadsTest {
  private static final int STEPS = 4;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void shouldTrainToTheSameBitsWhateverTheThreads(int threads) throws ConfigException {
    assertThat(trained(threads, 5)).isEqualTo(trained(1, 5));
  }

  @Test
  void shouldTrainToOtherBitsWhenTheSeedIsAnother() throws ConfigException {
    assertThat(trained(1, 6)).isNotEqualTo(trained(1, 5));
  }

  /** A digest of every bit of every parameter and bias, by name. */
  private static Map<String, Integer> trained(int threads, long seed) throws ConfigException {
    TrainerConfig config = ConfigReader.read("tiny");
    try (TensorOps ops = CpuTensorOps.create(threads)) {
      ModelState state = new ModelState(config.model(), ops.memory());
      config.initializer().fill(state, ops.memory(), new SplittableRandom(seed));
      Transformer model =
          new Transformer(ops, state, config.sequences(), config.length(), new Stopwatch(() -> 0));
      AdamW optimizer = new AdamW(ops, state);
      BatchSource source =
          new BatchSource(
              Corpus.bundled(), Corpus.Part.TRAINING, config.sequences(), config.length(), seed);
      Objective objective =
          Objective.uniform(config.model().layers(), config.alpha(), config.lambda());
      for (int step = 0; step < STEPS; step++) {
        Batch batch = source.batch(step);
        model.forward(batch.inputs(), batch.targets());
        model.backward(objective, GradientMethod.ONE_PASS);
        optimizer.measure();
        optimizer.step(config.optimizer());
        model.updateSelectionBiases(config.optimizer().mu(step));
      }
      Map<String, Integer> bits = new LinkedHashMap<>();
      for (Parameter parameter : state.parameters()) {
        bits.put(
            parameter.name(), java.util.Arrays.hashCode(ops.memory().toArray(parameter.value())));
      }
      for (int layer = 0; layer < config.model().layers(); layer++) {
        bits.put(
            "bias." + layer, java.util.Arrays.hashCode(ops.memory().toArray(state.bias(layer))));
      }
      return bits;
    }
  }
}
