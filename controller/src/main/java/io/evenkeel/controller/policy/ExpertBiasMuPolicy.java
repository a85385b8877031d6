package io.evenkeel.controller.policy;

import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.run.KnobDeclaration;
import io.evenkeel.contract.run.Knobs;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The step of the expert-bias update: held while the load is out of band, halved toward a floor
 * while FFN experts per token stay near K_e, lifted when experts run out of balance with too small
 * a mu. Page: docs/maths/expert-bias-mu.md. Source: LongCat-Flash (arXiv 2509.01322), which decays
 * mu once the ratio of FFN experts has settled.
 */
public final class ExpertBiasMuPolicy implements Policy {

  /** Name. */
  public static final String NAME = "expert-bias-mu";

  /**
   * The law's constants.
   *
   * @param settledSteps steps in band before one halving
   * @param settledError |mean (FFN experts - K_e) / K_e| at most this is settled
   * @param settledViolation mean MaxVio at most this is settled
   * @param decay factor of one decay
   * @param floorShare decay ends at this share of the baseline
   * @param warmupSteps imbalance before this many steps of an incarnation is normal
   * @param alarmWindow samples that show imbalance
   * @param alarmError |error| above this is out of band
   * @param alarmViolation mean MaxVio above this is out of band
   * @param lift factor of one lift
   * @param usualMu what a mu that was switched off is lifted to
   */
  public record Settings(
      int settledSteps,
      double settledError,
      double settledViolation,
      double decay,
      double floorShare,
      int warmupSteps,
      int alarmWindow,
      double alarmError,
      double alarmViolation,
      double lift,
      double usualMu) {

    /** Defaults, as the maths page derives them. */
    public static final Settings DEFAULT =
        new Settings(200, 0.05, 1.0, 0.5, 0.1, 100, 20, 0.35, 2.0, 2.0, 0.02);
  }

  private static final KnobKey MU = KnobKey.global(Knobs.EXPERT_BIAS_MU);

  private final Settings settings;

  /** A policy with {@code settings}. */
  public ExpertBiasMuPolicy(Settings settings) {
    this.settings = settings;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Optional<Proposal> evaluate(RunView view) {
    Optional<KnobDeclaration> declared = view.declaration(MU);
    if (declared.isEmpty()
        || view.inForce(MU).isEmpty()
        || view.latest().step() < view.firstStep() + settings.warmupSteps()) {
      return Optional.empty();
    }
    double mu = view.inForce(MU).getAsDouble();
    List<StepView> fresh = view.since(MU);
    return lift(declared.get(), mu, fresh).or(() -> decay(declared.get(), mu, fresh));
  }

  private Optional<Proposal> lift(KnobDeclaration declared, double mu, List<StepView> fresh) {
    int window = settings.alarmWindow();
    double[] violations = Windows.last(fresh, Metric.MAX_VIOLATION, window);
    double[] errors = Windows.last(fresh, Metric.FFN_EXPERTS_ERROR, window);
    if (violations.length < window) {
      return Optional.empty();
    }
    double violation = Windows.mean(violations);
    double error = errors.length < window ? 0 : Windows.mean(errors);
    boolean alarm = violation > settings.alarmViolation() || error > settings.alarmError();
    double usual = declared.baseline() > 0 ? declared.baseline() : settings.usualMu();
    double wanted =
        Math.min(declared.maximum(), mu > 0 ? Math.min(usual, mu * settings.lift()) : usual);
    if (!alarm || !(wanted > mu)) {
      return Optional.empty();
    }
    return Optional.of(
        proposal(
            mu,
            wanted,
            "MaxVio is %s and FFN experts per token are off K_e by %s of it: lift mu from %s to %s."
                .formatted(
                    Windows.number(violation),
                    Windows.number(error),
                    Windows.number(mu),
                    Windows.number(wanted)),
            violation,
            error));
  }

  private Optional<Proposal> decay(KnobDeclaration declared, double mu, List<StepView> fresh) {
    int window = settings.settledSteps();
    double[] violations = Windows.last(fresh, Metric.MAX_VIOLATION, window);
    if (fresh.size() < window || violations.length < window) {
      return Optional.empty();
    }
    List<StepView> last = fresh.subList(fresh.size() - window, fresh.size());
    double error =
        Math.abs(last.stream().mapToDouble(StepView::ffnExpertsError).average().orElse(Double.NaN));
    double violation = Windows.mean(violations);
    boolean settled =
        error <= settings.settledError()
            && violation <= settings.settledViolation()
            && last.getLast().deadExperts() == 0;
    double floor = Math.max(declared.minimum(), settings.floorShare() * declared.baseline());
    double wanted = Math.max(floor, mu * settings.decay());
    if (!settled || !(wanted < 0.99 * mu)) {
      return Optional.empty();
    }
    return Optional.of(
        proposal(
            mu,
            wanted,
            "FFN experts per token have stayed near K_e for %d steps: decay mu from %s to %s."
                .formatted(window, Windows.number(mu), Windows.number(wanted)),
            violation,
            error));
  }

  private Proposal proposal(
      double mu, double wanted, String reason, double violation, double error) {
    return new Proposal(
        NAME,
        new SetKnob(MU.knob(), MU.scope(), wanted, mu),
        reason,
        Map.of("max_violation", violation, "ffn_experts_error", error),
        new Aim(Metric.MAX_VIOLATION, violation, settings.alarmViolation()));
  }
}
