package io.evenkeel.controller.policy;

import io.evenkeel.contract.command.RunAction;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.run.KnobDeclaration;
import io.evenkeel.contract.run.Knobs;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What to do about a loss that jumps, or is no number, by what moved: the weights, or the data.
 * After an update that was far larger than the run's own, one update is skipped, and then the run
 * goes back to a checkpoint with a cut learning rate that is restored slowly. Batches of garbage
 * are passed by; other data are learned. Where it cannot be told, hold still, that is skip updates,
 * while it may be the batches, and go back past them when it persists. Page:
 * docs/maths/spike-recovery.md.
 */
public final class SpikeRecoveryPolicy implements Policy {

  /** Name. */
  public static final String NAME = "spike-recovery";

  /** The actions, by their names in a run's declaration. */
  private static final String SKIP_UPDATE = "skip_update";

  private static final String ROLL_BACK = "roll_back";
  private static final String STEP = "step";

  /**
   * The law's constants.
   *
   * @param baseline steps before a spike that it is measured against
   * @param leastBaseline fewer are too few
   * @param deviations a loss so many robust standard deviations above them is bad ...
   * @param leastExcess ... if it is also so many nats above ...
   * @param normFactor ... and the gradient norm so many times as large: else it is the data
   * @param leap an update that moved the routers so many times as far as those before it is no
   *     ordinary one
   * @param still one that moved them less than so many times as far is one
   * @param leapDeviations after a leap the loss need not be so far up
   * @param leapSteps bad steps in a row after a leap before going back
   * @param garbage a loss so many times the usual one is no text that a model could be shifted to
   * @param worsens data whose excess has grown to this multiple within {@code holdSteps} of
   *     training on it is not what is wrong
   * @param holdSteps bad steps in a row that are borne by skipping updates
   * @param nonFiniteSteps the same of steps that are not finite, whose updates no trainer makes
   * @param margin steps before the first bad one at which the weights are trusted
   * @param mostRollBacks roll-backs within {@code episodeSteps}: more do not help
   * @param episodeSteps see there
   * @param cut factor of the learning rate after a roll-back
   * @param cutExcess nats that a loss must exceed under a cut learning rate: less heals by itself
   * @param cutHoldSteps bad steps in a row that are borne by skipping updates then; no roll-back
   *     follows, for the weights heal only if they are trained
   * @param calmSteps steps without a spike, past where it broke, before it is restored
   * @param restore factor of one step of that
   * @param restoreEvery steps between two
   */
  public record Settings(
      int baseline,
      int leastBaseline,
      double deviations,
      double leastExcess,
      double normFactor,
      double leap,
      double still,
      double leapDeviations,
      int leapSteps,
      double garbage,
      double worsens,
      int holdSteps,
      int nonFiniteSteps,
      int margin,
      int mostRollBacks,
      int episodeSteps,
      double cut,
      double cutExcess,
      int cutHoldSteps,
      int calmSteps,
      double restore,
      int restoreEvery) {

    /** Defaults, as the maths page derives them. */
    public static final Settings DEFAULT =
        new Settings(
            32, 8, 8, 0.25, 1.5, 10, 8, 5, 2, 2.5, 1.25, 16, 3, 2, 3, 200, 0.1, 1.0, 4, 8, 2.0, 5);
  }

  private static final KnobKey RATE = KnobKey.global(Knobs.LEARNING_RATE_SCALE);

  private final Settings settings;

