package io.evenkeel.trainer.app;

import io.evenkeel.contract.run.Knobs;
import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.control.KnobBoard;
import io.evenkeel.trainer.loop.LoopListener;
import io.evenkeel.trainer.model.LossTerms;
import io.evenkeel.trainer.model.Objective;
import io.evenkeel.trainer.model.Transformer;
import io.evenkeel.trainer.signal.GradientNormRatio;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Tells on the terminal how training goes, and remembers what the report needs. */
final class Progress implements LoopListener {
  private static final int EDGE_STEPS = 20;
  private static final String READY = "EVENKEEL-READY trainer";

  private final PrintWriter out;
  private final TrainerConfig config;
  private final KnobBoard knobs;
  private final Transformer model;
  private final List<Double> losses = new ArrayList<>();
  private final List<Double> stepMillis = new ArrayList<>();
  private double telemetryMillis;
  private double totalMillis;

  Progress(PrintWriter out, TrainerConfig config, KnobBoard knobs, Transformer model) {
    this.out = out;
    this.config = config;
    this.knobs = knobs;
    this.model = model;
  }

  @Override
  public void stepped(long step, LossTerms terms, double millis, double telemetry) {
    losses.add(terms.languageModel());
    stepMillis.add(millis);
    totalMillis += millis;
    telemetryMillis += telemetry;
    if (losses.size() == 1) {
      out.println(READY);
    }
    boolean last = step + 1 == config.training().steps();
    if ((step + 1) % config.training().progressEvery() == 0 || losses.size() == 1 || last) {
      out.println(line(step, terms));
    }
    out.flush();
  }

  private String line(long step, LossTerms terms) {
    long steps = config.training().steps();
    double recent =
        mean(stepMillis, Math.max(0, stepMillis.size() - EDGE_STEPS), stepMillis.size());
    Duration left = Duration.ofMillis((long) (recent * (steps - step - 1)));
    return String.format(
        Locale.ROOT,
        "step %5d/%d  loss %.4f  total %.4f  %,6.0f tok/s  ETA %d:%02d  alpha %.3g  mu %.3g  R_g %.3g",
        step + 1,
        steps,
        terms.languageModel(),
        terms.total(),
        config.tokens() / recent * 1000,
        left.toMinutes(),
        left.toSecondsPart(),
        knobs.value(Knobs.LOAD_BALANCE_ALPHA),
        knobs.value(Knobs.EXPERT_BIAS_MU),
        largestRatio());
  }

  /** R_g of the last step, the largest over layers. */
  private double largestRatio() {
    Objective objective = knobs.objective();
    double largest = 0;
    for (int layer = 0; layer < objective.layers(); layer++) {
      GradientNormRatio ratio =
          GradientNormRatio.of(model.statistics(layer), objective.loadBalanceCoefficient(layer));
      largest = Math.max(largest, ratio.ratio());
    }
    return largest;
  }

  /** Mean language-model loss of the first steps; NaN without a step. */
  double firstLoss() {
    return mean(losses, 0, Math.min(EDGE_STEPS, losses.size()));
  }

  /** Mean language-model loss of the last steps; NaN without a step. */
  double lastLoss() {
    return mean(losses, Math.max(0, losses.size() - EDGE_STEPS), losses.size());
  }

  /** Median step time, ms; NaN without a step. */
  double medianStepMillis() {
    List<Double> sorted = stepMillis.stream().sorted().toList();
    return sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2);
  }

  /** Share of all steps' time that telemetry took. */
  double telemetryShare() {
    return totalMillis == 0 ? 0 : telemetryMillis / totalMillis;
  }

  /** Steps of this process. */
  int steps() {
    return losses.size();
  }

  private static double mean(List<Double> values, int from, int to) {
    return values.subList(from, to).stream()
        .mapToDouble(Double::doubleValue)
        .average()
        .orElse(Double.NaN);
  }
}
