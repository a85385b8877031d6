package io.evenkeel.controller.policy;

import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.run.KnobDeclaration;
import io.evenkeel.contract.run.Knobs;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The step of the expert-bias update: held while the load is out of band, halved toward a floor
 * while FFN experts per token stay near K_e, lifted when experts run out of balance with too small
 * a mu, raised far for as long as an expert is dead, cut while the bias hunts. Page:
 * docs/maths/expert-bias-mu.md. Source: LongCat-Flash (arXiv 2509.01322), which decays mu once the
 * ratio of FFN experts has settled.
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
   * @param decay the schedule along which settled steps take mu down
   * @param floorShare not below this share of the baseline, whatever hunts
   * @param warmupSteps imbalance before this many steps of an incarnation is normal
   * @param alarmWindow samples that show imbalance
   * @param alarmError |error| above this is out of band
   * @param alarmViolation mean MaxVio above this is out of band
   * @param lift factor of one lift
   * @param usualMu what a mu that was switched off is lifted to
   * @param idleSteps steps of an incarnation after which a run that nothing balances is helped ...
   * @param idleViolation ... if its mean MaxVio is above this ...
   * @param idleRatio ... while mu is off, and R_g under this: alpha does not balance either
   * @param shortWindow samples that show a dead expert, its revival, or a bias that hunts
   * @param revive largest mu for a dead expert, as a multiple of the usual one
   * @param step factor of one change for a dead expert or against hunting
   */
  public record Settings(
      int settledSteps,
      double settledError,
      double settledViolation,
      MuDecay decay,
      double floorShare,
      int warmupSteps,
      int alarmWindow,
      double alarmError,
      double alarmViolation,
      double lift,
      double usualMu,
      int idleSteps,
      double idleViolation,
      double idleRatio,
      int shortWindow,
      double revive,
      double step) {

    /** Defaults, as the maths page derives them. */
    public static final Settings DEFAULT =
        new Settings(
            200,
            0.05,
            1.0,
            MuDecay.DEFAULT,
            0.1,
            100,
            20,
            0.35,
            2.0,
            2.0,
            0.02,
            20,
            3.0,
            0.02,
            10,
            16,
            4);
  }

  /** The defaults with another schedule of the decay. */
  public static Settings decaying(MuDecay decay) {
    Settings d = Settings.DEFAULT;
    return new Settings(
        d.settledSteps(),
        d.settledError(),
        d.settledViolation(),
        decay,
        decay.floorShare(),
        d.warmupSteps(),
        d.alarmWindow(),
        d.alarmError(),
        d.alarmViolation(),
        d.lift(),
        d.usualMu(),
        d.idleSteps(),
        d.idleViolation(),
        d.idleRatio(),
        d.shortWindow(),
        d.revive(),
        d.step());
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
    if (declared.isEmpty() || view.inForce(MU).isEmpty()) {
      return Optional.empty();
    }
    double mu = view.inForce(MU).getAsDouble();
    List<StepView> fresh = view.since(MU);
    long age = view.latest().step() - view.firstStep();
    if (age < settings.warmupSteps()) {
      return age < settings.idleSteps() ? Optional.empty() : balance(declared.get(), mu, fresh);
    }
    return calm(view, declared.get(), mu, fresh)
        .or(() -> revive(declared.get(), mu, fresh))
        .or(() -> release(view, declared.get(), mu, fresh))
        .or(() -> lift(declared.get(), mu, fresh))
        .or(() -> decay(declared.get(), mu, fresh));
  }

  private double usual(KnobDeclaration declared) {
    return declared.baseline() > 0 ? declared.baseline() : settings.usualMu();
  }

  /** A run that neither mu nor alpha balances is helped before its experts have collapsed. */
  private Optional<Proposal> balance(KnobDeclaration declared, double mu, List<StepView> fresh) {
    int window = settings.shortWindow();
    double[] violations = Windows.last(fresh, Metric.MAX_VIOLATION, window);
    double ratio = Windows.mean(Windows.last(fresh, Metric.GRADIENT_NORM_RATIO, window));
    double violation = Windows.mean(violations);
    boolean idle = mu == 0 && !(ratio >= settings.idleRatio());
    double wanted = Math.min(declared.maximum(), usual(declared));
    if (!idle
        || violations.length < window
        || !(violation > settings.idleViolation())
        || !(wanted > mu)) {
      return Optional.empty();
    }
    return Optional.of(
        proposal(
            mu,
            wanted,
            "Nothing balances the experts, and MaxVio is %s: set mu to %s."
                .formatted(Windows.number(violation), Windows.number(wanted)),
            violation,
            Windows.mean(Windows.last(fresh, Metric.FFN_EXPERTS_ERROR, window))));
  }

  private Optional<Proposal> calm(
      RunView view, KnobDeclaration declared, double mu, List<StepView> fresh) {
    int window = settings.shortWindow();
    double[] violations = Windows.last(fresh, Metric.MAX_VIOLATION, window);
    double violation = Windows.mean(violations);
    boolean hunts =
        view.isFiring(BuiltInRule.BIAS_HUNTING.id())
            || mu > settings.revive() * usual(declared) && violation > settings.settledViolation();
    double floor = Math.max(declared.minimum(), settings.floorShare() * usual(declared));
    double least = mu > usual(declared) ? usual(declared) : floor;
    double wanted = Math.max(least, mu / settings.step());
    if (!hunts || fresh.size() < window || violations.length < window || !(wanted < 0.99 * mu)) {
      return Optional.empty();
    }
    return Optional.of(
        proposal(
            mu,
            wanted,
            "The selection bias hunts, MaxVio is %s: cut mu from %s to %s."
                .formatted(Windows.number(violation), Windows.number(mu), Windows.number(wanted)),
            violation,
            Windows.mean(Windows.last(fresh, Metric.FFN_EXPERTS_ERROR, window))));
  }

  /** The bias of a dead expert rises by mu K_e / (K N) a step, whatever its depth. */
  private Optional<Proposal> revive(KnobDeclaration declared, double mu, List<StepView> fresh) {
    double[] dead = newest(fresh);
    double most = Math.min(declared.maximum(), settings.revive() * usual(declared));
    double wanted = Math.min(most, mu > 0 ? mu * settings.step() : usual(declared));
    // A bias that the last change has only begun to move needs no full window more.
    int needed = mu > usual(declared) ? settings.shortWindow() / 2 : settings.shortWindow();
    boolean holds = dead.length >= needed && Windows.share(dead, count -> count > 0) == 1.0;
    if (!holds || !(wanted > 1.01 * mu)) {
      return Optional.empty();
    }
    double count = dead[dead.length - 1];
    return Optional.of(
        new Proposal(
            NAME,
            new SetKnob(MU.knob(), MU.scope(), wanted, mu),
            "%s FFN experts have received no token for %d steps: raise mu from %s to %s until they do."
                .formatted(
                    Windows.number(count), dead.length, Windows.number(mu), Windows.number(wanted)),
            Map.of("dead_experts", count),
            new Aim(Metric.DEAD_EXPERTS, count, count)));
  }

  /** After a revival: back to what is usual. */
  private Optional<Proposal> release(
      RunView view, KnobDeclaration declared, double mu, List<StepView> fresh) {
    boolean ours = view.lastChange(MU).filter(last -> last.origin().equals(NAME)).isPresent();
    double[] dead = newest(fresh);
    double wanted = Math.max(usual(declared), mu / settings.step());
    boolean alive =
        dead.length >= settings.shortWindow() / 2
            && Windows.share(dead, count -> count == 0) == 1.0;
    if (!ours || !alive || !(wanted < 0.99 * mu)) {
      return Optional.empty();
    }
    double violation = Windows.mean(Windows.last(fresh, Metric.MAX_VIOLATION, dead.length));
    return Optional.of(
        proposal(
            mu,
            wanted,
            "Every FFN expert receives tokens again: let mu down from %s to %s."
                .formatted(Windows.number(mu), Windows.number(wanted)),
            violation,
            0));
  }

  private double[] newest(List<StepView> fresh) {
    return Windows.last(fresh, Metric.DEAD_EXPERTS, settings.shortWindow());
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
    double usual = usual(declared);
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
    double wanted =
        Math.max(declared.minimum(), settings.decay().after(mu, declared.baseline(), window));
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
