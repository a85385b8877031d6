package io.evenkeel.controller.guard;

import io.evenkeel.controller.policy.Aim;
import io.evenkeel.controller.policy.Metric;
import io.evenkeel.controller.policy.StepView;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * Judges what a change did: the median of the aimed-at quantity after it against the value that the
 * decision rested on, and the loss after it against the loss before. A quantity at or under its
 * tolerated level is never held against a change.
 */
public final class EffectCheck {

  /** What came of a change. */
  public enum Outcome {
    /** Too early to tell. */
    OPEN,
    /** Not worse. */
    KEEP,
    /** Worse: undo it, and stand the policy down. */
    UNDO
  }

  /**
   * The judgement.
   *
   * @param outcome what came of it
   * @param reason a sentence for people
   * @param evidence what was compared
   */
  public record Judgement(Outcome outcome, String reason, Map<String, Double> evidence) {}

  private static final int LOSS_SAMPLES = 5;
  private static final double IMPROVED = 0.7;

  private final GuardSettings settings;

  /** A check with {@code settings}. */
  public EffectCheck(GuardSettings settings) {
    this.settings = settings;
  }

  /**
   * Judges.
   *
   * @param recent the run's window, ascending
   * @param appliedStep first step that ran with the change
   * @param aim what it aimed at; null if unknown, then the loss alone counts
   */
  public Judgement judge(List<StepView> recent, long appliedStep, @Nullable Aim aim) {
    List<StepView> before = recent.stream().filter(s -> s.step() < appliedStep).toList();
    List<StepView> after = recent.stream().filter(s -> s.step() >= appliedStep).toList();
    if (after.size() < settings.reviewEarlySamples()) {
      return new Judgement(Outcome.OPEN, "", Map.of());
    }
    boolean due = after.getLast().step() - appliedStep + 1 >= settings.reviewSteps();
    double now = aim == null ? Double.NaN : median(after.stream().mapToDouble(aim.metric()::of));
    // A loss that rises while the aim is being reached has another cause, such as the very
    // disturbance that is being corrected: undoing would bring it back.
    boolean improved = aim != null && now < IMPROVED * aim.measured();
    double lossBefore = median(last(before, LOSS_SAMPLES).stream().mapToDouble(StepView::loss));
    double lossAfter = median(last(after, LOSS_SAMPLES).stream().mapToDouble(StepView::loss));
    boolean aimedAtLoss = aim != null && aim.metric() == Metric.LOSS;
    if (!improved && !aimedAtLoss && lossAfter > lossBefore + settings.lossMargin()) {
      return new Judgement(
          Outcome.UNDO,
          text("The loss rose from %.4g to %.4g after the change.", lossBefore, lossAfter),
          Map.of("loss_before", lossBefore, "loss_after", lossAfter));
    }
    if (aim == null) {
      return due ? keep("The loss did not rise.", Map.of()) : open();
    }
    Map<String, Double> evidence = Map.of("before", aim.measured(), "after", now);
    double limit = due ? settings.clearlyWorse() : settings.plainlyWorse();
    if (now > aim.tolerated() && now > limit * aim.measured()) {
      return new Judgement(
          Outcome.UNDO,
          text(
              "%s rose from %.4g to %.4g after the change.",
              aim.metric().id(), aim.measured(), now),
          evidence);
    }
    return due
        ? keep(text("%s went from %.4g to %.4g.", aim.metric().id(), aim.measured(), now), evidence)
        : open();
  }

  private static Judgement open() {
    return new Judgement(Outcome.OPEN, "", Map.of());
  }

  private static Judgement keep(String reason, Map<String, Double> evidence) {
    return new Judgement(Outcome.KEEP, reason, evidence);
  }

  private static List<StepView> last(List<StepView> steps, int count) {
    return steps.subList(Math.max(0, steps.size() - count), steps.size());
  }

  private static double median(DoubleStream values) {
    double[] sorted = values.filter(v -> !Double.isNaN(v)).toArray();
    Arrays.sort(sorted);
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
  }

  private static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
