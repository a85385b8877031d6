package io.evenkeel.analytics.detect;

import io.evenkeel.analytics.signal.SampleWindow;
import io.evenkeel.analytics.signal.SpikeScore;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.StepSignals;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The robust score of a loss: the language model's, or a training loss among the user's scalars. A
 * single high step is most often a bad batch, the same in many independent runs: above 8 it
 * informs. An episode pages: 3 of the last 5 steps above 5, one of them above 8; above 15 and 30 it
 * is critical.
 *
 * <p>Where only every n-th step is observed, an observation stands for several steps: one above 8
 * warns and one above 30 is critical, up to every {@value #RARE}th step. Where they are rarer one
 * high observation is a single batch again, and it takes two of the last five.
 *
 * <p>An episode in which the gradient norm stays as it was, and the loss level where it jumped to,
 * is not the optimiser's, but the data's: it only informs, unless the score exceeds {@value
 * #BEYOND_DATA}. One that wanes or grows pages all the same, by its peak, once that is significant:
 * data do not wane.
 */
final class LossSpikeDetector implements Detector {

  private static final double HIGH = 5;
  private static final double PAGES_ABOVE = 8;
  private static final int RECENT = 5;
  private static final int RARE = 50;
  private static final int RARE_EPISODE = 2;

  private static final double BEYOND_DATA = 30;
  private static final double QUIET_NORM = 1.3;
  private static final double LOUD_NORM = 2.5;
  private static final int LEAST_NORMS = 32;

  /** High losses in a row whose trend is looked at, and standard errors from which it is one. */
  private static final int LEAST_EPISODE = 6;

  private static final int LONGEST_EPISODE = 32;
  private static final double TREND = 3;

  private static final int SCORE = 0;
  private static final int STEP = 1;
  private static final int NORM = 2;

  /** 1 where the first figure is a score already, 0 where it is to be made of the loss. */
  private static final int SCORED = 3;

  private static final int LOSS = 4;

  private static final double UNKNOWN = -1;

  @Override
  public BuiltInRule rule() {
    return BuiltInRule.LOSS_SPIKE;
  }

  @Override
  public RuleSettings defaults() {
    return RuleSettings.builtIn(
        3,
        5,
        new Level(Severity.INFO, PAGES_ABOVE, 1, 1, PAGES_ABOVE),
        new Level(Severity.WARNING, HIGH, 3, RECENT, PAGES_ABOVE),
        new Level(Severity.CRITICAL, 15, 3, RECENT, 30));
  }

  @Override
  public List<Observation> observe(StepSignals signals) {
    List<Observation> observations = new ArrayList<>(1);
    double step = signals.key().step();
    Double norm = signals.gradientNorm();
    double known = norm == null || !Double.isFinite(norm) ? UNKNOWN : norm;
    Double score = signals.lossSpikeScore();
    Double loss = signals.losses().languageModel();
    if (score != null && loss != null) {
      observations.add(Observation.of(RUN, score, step, known, 1, loss));
    }
    for (ScalarSeries.Series series : ScalarSeries.losses(signals.scalars())) {
      observations.add(Observation.of(series.scope(), 0, step, known, 0, series.value()));
    }
    return observations;
  }

  @Override
  public Judgement judge(Memory memory, Observation observation) {
    Cadence cadence = Cadence.next(memory, (long) observation.figure(STEP));
    SampleWindow losses = memory.window(0, SpikeScore.WINDOW);
    SampleWindow norms = memory.window(1, SpikeScore.WINDOW);
    SampleWindow scores = memory.window(2, LONGEST_EPISODE);
    double loss = observation.figure(LOSS);
    Double score = observation.figure(SCORE);
    if (observation.figure(SCORED) == 0) {
      score = SpikeScore.of(loss, losses);
    }
    if (score != null && score > HIGH / 2 && cadence.stride() <= 1) {
      score = Objects.requireNonNullElse(SpikeScore.easier(loss, losses), score);
    }
    losses = losses.with(loss);
    double norm = observation.figure(NORM);
    SampleWindow nextNorms = norm == UNKNOWN ? norms : norms.with(norm);
    if (score == null || cadence.settling()) {
      return Judgement.notYet(memory.next(List.of(losses, nextNorms, scores), cadence.with()));
    }
    SampleWindow nextScores = scores.with(score);
    Memory next = memory.next(List.of(losses, nextNorms, nextScores), cadence.with());
    boolean ofData = score > HIGH && score < BEYOND_DATA && norm != UNKNOWN && isQuiet(nextNorms);
    SampleWindow recent = nextScores.withCapacity(RECENT);
    if (ofData && above(HIGH, recent) > 1) {
      double peak = peakOfTrend(nextScores, losses);
      return new Judgement(next, Double.isNaN(peak) ? Math.min(score, HIGH) : peak, peak);
    }
    double stride = cadence.stride();
    boolean episode =
        stride > 1 && (stride <= RARE || above(HIGH, recent) >= RARE_EPISODE) && !ofData;
    return new Judgement(next, score, episode ? score : Double.NaN);
  }

  /** The highest score of an episode whose losses wane or grow; NaN where they are level. */
  private static double peakOfTrend(SampleWindow scores, SampleWindow losses) {
    double[] all = scores.toArray();
    int length = 0;
    double peak = 0;
    while (length < all.length && all[all.length - 1 - length] > HIGH) {
      peak = Math.max(peak, all[all.length - 1 - length]);
      length++;
    }
    double[] values = losses.toArray();
    if (length < LEAST_EPISODE || values.length < 2 * length) {
      return Double.NaN;
    }
    double[] episode = Arrays.copyOfRange(values, values.length - length, values.length);
    double noise = Trend.noise(Arrays.copyOf(values, values.length - length));
    return Math.abs(Trend.slope(episode)) > TREND * Trend.error(noise, length) ? peak : Double.NaN;
  }

  private static int above(double limit, SampleWindow values) {
    int above = 0;
    for (double value : values.toArray()) {
      above += value > limit ? 1 : 0;
    }
    return above;
  }

  /** Whether the last gradient norms are no larger than usual, and none of them far larger. */
  private static boolean isQuiet(SampleWindow norms) {
    if (norms.size() < LEAST_NORMS) {
      return false;
    }
    double usual = norms.median();
    SampleWindow newest = norms.withCapacity(RECENT);
    return newest.median() < QUIET_NORM * usual && above(LOUD_NORM * usual, newest) == 0;
  }

  @Override
  public String summary(String scope, double value, double threshold, Memory memory) {
    return String.format(
        Locale.ROOT,
        "The %s lies %.1f robust standard deviations above the steps before (limit %.0f).",
        scope.equals("the run") ? "language-model loss" : "loss of " + scope,
        value,
        threshold);
  }
}
