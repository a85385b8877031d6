package io.evenkeel.controller.policy;

import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.run.KnobDeclaration;
import io.evenkeel.contract.run.Knobs;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sets the gradient clip from the run's own distribution of norms, where outliers show that the
 * clip in force does not hold them, and loosens its own clip again when the distribution has moved
 * away. Page: docs/maths/gradient-clip.md. Source of the idea: clipping by a percentile of the
 * history, Seetharaman et al. 2020 (AutoClip).
 */
public final class GradientClipPolicy implements Policy {

  /** Name. */
  public static final String NAME = "gradient-clip";

  /**
   * The law's constants.
   *
   * @param window steps whose norms make the distribution
   * @param deviations the clip lies so many robust deviations of ln norm above their median ...
   * @param leastFactor ... and at least this factor above it
   * @param outlier a norm so many times the clip that the distribution asks for is an outlier
   * @param leastOutliers outliers in the window that call for a clip
   * @param slack a clip in force at most this factor too large is left alone
   * @param clippedShare more than this share of norms above the policy's own clip: the distribution
   *     has moved, and the clip follows it
   */
  public record Settings(
      int window,
      double deviations,
      double leastFactor,
      double outlier,
      int leastOutliers,
      double slack,
      double clippedShare) {

    /** Defaults, as the maths page derives them. */
    public static final Settings DEFAULT = new Settings(100, 4, 2, 2, 3, 2, 0.5);
  }

  private static final KnobKey CLIP = KnobKey.global(Knobs.GRADIENT_CLIP_NORM);
  private static final double MAD_TO_SIGMA = 1.4826;
  private static final double TOLERATED_NATS = 0.5;

  private final Settings settings;

  /** A policy with {@code settings}. */
  public GradientClipPolicy(Settings settings) {
    this.settings = settings;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Optional<Proposal> evaluate(RunView view) {
    Optional<KnobDeclaration> declared = view.declaration(CLIP);
    if (declared.isEmpty() || view.inForce(CLIP).isEmpty()) {
      return Optional.empty();
    }
    double[] norms = norms(view.recent());
    if (norms.length < settings.window()) {
      return Optional.empty();
    }
    double clip = view.inForce(CLIP).getAsDouble();
    double wanted =
        Math.clamp(fromDistribution(norms), declared.get().minimum(), declared.get().maximum());
    long outliers = Arrays.stream(norms).filter(norm -> norm > settings.outlier() * wanted).count();
    // A clip of 0 is none.
    boolean loose = clip == 0 || clip > settings.slack() * wanted;
    return loose && outliers >= settings.leastOutliers()
        ? Optional.of(tighten(view, clip, wanted, outliers))
        : loosen(view, declared.get(), norms, clip, wanted);
  }

  private Proposal tighten(RunView view, double clip, double wanted, long outliers) {
    return proposal(
        view,
        clip,
        wanted,
        "%d of the last %d gradient norms stand far out, and a clip of %s does not hold them: set it to %s."
            .formatted(outliers, settings.window(), Windows.number(clip), Windows.number(wanted)),
        outliers);
  }

  private Optional<Proposal> loosen(
      RunView view, KnobDeclaration declared, double[] norms, double clip, double wanted) {
    boolean ours = view.lastChange(CLIP).filter(last -> last.origin().equals(NAME)).isPresent();
    long clipped = Arrays.stream(norms).filter(norm -> norm > clip).count();
    double most = declared.baseline() > 0 ? Math.min(wanted, declared.baseline()) : wanted;
    boolean moved = clipped > settings.clippedShare() * norms.length;
    boolean enough = view.since(CLIP).size() >= settings.window();
    if (!ours || !moved || !enough || !(most > 1.1 * clip)) {
      return Optional.empty();
    }
    return Optional.of(
        proposal(
            view,
            clip,
            most,
            "%d of the last %d gradient norms are clipped at %s: the run's own norms have moved, let it be %s."
                .formatted(clipped, norms.length, Windows.number(clip), Windows.number(most)),
            clipped));
  }

  /**
   * On a logarithmic scale, for norms err by factors; robustly, for outliers are what it is for.
   */
  private double fromDistribution(double[] norms) {
    double[] logs = Arrays.stream(norms).map(Math::log).toArray();
    double median = median(logs);
    double deviation =
        MAD_TO_SIGMA * median(Arrays.stream(logs).map(log -> Math.abs(log - median)).toArray());
    return Math.exp(
        median + Math.max(Math.log(settings.leastFactor()), settings.deviations() * deviation));
  }

  private double[] norms(List<StepView> recent) {
    return recent.subList(Math.max(0, recent.size() - settings.window()), recent.size()).stream()
        .mapToDouble(StepView::gradientNorm)
        .filter(norm -> norm > 0 && norm < Double.POSITIVE_INFINITY)
        .toArray();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static Proposal proposal(
      RunView view, double clip, double wanted, String reason, long count) {
    double loss = view.latest().loss();
    return new Proposal(
        NAME,
        new SetKnob(CLIP.knob(), CLIP.scope(), wanted, clip),
        reason,
        Map.of("clip", clip, "count", (double) count),
        // Norms are measured before clipping: only the loss can tell whether it does harm.
        new Aim(Metric.LOSS, loss, loss + TOLERATED_NATS));
  }
}
