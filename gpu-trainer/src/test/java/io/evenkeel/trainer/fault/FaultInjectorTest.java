package io.evenkeel.trainer.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.trainer.config.ConfigException;
import io.evenkeel.trainer.config.ConfigReader;
import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.data.Corpus;
import io.evenkeel.trainer.data.Drawing;
import io.evenkeel.trainer.layer.Stopwatch;
import io.evenkeel.trainer.model.GradientMethod;
import io.evenkeel.trainer.model.ModelState;
import io.evenkeel.trainer.model.Objective;
import io.evenkeel.trainer.model.Transformer;
import io.evenkeel.trainer.ops.TensorMemory;
import io.evenkeel.trainer.ops.reference.ReferenceTensorOps;
import io.evenkeel.trainer.optim.AdamW;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class FaultInjectorTest {
  private final TrainerConfig config = tiny();
  private final ReferenceTensorOps ops = new ReferenceTensorOps();
  private final TensorMemory memory = ops.memory();
  private final ModelState state = new ModelState(config.model(), memory);

  private static TrainerConfig tiny() {
    try {
      return ConfigReader.read("tiny");
    } catch (ConfigException e) {
      throw new AssertionError(e);
    }
  }

  private FaultInjector injector(Fault... faults) {
    FaultPlan plan = new FaultPlan(List.of(faults));
    plan.requireFits(config.model());
    plan.initializer(config.initializer()).fill(state, memory, new SplittableRandom(1));
    FaultInjector injector = new FaultInjector(plan, state, memory);
    injector.afterInitialization(1);
    return injector;
  }

  private double[] values(String name) {
    return memory.toArray(state.parameter(name).value());
  }

  @Test
  void shouldCloneRouterRowsAtItsStepAlone() {
    FaultInjector injector = injector(new StateFault.ClonedRouterRows(1, 0.05, StepRange.at(3)));
    double[] before = values("layers.1.router");
    injector.beforeForward(2);
    assertThat(values("layers.1.router")).isEqualTo(before);

    injector.beforeForward(3);

    double[] after = values("layers.1.router");
    int width = config.model().width();
    for (int i = 0; i < after.length; i++) {
      assertThat(after[i]).isCloseTo(before[i % width] + 0.05 * before[i], within(1e-15));
    }
    assertThat(cosine(after, 1, 2, width)).isGreaterThan(0.99);
  }

  private static double cosine(double[] rows, int a, int b, int width) {
    double dot = 0;
    double first = 0;
    double second = 0;
    for (int i = 0; i < width; i++) {
      dot += rows[a * width + i] * rows[b * width + i];
      first += rows[a * width + i] * rows[a * width + i];
      second += rows[b * width + i] * rows[b * width + i];
    }
    return dot / Math.sqrt(first * second);
  }

  @Test
  void shouldBiasOneExpertAway() {
    injector(new StateFault.ExpertBias(0, 3, -1, StepRange.at(5))).beforeForward(5);

    double[] bias = memory.toArray(state.bias(0));
    assertThat(bias[3]).isEqualTo(-1);
    assertThat(Arrays.stream(bias).sum()).isEqualTo(-1);
    assertThat(memory.toArray(state.bias(1))).containsOnly(0);
  }

  @Test
  void shouldStrikeOneElementOfOneGradientAndReachEveryWeightThroughTheNorm() {
    FaultInjector injector =
        injector(new GradientFault("layers.0.router", 7, Double.NaN, StepRange.at(2)));
    Transformer model =
        new Transformer(ops, state, config.sequences(), config.length(), new Stopwatch(() -> 0));
    int[] symbols = new int[config.tokens()];
    model.forward(symbols, symbols);
    model.backward(Objective.languageModel(2), GradientMethod.ONE_PASS);

    injector.beforeUpdate(1);
    assertThat(nonFinite(state.parameter("layers.0.router").gradient())).isZero();
    injector.beforeUpdate(2);

    assertThat(nonFinite(state.parameter("layers.0.router").gradient())).isEqualTo(1);
    assertThat(memory.toArray(state.parameter("layers.0.router").gradient())[7]).isNaN();
    AdamW optimizer = new AdamW(ops, state);
    optimizer.measure();
    assertThat(optimizer.clip(config.optimizer()).norm()).isNaN();
  }

  private long nonFinite(Tensor tensor) {
    return Arrays.stream(memory.toArray(tensor)).filter(x -> !Double.isFinite(x)).count();
  }

  @Test
  void shouldStartWithALargeRouterAndALargeEmbedding() {
    injector();
    double[] router = values("layers.0.router");
    double[] head = values("head");
    injector(new InitialFault.RouterScale(10), new InitialFault.EmbeddingScale(20));

    for (int i = 0; i < router.length; i++) {
      assertThat(values("layers.0.router")[i]).isCloseTo(10 * router[i], within(1e-12));
    }
    assertThat(values("head")).isEqualTo(head);
    assertThat(rms(values("embed"))).isCloseTo(20, within(1.5));
  }

  private static double rms(double[] values) {
    return Math.sqrt(Arrays.stream(values).map(x -> x * x).average().orElseThrow());
  }

  @Test
  void shouldOffsetTheGivenSymbolsByOneVector() {
    injector();
    double[] before = values("embed");
    injector(new InitialFault.CommonOffset(3, 32));
    double[] after = values("embed");
    int width = config.model().width();

    for (int i = 0; i < after.length; i++) {
      double expected = i < 32 * width ? after[i % width] - before[i % width] : 0;
      assertThat(after[i] - before[i]).isCloseTo(expected, within(1e-12));
    }
    assertThat(Math.abs(after[0] - before[0])).isPositive();
  }

  @Test
  void shouldChangeGammaForTheWholeRun() {
    FaultPlan plan = new FaultPlan(List.of(new InitialFault.Gamma(8)));

    assertThat(plan.model(config.model()).gamma()).isEqualTo(8);
    assertThat(plan.model(config.model()).withGamma(1)).isEqualTo(config.model());
  }

  @Test
  void shouldGiveNoiseAndShiftedBatchesAtTheirStepsAlone() {
    Corpus corpus = new Corpus(List.of(filled('a'), filled('b')));
    FaultPlan plan =
        new FaultPlan(
            List.of(
                new DataFault.NoiseBatch(StepRange.at(2)),
                new DataFault.ShiftedMix(List.of(0.0, 1.0), new StepRange(3, 5))));
    Drawing drawing = new Drawing(Corpus.Part.TRAINING, 16, 8, 0);
    FaultyBatches batches = new FaultyBatches(plan, corpus, drawing, 256, 2);

    for (long index = 0; index < 12; index++) {
      int[] inputs = batches.batch(index).inputs();
      long step = index / 2;
      if (step == 2) {
        assertThat(Arrays.stream(inputs).distinct().count()).isGreaterThan(64);
      } else if (step == 3 || step == 4) {
        assertThat(inputs).containsOnly('b');
      } else {
        assertThat(inputs).contains('a', 'b').containsAnyOf('a');
        assertThat(inputs).isEqualTo(corpus.batches(drawing).batch(index).inputs());
      }
    }
  }

  private static byte[] filled(char symbol) {
    byte[] text = new byte[1000];
    Arrays.fill(text, (byte) symbol);
    return text;
  }
}
