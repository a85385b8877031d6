package io.evenkeel.analytics.detect;

import io.evenkeel.analytics.signal.SampleWindow;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A selection bias whose steps (mu) are so large that the load swings from expert to expert instead
 * of settling: the standard deviation of MaxVio over the last {@value #WINDOW} steps, less what
 * chance gives in a batch of this size. It counts only where the bias itself hunts: its steps are a
 * tenth of the mean routing probability 1/E or more, or three quarters of them turn back what the
 * step before did; noise turns back half. Calibrated: 0.08 is healthy, mu = 1 gives 0.35. 0.2
 * warns, 0.5 is critical.
 */
final class BiasHuntingDetector implements Detector {

  private static final int WINDOW = 32;
  private static final double WEIGHT = 0.1;
  private static final double LARGE_STEP = 0.1;
  private static final double TURNING = 0.75;
  private static final int WARM_UP = 50;

  /** Figures before the biases: MaxVio, and what chance makes of its deviation. */
  private static final int BIAS_AT = 2;

  @Override
  public BuiltInRule rule() {
    return BuiltInRule.BIAS_HUNTING;
  }

  @Override
  public RuleSettings defaults() {
    return RuleSettings.builtIn(
        0.15, 10, Level.of(Severity.WARNING, 0.2, 8, 10), Level.of(Severity.CRITICAL, 0.5, 8, 10));
  }

  @Override
  public List<Observation> observe(StepSignals signals) {
    List<Observation> observations = new ArrayList<>();
    for (LayerSignals layer : signals.layers()) {
      int experts = Math.min(layer.ffnExperts(), layer.selectionBias().size());
      double total = 0;
      for (int i = 0; i < Math.min(experts, layer.load().size()); i++) {
        total += layer.load().get(i);
      }
      if (experts >= 2 && total > 0) {
        double[] figures = new double[BIAS_AT + experts];
        figures[0] = layer.maxViolation();
        figures[1] = 0.5 * Math.sqrt(experts / total);
        for (int i = 0; i < experts; i++) {
          figures[BIAS_AT + i] = layer.selectionBias().get(i);
        }
        observations.add(Observation.of(Detector.layer(layer.layer()), figures));
      }
    }
    return observations;
  }

  /** Numbers: average relative step, average share of turns, then biases, then their last steps. */
  @Override
  public Judgement judge(Memory memory, Observation observation) {
    int experts = observation.figures() - BIAS_AT;
    SampleWindow violations = memory.window(0, WINDOW).with(observation.figure(0));
    double[] numbers = new double[2 + 2 * experts];
    boolean same = memory.numbers() == numbers.length;
    double squares = 0;
    int moved = 0;
    int turned = 0;
    for (int i = 0; i < experts; i++) {
      double bias = observation.figure(BIAS_AT + i);
      double step = same ? bias - memory.number(2 + i, 0) : 0;
      double before = same ? memory.number(2 + experts + i, 0) : 0;
      squares += step * step;
      moved += step != 0 && before != 0 ? 1 : 0;
      turned += step * before < 0 ? 1 : 0;
      numbers[2 + i] = bias;
      numbers[2 + experts + i] = step;
    }
    // In units of the mean routing probability: the rms step times the experts.
    double relative = Math.sqrt(squares / experts) * experts;
    double turns = moved == 0 ? 0 : (double) turned / moved;
    numbers[0] = average(memory.number(0, 0), same, relative);
    numbers[1] = average(memory.number(1, 0), same, turns);
    Memory next = memory.next(List.of(violations), numbers);
    if (next.observations() < WARM_UP || !violations.full()) {
      return Judgement.notYet(next);
    }
    double swing = Math.max(0, deviation(violations.toArray()) - observation.figure(1));
    boolean hunts = numbers[0] > LARGE_STEP || (numbers[1] > TURNING && moved > 0);
    return Judgement.of(next, hunts ? swing : 0);
  }

  private static double average(double before, boolean same, double sample) {
    return same ? before + WEIGHT * (sample - before) : sample;
  }

  private static double deviation(double[] values) {
    double mean = 0;
    for (double value : values) {
      mean += value / values.length;
    }
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean) / values.length;
    }
    return Math.sqrt(squares);
  }

  @Override
  public String summary(String scope, double value, double threshold, Memory memory) {
    return String.format(
        Locale.ROOT,
        "The selection bias of %s hunts: MaxVio swings by %.2f from step to step (limit %.2f), and"
            + " the bias steps are %.2f of the mean routing probability.",
        scope,
        value,
        threshold,
        memory.number(0, 0));
  }
}
