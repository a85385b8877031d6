package io.evenkeel.controller.policy;

import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.run.KnobDeclaration;
import io.evenkeel.contract.run.Knobs;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps the worst layer's R_g under its limit by alpha of the whole model, with expert imbalance as
 * the counter-weight: alpha falls by sqrt(target / R_g) while R_g is too large, and rises slowly
 * while experts run out of balance and R_g leaves room. R_z, the same ratio at the logits, is a
 * second guard of the same kind: it comes far later, and counts where R_g is not told or says
 * nothing. Page: docs/maths/load-balance-alpha.md. Source of the limit: LongCat-Flash (arXiv
 * 2509.01322), section 2; of gains and bands: the project's harm study.
 */
public final class LoadBalanceAlphaPolicy implements Policy {

  /** Name. */
  public static final String NAME = "load-balance-alpha";

  /**
   * The law's constants.
   *
   * @param limit R_g above this, held, starts a correction
   * @param release a correction goes on until R_g is under this
   * @param target what a correction aims at
   * @param deepestCut smallest factor of one step
   * @param cadenceSteps least steps between two changes
   * @param shortWindow samples that must all exceed {@code farOut} for a step at once
   * @param farOut R_g that noise does not reach
   * @param middleWindow samples for R_g beyond twice the limit, or during a correction
   * @param longWindow samples for R_g just above the limit
   * @param episodeSteps how long after its own change a correction counts as under way
   * @param warmupSteps imbalance before this many steps of an incarnation is normal
   * @param imbalanceWindow samples that must show that experts run away: while data change they are
   *     out of balance for some steps
   * @param imbalanceLimit mean MaxVio above this is running away
   * @param idleRatio R_g under this means that the loss hardly balances at all ...
   * @param idleImbalanceLimit ... and then this MaxVio suffices
   * @param raise factor of one step up
   * @param logitLimit R_z above this over {@code middleWindow} starts a correction too ...
   * @param logitRelease ... which goes on until it is under this ...
   * @param logitTarget ... and aims at this
   */
  public record Settings(
      double limit,
      double release,
      double target,
      double deepestCut,
      int cadenceSteps,
      int shortWindow,
      double farOut,
      int middleWindow,
      int longWindow,
      int episodeSteps,
      int warmupSteps,
      int imbalanceWindow,
      double imbalanceLimit,
      double idleRatio,
      double idleImbalanceLimit,
      double raise,
      double logitLimit,
      double logitRelease,
      double logitTarget) {

    /** Defaults, as the maths page derives them. */
    public static final Settings DEFAULT =
        new Settings(
            0.1, 0.075, 0.06, 0.1, 5, 3, 1.0, 8, 40, 150, 100, 20, 2.0, 0.02, 1.5, 1.25, 0.15, 0.12,
            0.03);

    /** Validates. */
    public Settings {
      if (!(0 < target && target <= release && release < limit)) {
        throw new IllegalArgumentException("0 < target <= release < limit must hold");
      }
      if (!(0 < logitTarget && logitTarget <= logitRelease && logitRelease < logitLimit)) {
        throw new IllegalArgumentException("the same must hold of R_z");
      }
      if (!(0 < deepestCut && deepestCut < 1 && raise > 1)) {
        throw new IllegalArgumentException("deepestCut must lie in (0, 1), raise exceed 1");
      }
    }
  }

  /** Alpha that a run starts balancing with when it had none and declares no baseline. */
  private static final double FIRST_ALPHA = 1e-4;

  private static final KnobKey ALPHA = KnobKey.global(Knobs.LOAD_BALANCE_ALPHA);

  private final Settings settings;