  /** A policy with {@code settings}. */
  public SpikeRecoveryPolicy(Settings settings) {
    this.settings = settings;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Optional<Proposal> evaluate(RunView view) {
    return cut(view).or(() -> answer(view)).or(() -> restore(view));
  }

  private Optional<Proposal> answer(RunView view) {
    Spike spike = Spike.now(view.recent(), leastExcess(view), settings);
    if (spike.length() == 0 || rollBacks(view) >= settings.mostRollBacks()) {
      return Optional.empty();
    }
    if (isCut(view) && spike.finite() && spike.length() > settings.cutHoldSteps()) {
      return Optional.empty();
    }
    return switch (spike.cause()) {
      case UPDATE ->
          // A leap under the cut is a tenth of what it was, and heals.
          spike.length() < settings.leapSteps() || isCut(view)
              ? skip(view, spike)
              : goBack(view, spike);
      case DATA -> spike.length() < settings.holdSteps() ? passBy(view, spike) : learn(view, spike);
      case UNKNOWN -> {
        int patience = spike.finite() ? settings.holdSteps() : settings.nonFiniteSteps();
        if (spike.length() >= patience) {
          yield goBack(view, spike);
        }
        // No trainer makes an update of what is not finite.
        yield spike.finite() ? skip(view, spike) : Optional.empty();
      }
    };
  }

  private Optional<Proposal> skip(RunView view, Spike spike) {
    return Optional.of(
        proposal(
            view,
            new RunAction(SKIP_UPDATE, Map.of()),
            "%s: make no update of the next batch, and see whether it persists."
                .formatted(spike.words()),
            spike));
  }

  /** After a leap it was not the batches: they are trained on again. */
  private Optional<Proposal> goBack(RunView view, Spike spike) {
    String atMost = Long.toString(Math.max(0, spike.first() - settings.margin()));
    boolean batches = spike.cause() != Spike.Cause.UPDATE;
    return Optional.of(
        proposal(
            view,
            new RunAction(
                ROLL_BACK,
                batches ? Map.of(STEP, atMost, "pass_over", "seen") : Map.of(STEP, atMost)),
            "%s for %d steps: go back to the newest checkpoint at or before step %s%s."
                .formatted(
                    spike.words(),
                    spike.length(),
                    atMost,
                    batches ? ", past the batches seen since" : ""),
            spike));
  }

  /** The weights are as they were: garbage is passed by, anything else is there to be learned. */
  private Optional<Proposal> passBy(RunView view, Spike spike) {
    return view.latest().loss() > settings.garbage() * spike.baseline().loss()
        ? skip(view, spike)
        : Optional.empty();
  }

  /** Data that the model gets worse at while it trains on them: something else is wrong. */
  private Optional<Proposal> learn(RunView view, Spike spike) {
    int from = view.recent().size() - spike.length();
    List<StepView> episode = view.recent().subList(from, view.recent().size());
    int half = spike.length() / 2;
    double first = excess(episode.subList(0, half), spike);
    double last = excess(episode.subList(half, episode.size()), spike);
    // Judged once, where it began: later windows begin within it, and chance would have many tries.
    boolean begins = excess(view.recent().subList(from - 1, from), spike) < Spike.PERSISTS * first;
    boolean garbage = view.latest().loss() > settings.garbage() * spike.baseline().loss();
    return begins && !garbage && last > settings.worsens() * first
        ? goBack(view, spike)
        : Optional.empty();
  }

  private static double excess(List<StepView> steps, Spike spike) {
    return LossBaseline.of(steps).loss() - spike.baseline().loss();
  }

  /** What a cut learning rate lets happen is small, and it heals: going back again costs more. */
  private double leastExcess(RunView view) {
    return isCut(view) ? settings.cutExcess() : settings.leastExcess();
  }

  /** Whether the learning rate is cut after a roll-back of our own. */
  private static boolean isCut(RunView view) {
    return ownRollBack(view).isPresent()
        && declared(view)
        && view.inForce(RATE).orElseThrow() < view.declaration(RATE).orElseThrow().baseline();
  }

  private static Proposal proposal(RunView view, RunAction action, String reason, Spike spike) {
    return new Proposal(
        NAME,
        action,
        reason,
        Map.of(
            "loss_before",
            spike.baseline().loss(),
            "bad_steps",
            (double) spike.length(),
            "router_movement",
            spike.leap()),
        new Aim(Metric.LOSS, view.latest().loss(), Double.MAX_VALUE));
  }

  /** After a roll-back of our own: once an incarnation. */
  private Optional<Proposal> cut(RunView view) {
    Optional<PastAction> origin = ownRollBack(view);
    // What an earlier roll-back has cut is still in force after a later one.
    if (origin.isEmpty() || view.lastChange(RATE).isPresent() || !declared(view) || isCut(view)) {
      return Optional.empty();
    }
    KnobDeclaration declaration = view.declaration(RATE).orElseThrow();
    double rate = view.inForce(RATE).orElseThrow();
    double wanted = Math.max(declaration.minimum(), settings.cut() * rate);
    if (!(wanted < rate)) {
      return Optional.empty();
    }
    return Optional.of(
        change(
            view,
            rate,
            wanted,
            "The run went back from step %d: cut the learning rate's factor from %s to %s until it has passed there."
                .formatted(brokeAt(origin.get()), Windows.number(rate), Windows.number(wanted))));
  }

  private Optional<Proposal> restore(RunView view) {
    if (!declared(view)) {
      return Optional.empty();
    }
    double baseline = view.declaration(RATE).orElseThrow().baseline();
    double rate = view.inForce(RATE).orElseThrow();
    Optional<LastChange> last = view.lastChange(RATE);
    boolean ours =
        last.map(change -> change.applied() && change.origin().equals(NAME))
            .orElse(view.actions().stream().anyMatch(SpikeRecoveryPolicy::isOwnRollBack));
    long brokeAt = ownRollBack(view).map(this::brokeAt).orElse(-1L);
    long now = view.latest().step();
    boolean waits =
        now < brokeAt + settings.calmSteps()
            || last.isPresent() && now - last.get().appliedStep() < settings.restoreEvery();
    double wanted = Math.min(baseline, rate * settings.restore());
    if (!ours || waits || !(rate < baseline)) {
      return Optional.empty();
    }
    return Optional.of(
        change(
            view,
            rate,
            wanted,
            "The loss has been calm since step %d: restore the learning rate's factor from %s to %s."
                .formatted(brokeAt, Windows.number(rate), Windows.number(wanted))));
  }

  /** The first bad step, by the roll-back that answered it. */
  private long brokeAt(PastAction rollBack) {
    try {
      return Long.parseLong(rollBack.arguments().getOrDefault(STEP, "")) + settings.margin();
    } catch (NumberFormatException e) {
      return rollBack.issuedStep();
    }
  }

  private static boolean declared(RunView view) {
    return view.declaration(RATE).isPresent() && view.inForce(RATE).isPresent();
  }

  private static Proposal change(RunView view, double from, double to, String reason) {
    // A cut is never taken back for what the loss does: that is what it was made for.
    return new Proposal(
        NAME,
        new SetKnob(RATE.knob(), RATE.scope(), to, from),
        reason,
        Map.of("loss", view.latest().loss()),
        new Aim(Metric.LOSS, view.latest().loss(), Double.MAX_VALUE));
  }

  /** The roll-back of our own that began this incarnation. */
  private static Optional<PastAction> ownRollBack(RunView view) {
    return view.actions().stream()
        .filter(SpikeRecoveryPolicy::isOwnRollBack)
        .filter(action -> action.incarnation() == view.latest().incarnation() - 1)
        .reduce((earlier, later) -> later);
  }

  private static boolean isOwnRollBack(PastAction action) {
    return action.action().equals(ROLL_BACK) && action.origin().equals(NAME);
  }

  /** Roll-backs of our own of late; the present step counts as later than where any broke. */
  private long rollBacks(RunView view) {
    return view.actions().stream()
        .filter(SpikeRecoveryPolicy::isOwnRollBack)
        .filter(action -> view.latest().step() - action.issuedStep() < settings.episodeSteps())
        .count();
  }
}
