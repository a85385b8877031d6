package io.evenkeel.controller.policy;

import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.run.KnobDeclaration;
import io.evenkeel.contract.run.Knobs;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps Adam's epsilon a set number of decades under the smallest gradient RMS. Only ever lowers
 * it. Page: docs/maths/adam-epsilon.md. Source: LongCat-Flash (arXiv 2509.01322), on epsilon
 * against the gradients' RMS.
 */
public final class AdamEpsilonPolicy implements Policy {

  /** Name. */
  public static final String NAME = "adam-epsilon";

  /**
   * The law's constants.
   *
   * @param limit epsilon / RMS above this, held, starts a correction
   * @param decades how far under the smallest RMS epsilon is set
   * @param window samples that must show it
   * @param warmupSteps steps of a run before which nothing is certain: tensors that start at zero
   *     have tiny gradients until they have moved
   * @param episodeSteps how long after its own change a correction counts as under way
   */
  public record Settings(
      double limit, double decades, int window, int warmupSteps, int episodeSteps) {

    /** Defaults, as the maths page derives them. */
    public static final Settings DEFAULT = new Settings(0.1, 2, 10, 25, 200);
  }

  private static final KnobKey EPSILON = KnobKey.global(Knobs.ADAM_EPSILON);

  private final Settings settings;

  /** A policy with {@code settings}. */
  public AdamEpsilonPolicy(Settings settings) {
    this.settings = settings;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Optional<Proposal> evaluate(RunView view) {
    Optional<KnobDeclaration> declared = view.declaration(EPSILON);
    boolean young = view.latest().step() < settings.warmupSteps();
    if (young || declared.isEmpty() || view.inForce(EPSILON).isEmpty()) {
      return Optional.empty();
    }
    double epsilon = view.inForce(EPSILON).getAsDouble();
    List<StepView> fresh = view.since(EPSILON);
    double[] ratios = Windows.last(fresh, Metric.EPSILON_OVER_RMS, settings.window());
    if (ratios.length < settings.window()) {
      return Optional.empty();
    }
    double margin = Math.pow(10, -settings.decades());
    double ratio = Windows.geometricMean(ratios);
    boolean exceeded =
        ratio > settings.limit() && Windows.share(ratios, r -> r > settings.limit()) >= 0.8;
    boolean wanted =
        exceeded
            || view.isFiring(BuiltInRule.EPSILON_OVER_RMS.id())
            || underCorrection(view) && ratio > 2 * margin;
    double smallest = smallestRms(fresh);
    double target = Math.max(declared.get().minimum(), smallest * margin);
    // Less than 10 % is not worth a command.
    if (!wanted || !(target < 0.9 * epsilon)) {
      return Optional.empty();
    }
    return Optional.of(
        new Proposal(
            NAME,
            new SetKnob(EPSILON.knob(), EPSILON.scope(), target, epsilon),
            "Epsilon is %s of the smallest gradient RMS (%s): lower it from %s to %s."
                .formatted(
                    Windows.number(ratio),
                    Windows.number(smallest),
                    Windows.number(epsilon),
                    Windows.number(target)),
            Map.of("epsilon_over_rms", ratio, "limit", settings.limit(), "gradient_rms", smallest),
            new Aim(Metric.EPSILON_OVER_RMS, ratio, settings.limit())));
  }

  private boolean underCorrection(RunView view) {
    return view.lastChange(EPSILON)
        .filter(last -> last.origin().equals(NAME))
        .filter(last -> view.latest().step() - last.appliedStep() <= settings.episodeSteps())
        .isPresent();
  }

  /** Median over the window of the smallest RMS: a single odd batch must not set epsilon. */
  private double smallestRms(List<StepView> fresh) {
    double[] values =
        fresh.subList(Math.max(0, fresh.size() - settings.window()), fresh.size()).stream()
            .mapToDouble(StepView::gradientRmsMin)
            .filter(rms -> rms > 0 && rms < Double.POSITIVE_INFINITY)
            .sorted()
            .toArray();
    return values.length == 0 ? Double.NaN : values[values.length / 2];
  }
}