  /** A policy with {@code settings}. */
  public LoadBalanceAlphaPolicy(Settings settings) {
    this.settings = settings;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Optional<Proposal> evaluate(RunView view) {
    Optional<KnobDeclaration> declared = view.declaration(ALPHA);
    if (declared.isEmpty() || view.inForce(ALPHA).isEmpty()) {
      return Optional.empty();
    }
    List<StepView> fresh = view.since(ALPHA);
    long pause = Math.max(settings.cadenceSteps(), declared.get().cooldownSteps());
    boolean tooEarly =
        view.lastChange(ALPHA)
            .filter(last -> !last.applied() || view.latest().step() - last.appliedStep() < pause)
            .isPresent();
    if (tooEarly) {
      return Optional.empty();
    }
    double alpha = view.inForce(ALPHA).getAsDouble();
    double ratio = excess(view, fresh);
    if (!Double.isNaN(ratio)) {
      return lower(declared.get(), alpha, byGradients(ratio, fresh));
    }
    double logits = logitExcess(view, fresh);
    return Double.isNaN(logits)
        ? raise(view, fresh, declared.get(), alpha)
        : lower(declared.get(), alpha, byLogits(logits, fresh));
  }

  /**
   * What is too large.
   *
   * @param words its name in a sentence
   * @param ratio its level
   * @param evidence what was measured
   * @param aim what the effect is judged by
   */
  private record Excess(
      String words,
      double ratio,
      double limit,
      double release,
      double target,
      Map<String, Double> evidence,
      Aim aim) {}

  private Excess byGradients(double ratio, List<StepView> fresh) {
    return new Excess(
        "R_g of the worst layer",
        ratio,
        settings.limit(),
        settings.release(),
        settings.target(),
        Map.of("gradient_norm_ratio", ratio, "max_violation", fresh.getLast().maxViolation()),
        new Aim(Metric.GRADIENT_NORM_RATIO, meanOverLayers(fresh), settings.limit()));
  }

  private Excess byLogits(double ratio, List<StepView> fresh) {
    return new Excess(
        "R_z of the worst layer",
        ratio,
        settings.logitLimit(),
        settings.logitRelease(),
        settings.logitTarget(),
        Map.of("logit_gradient_ratio", ratio, "max_violation", fresh.getLast().maxViolation()),
        new Aim(Metric.LOGIT_GRADIENT_RATIO, ratio, settings.logitLimit()));
  }

  /** R_z as far as it is surely too large; NaN if it is not. */
  private double logitExcess(RunView view, List<StepView> fresh) {
    double[] some = Windows.last(fresh, Metric.LOGIT_GRADIENT_RATIO, settings.middleWindow());
    double level = Windows.geometricMean(some);
    double limit = underCorrection(view) ? settings.logitRelease() : settings.logitLimit();
    boolean out =
        some.length == settings.middleWindow()
            && level > limit
            && Windows.share(some, r -> r > settings.logitRelease()) >= 0.75;
    return out ? level : Double.NaN;
  }

  /** R_g as far as it is surely too large; NaN if it is not. */
  private double excess(RunView view, List<StepView> fresh) {
    double[] few = Windows.worstLayer(fresh, settings.shortWindow());
    if (few.length == settings.shortWindow()
        && Windows.share(few, r -> r > settings.farOut()) == 1.0) {
      return Windows.geometricMean(few);
    }
    double[] some = Windows.worstLayer(fresh, settings.middleWindow());
    if (some.length == settings.middleWindow()) {
      double level = Windows.geometricMean(some);
      double limit = underCorrection(view) ? settings.release() : 2 * settings.limit();
      if (level > limit && Windows.share(some, r -> r > settings.release()) >= 0.75) {
        return level;
      }
    }
    double[] many = Windows.worstLayer(fresh, settings.longWindow());
    if (many.length == settings.longWindow()) {
      double level = Windows.geometricMean(many);
      if (level > settings.limit() && Windows.share(many, r -> r > settings.limit()) >= 0.75) {
        return level;
      }
    }
    return Double.NaN;
  }

  private boolean underCorrection(RunView view) {
    return view.lastChange(ALPHA)
        .filter(last -> last.origin().equals(NAME) && last.to() < last.from())
        .filter(last -> view.latest().step() - last.appliedStep() <= settings.episodeSteps())
        .isPresent();
  }

  private Optional<Proposal> lower(KnobDeclaration declared, double alpha, Excess excess) {
    double factor = Math.max(settings.deepestCut(), Math.sqrt(excess.target() / excess.ratio()));
    double wanted = Math.max(declared.minimum(), alpha * factor);
    if (!(wanted < alpha)) {
      return Optional.empty();
    }
    Map<String, Double> evidence = new LinkedHashMap<>(excess.evidence());
    evidence.put("limit", excess.limit());
    evidence.put("target", excess.target());
    return Optional.of(
        new Proposal(
            NAME,
            new SetKnob(ALPHA.knob(), ALPHA.scope(), wanted, alpha),
            "%s is %s, %s: lower alpha from %s to %s."
                .formatted(
                    excess.words(),
                    Windows.number(excess.ratio()),
                    excess.ratio() > excess.limit()
                        ? "above its limit of " + Windows.number(excess.limit())
                        : "not yet under the "
                            + Windows.number(excess.release())
                            + " at which a correction ends",
                    Windows.number(alpha),
                    Windows.number(wanted)),
            evidence,
            excess.aim()));
  }

  /** What the effect is judged by: the mean over layers is free of a maximum's upward bias. */
  private double meanOverLayers(List<StepView> fresh) {
    return Windows.geometricMean(
        Windows.last(fresh, Metric.GRADIENT_NORM_RATIO, settings.shortWindow()));
  }

  private Optional<Proposal> raise(
      RunView view, List<StepView> fresh, KnobDeclaration declared, double alpha) {
    if (view.latest().step() < view.firstStep() + settings.warmupSteps()) {
      return Optional.empty();
    }
    int window = settings.imbalanceWindow();
    double[] violations = Windows.last(fresh, Metric.MAX_VIOLATION, window);
    double[] ratios = Windows.worstLayer(fresh, window);
    if (violations.length < window || ratios.length < window) {
      return Optional.empty();
    }
    double ratio = Windows.geometricMean(ratios);
    double limit =
        ratio < settings.idleRatio() ? settings.idleImbalanceLimit() : settings.imbalanceLimit();
    double violation = Windows.mean(violations);
    boolean runsAway = violation > limit && Windows.share(violations, v -> v > limit) >= 0.8;
    double logits = Windows.geometricMean(Windows.last(fresh, Metric.LOGIT_GRADIENT_RATIO, window));
    boolean room =
        ratio * settings.raise() < settings.release()
            && !(logits * settings.raise() >= settings.logitRelease());
    if (!runsAway || !room) {
      return Optional.empty();
    }
    double start = declared.baseline() > 0 ? declared.baseline() : FIRST_ALPHA;
    double wanted = Math.min(declared.maximum(), alpha > 0 ? alpha * settings.raise() : start);
    if (!(wanted > alpha)) {
      return Optional.empty();
    }
    Map<String, Double> evidence = new LinkedHashMap<>();
    evidence.put("max_violation", violation);
    evidence.put("imbalance_limit", limit);
    evidence.put("gradient_norm_ratio", ratio);
    return Optional.of(
        new Proposal(
            NAME,
            new SetKnob(ALPHA.knob(), ALPHA.scope(), wanted, alpha),
            "MaxVio is %s, above %s, and R_g of %s leaves room: raise alpha from %s to %s."
                .formatted(
                    Windows.number(violation),
                    Windows.number(limit),
                    Windows.number(ratio),
                    Windows.number(alpha),
                    Windows.number(wanted)),
            evidence,
            new Aim(Metric.MAX_VIOLATION, violation, limit)));
  }
}
