package io.evenkeel.controller.policy;

import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.run.KnobDeclaration;
import io.evenkeel.contract.run.Knobs;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Raises the hidden z-loss while activations grow, and lets it down again when they have been calm.
 * Page: docs/maths/hidden-z-lambda.md. Source: LongCat-Flash (arXiv 2509.01322), hidden z-loss.
 */
public final class HiddenZLambdaPolicy implements Policy {

  /** Name. */
  public static final String NAME = "hidden-z-lambda";

  /**
   * The law's constants.
   *
   * @param raise factor of one raise
   * @param raiseEverySteps steps that a raise is given to work
   * @param calm a raise is not repeated once activations are under this share of what it began with
   * @param firstLambda what a lambda that was switched off is raised to
   * @param ceiling largest lambda by this policy, as a multiple of max(baseline, firstLambda)
   * @param calmSteps steps without an alert before lambda is let down
   * @param letDown factor of one let-down
   * @param growthRaise factor of one raise while activations grow without end: nobody waits for the
   *     alert then
   * @param penalty a raise by more than {@code raise}, or from zero, goes no further than where the
   *     penalty of the largest activation is so many nats
   */
  public record Settings(
      double raise,
      int raiseEverySteps,
      double calm,
      double firstLambda,
      double ceiling,
      int calmSteps,
      double letDown,
      double growthRaise,
      double penalty) {

    /** Defaults, as the maths page derives them. */
    public static final Settings DEFAULT = new Settings(3.0, 20, 0.9, 1e-4, 100, 200, 0.5, 10, 1);
  }

  private static final KnobKey LAMBDA = KnobKey.global(Knobs.HIDDEN_Z_LAMBDA);

  private final Settings settings;

  /** A policy with {@code settings}. */
  public HiddenZLambdaPolicy(Settings settings) {
    this.settings = settings;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Optional<Proposal> evaluate(RunView view) {
    Optional<KnobDeclaration> declared = view.declaration(LAMBDA);
    if (declared.isEmpty() || view.inForce(LAMBDA).isEmpty()) {
      return Optional.empty();
    }
    double lambda = view.inForce(LAMBDA).getAsDouble();
    List<StepView> fresh = view.since(LAMBDA);
    double[] recent = Windows.last(fresh, Metric.ACTIVATION_MAX_ABS, 5);
    if (recent.length < 5) {
      return Optional.empty();
    }
    double magnitude = Windows.geometricMean(recent);
    boolean grows = ActivationGrowth.DEFAULT.holds(view);
    double factor = grows ? settings.growthRaise() : settings.raise();
    if (grows || view.isFiring(BuiltInRule.ACTIVATION_MAGNITUDE.id())) {
      return raise(view, declared.get(), lambda, fresh, magnitude, factor);
    }
    return ActivationGrowth.DEFAULT.high(view)
        ? bringBack(view, declared.get(), lambda, fresh, magnitude)
        : letDown(view, declared.get(), lambda, fresh, magnitude);
  }

  /** What has grown is brought back, not only stopped: the penalty follows it down. */
  private Optional<Proposal> bringBack(
      RunView view,
      KnobDeclaration declared,
      double lambda,
      List<StepView> fresh,
      double magnitude) {
    double most = Math.min(ceiling(declared), lambda * settings.growthRaise());
    double wanted = Math.min(most, gentle(magnitude));
    if (!isOurs(view) || fresh.size() < settings.raiseEverySteps() || !(wanted > 1.5 * lambda)) {
      return Optional.empty();
    }
    return Optional.of(
        proposal(
            lambda,
            wanted,
            "Activations have stopped growing, but the largest is still %s: raise lambda from %s to %s."
                .formatted(
                    Windows.number(magnitude), Windows.number(lambda), Windows.number(wanted)),
            magnitude));
  }

  /**
   * The lambda whose penalty, about lambda times the square of the largest entry, is bearable: far
   * more than the loss itself would tear the weights as the growth does.
   */
  private double gentle(double magnitude) {
    return settings.penalty() / (magnitude * magnitude);
  }

  private double ceiling(KnobDeclaration declared) {
    return Math.min(
        declared.maximum(),
        settings.ceiling() * Math.max(declared.baseline(), settings.firstLambda()));
  }

  private static boolean isOurs(RunView view) {
    return view.lastChange(LAMBDA).filter(last -> last.origin().equals(NAME)).isPresent();
  }

  private Optional<Proposal> raise(
      RunView view,
      KnobDeclaration declared,
      double lambda,
      List<StepView> fresh,
      double magnitude,
      double factor) {
    boolean changed = view.lastChange(LAMBDA).isPresent();
    if (changed && fresh.size() < settings.raiseEverySteps()) {
      return Optional.empty();
    }
    double began = Metric.ACTIVATION_MAX_ABS.of(fresh.getFirst());
    if (changed && magnitude < settings.calm() * began) {
      return Optional.empty();
    }
    double gentle = gentle(magnitude);
    double first =
        Math.max(
            declared.minimum(),
            Math.min(gentle, settings.firstLambda() * factor / settings.raise()));
    double raised = Math.min(lambda * factor, Math.max(lambda * settings.raise(), gentle));
    double wanted = Math.min(ceiling(declared), lambda > 0 ? raised : first);
    if (!(wanted > lambda)) {
      return Optional.empty();
    }
    return Optional.of(
        proposal(
            lambda,
            wanted,
            "Activations grow, the largest is %s: raise lambda from %s to %s."
                .formatted(
                    Windows.number(magnitude), Windows.number(lambda), Windows.number(wanted)),
            magnitude));
  }

  private Optional<Proposal> letDown(
      RunView view,
      KnobDeclaration declared,
      double lambda,
      List<StepView> fresh,
      double magnitude) {
    double wanted = Math.max(declared.baseline(), lambda * settings.letDown());
    if (!isOurs(view) || fresh.size() < settings.calmSteps() || !(wanted < 0.99 * lambda)) {
      return Optional.empty();
    }
    return Optional.of(
        proposal(
            lambda,
            wanted,
            "Activations have been calm for %d steps: let lambda down from %s to %s."
                .formatted(settings.calmSteps(), Windows.number(lambda), Windows.number(wanted)),
            magnitude));
  }

  private static Proposal proposal(double lambda, double wanted, String reason, double magnitude) {
    return new Proposal(
        NAME,
        new SetKnob(LAMBDA.knob(), LAMBDA.scope(), wanted, lambda),
        reason,
        Map.of("activation_max_abs", magnitude),
        // A hot run grows for a while whatever is done: only a clear doubling counts against us.
        new Aim(Metric.ACTIVATION_MAX_ABS, magnitude, 2 * magnitude));
  }
}
