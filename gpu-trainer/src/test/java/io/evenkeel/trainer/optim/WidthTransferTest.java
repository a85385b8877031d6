package io.evenkeel.trainer.optim;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.trainer.data.Batch;
import io.evenkeel.trainer.data.Batches;
import io.evenkeel.trainer.data.Corpus;
import io.evenkeel.trainer.data.Drawing;
import io.evenkeel.trainer.data.LanguageSource;
import io.evenkeel.trainer.data.Languages;
import io.evenkeel.trainer.layer.Stopwatch;
import io.evenkeel.trainer.model.GradientMethod;
import io.evenkeel.trainer.model.Initializer;
import io.evenkeel.trainer.model.ModelConfig;
import io.evenkeel.trainer.model.ModelState;
import io.evenkeel.trainer.model.Objective;
import io.evenkeel.trainer.model.Transformer;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.ops.cpu.CpuTensorOps;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class WidthTransferTest {
  private static final int PROXY = 16;
  private static final int TARGET = 128;
  private static final int STEPS = 60;
  private static final int SEQUENCES = 8;
  private static final int LENGTH = 16;
  private static final double[] RATES = {0.0125, 0.025, 0.05, 0.1, 0.2};
  private static final LanguageSource DATA = new LanguageSource(new Languages(2, 12, 2, 1));

  private static ModelConfig model(int width) {
    return new ModelConfig(14, width, width / 8, 1, 4, 0, 2, 2, 4, width, width, 1, 1e-6, 1e4, 6);
  }

  @Test
  void shouldScaleEachTensorByItsRole() {
    WidthTransfer transfer = WidthTransfer.from(64);
    for (String name : model(16).parameterShapes().keySet()) {
      boolean matrix = !name.equals("embed") && !name.contains("norm_");
      assertThat(transfer.factor(name, 256)).as(name).isEqualTo(matrix ? 0.25 : 1);
      assertThat(transfer.factor(name, 64)).isEqualTo(1);
      assertThat(WidthTransfer.none().factor(name, 256)).isEqualTo(1);
    }
    assertThat(WidthTransfer.Role.of("head")).isEqualTo(WidthTransfer.Role.READOUT);
    assertThat(WidthTransfer.Role.of("layers.3.experts.w_down"))
        .isEqualTo(WidthTransfer.Role.HIDDEN);
    assertThat(WidthTransfer.Role.of("layers.3.norm_ffn1")).isEqualTo(WidthTransfer.Role.GAIN);
  }

  /** What the exponents are for: the first update moves the logits about as far. */
  @Test
  void shouldMoveTheLogitsAboutAsFarAtAnyWidth() {
    double proxy = firstMove(PROXY, WidthTransfer.none());
    double plain = firstMove(TARGET, WidthTransfer.none());
    double transferred = firstMove(TARGET, WidthTransfer.from(PROXY));

    assertThat(plain / proxy).isGreaterThan(8);
    assertThat(transferred / proxy).isBetween(0.5, 2.0);
  }

  /** Root mean square by which one update of AdamW changes the logits of a batch. */
  private static double firstMove(int width, WidthTransfer transfer) {
    try (TensorOps ops = CpuTensorOps.create(1)) {
      ModelState state = state(width, ops);
      Transformer model = new Transformer(ops, state, SEQUENCES, LENGTH, new Stopwatch(() -> 0));
      AdamW optimizer = new AdamW(ops, state, transfer);
      Batch batch = batches(Corpus.Part.TRAINING).batch(0);
      model.forward(batch.inputs(), batch.targets());
      double[] before = ops.memory().toArray(model.logits());
      update(model, optimizer, 1e-3);
      model.forward(batch.inputs(), batch.targets());
      double[] after = ops.memory().toArray(model.logits());
      double sum = 0;
      for (int i = 0; i < after.length; i++) {
        sum += (after[i] - before[i]) * (after[i] - before[i]);
      }
      return Math.sqrt(sum / after.length);
    }
  }

  /** The rate that is best at the proxy's width, at eight times the width. */
  @Test
  void shouldCarryTheBestLearningRateOverBetterThanWithoutTransfer() {
    double best = RATES[0];
    double least = Double.POSITIVE_INFINITY;
    for (double rate : RATES) {
      double loss = train(PROXY, WidthTransfer.none(), rate);
      if (loss < least) {
        least = loss;
        best = rate;
      }
    }
    double carried = train(TARGET, WidthTransfer.from(PROXY), best);
    double plain = train(TARGET, WidthTransfer.none(), best);

    assertThat(best).as("the grid brackets the best rate").isBetween(RATES[1], RATES[3]);
    assertThat(carried).isLessThan(plain - 0.02);
    assertThat(carried).isLessThan(least + 0.02);
  }

  private static double train(int width, WidthTransfer transfer, double rate) {
    try (TensorOps ops = CpuTensorOps.create(1)) {
      ModelState state = state(width, ops);
      Transformer model = new Transformer(ops, state, SEQUENCES, LENGTH, new Stopwatch(() -> 0));
      AdamW optimizer = new AdamW(ops, state, transfer);
      Batches batches = batches(Corpus.Part.TRAINING);
      for (int step = 0; step < STEPS; step++) {
        Batch batch = batches.batch(step);
        model.forward(batch.inputs(), batch.targets());
        update(model, optimizer, rate * Math.min(1, (step + 1) / 10.0));
      }
      double loss = 0;
      for (int index = 0; index < 4; index++) {
        Batch batch = batches(Corpus.Part.HELD_OUT).batch(index);
        model.forward(batch.inputs(), batch.targets());
        model.refreshStatistics();
        loss += model.losses(Objective.languageModel(1)).languageModel() / 4;
      }
      return loss;
    }
  }

  private static Batches batches(Corpus.Part part) {
    return DATA.batches(new Drawing(part, SEQUENCES, LENGTH, 0));
  }

  private static ModelState state(int width, TensorOps ops) {
    ModelState state = new ModelState(model(width), ops.memory());
    new Initializer(1, 1).fill(state, ops.memory(), new SplittableRandom(2));
    return state;
  }

  private static void update(Transformer model, AdamW optimizer, double rate) {
    OptimizerSettings settings = new OptimizerSettings(rate, 0.9, 0.95, 1e-12, 0, 1, 0, 1);
    model.backward(Objective.uniform(1, 1e-3, 0), GradientMethod.ONE_PASS);
    optimizer.measure();
    optimizer.step(settings);
  }
}
