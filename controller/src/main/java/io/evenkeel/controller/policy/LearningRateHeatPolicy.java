package io.evenkeel.controller.policy;

import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.run.KnobDeclaration;
import io.evenkeel.contract.run.Knobs;
import java.util.Map;
import java.util.Optional;

/**
 * Cuts the learning rate while activations grow without end: what makes weights grow is the size of
 * their updates, and a penalty alone only holds against it. Gives it back slowly once they have
 * been calm for long. Page: docs/maths/learning-rate-heat.md.
 */
public final class LearningRateHeatPolicy implements Policy {

  /** Name. */
  public static final String NAME = "learning-rate-heat";

  /**
   * The law's constants.
   *
   * @param deepestCut smallest factor of one cut
   * @param leastCut largest factor of one cut
   * @param youngSteps steps of an incarnation in which the alert is held against its beginning, and
   *     tells of such growth too
   * @param floor not below this share of the baseline
   * @param cutEverySteps steps that a cut is given to work
   * @param calmSteps steps without growth before a part is given back
   * @param restore factor of one step of that
   */
  public record Settings(
      double deepestCut,
      double leastCut,
      int youngSteps,
      double floor,
      int cutEverySteps,
      int calmSteps,
      double restore) {

    /** Defaults, as the maths page derives them. */
    public static final Settings DEFAULT =
        new Settings(0.1, Math.sqrt(0.1), 100, 0.01, 20, 200, 1.5);
  }

  private static final KnobKey RATE = KnobKey.global(Knobs.LEARNING_RATE_SCALE);

  private final Settings settings;

  /** A policy with {@code settings}. */
  public LearningRateHeatPolicy(Settings settings) {
    this.settings = settings;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Optional<Proposal> evaluate(RunView view) {
    Optional<KnobDeclaration> declared = view.declaration(RATE);
    if (declared.isEmpty() || view.inForce(RATE).isEmpty()) {
      return Optional.empty();
    }
    double rate = view.inForce(RATE).getAsDouble();
    double magnitude = ActivationGrowth.magnitude(view.recent());
    boolean young = view.latest().step() < view.firstStep() + settings.youngSteps();
    boolean far =
        ActivationGrowth.DEFAULT.holds(view)
            || young && view.isFiring(BuiltInRule.ACTIVATION_MAGNITUDE.id());
    boolean grows = far && ActivationGrowth.DEFAULT.rising(view.recent());
    return grows
        ? cut(view, declared.get(), rate, magnitude)
        : restore(view, declared.get(), rate, magnitude);
  }

  private Optional<Proposal> cut(
      RunView view, KnobDeclaration declared, double rate, double magnitude) {
    boolean changed = view.lastChange(RATE).isPresent();
    double least = Math.max(declared.minimum(), settings.floor() * declared.baseline());
    double hot = ActivationGrowth.DEFAULT.timesHealthy(view);
    double cut = hot > 0 ? 1 / hot : settings.leastCut();
    double wanted =
        Math.max(least, rate * Math.clamp(cut, settings.deepestCut(), settings.leastCut()));
    if (changed && view.since(RATE).size() < settings.cutEverySteps() || !(wanted < 0.99 * rate)) {
      return Optional.empty();
    }
    return Optional.of(
        proposal(
            rate,
            wanted,
            "Activations grow without end, the largest is %s: cut the learning rate's factor from %s to %s."
                .formatted(Windows.number(magnitude), Windows.number(rate), Windows.number(wanted)),
            magnitude));
  }

  private Optional<Proposal> restore(
      RunView view, KnobDeclaration declared, double rate, double magnitude) {
    boolean ours = view.lastChange(RATE).filter(last -> last.origin().equals(NAME)).isPresent();
    double wanted = Math.min(declared.baseline(), rate * settings.restore());
    if (!ours || view.since(RATE).size() < settings.calmSteps() || !(wanted > 1.01 * rate)) {
      return Optional.empty();
    }
    return Optional.of(
        proposal(
            rate,
            wanted,
            "Activations have been calm for %d steps: give the learning rate's factor back from %s to %s."
                .formatted(settings.calmSteps(), Windows.number(rate), Windows.number(wanted)),
            magnitude));
  }

  private static Proposal proposal(double rate, double wanted, String reason, double magnitude) {
    return new Proposal(
        NAME,
        new SetKnob(RATE.knob(), RATE.scope(), wanted, rate),
        reason,
        Map.of("activation_max_abs", magnitude),
        // What has grown goes on growing for a while: only a clear doubling counts against us.
        new Aim(Metric.ACTIVATION_MAX_ABS, magnitude, 2 * magnitude));
  }
}
