package io.evenkeel.gym.judge;

import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.gym.play.Played;
import io.evenkeel.gym.play.Raised;
import io.evenkeel.gym.scenario.Band;
import io.evenkeel.gym.scenario.Expected;
import io.evenkeel.gym.scenario.ExpectedAlert;
import io.evenkeel.gym.scenario.Scenario;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Holds trials against what their scenario expects. */
public final class Judge {
  private static final int HARM_WINDOW = 25;
  private static final double HARM_NATS = 0.05;
  private static final int HARM_LASTING = 100;

  private final Scenario scenario;
  private final long seed;
  private final Trial trial;
  private final List<String> misses = new ArrayList<>();

  private Judge(Scenario scenario, long seed, Trial trial) {
    this.scenario = scenario;
    this.seed = seed;
    this.trial = trial;
  }

  /** Judges one trial. */
  public static Result judge(Scenario scenario, long seed, Trial trial) {
    return new Judge(scenario, seed, trial).result();
  }

  /** Judges what is asked of the mean over seeds, and gives the results back with it. */
  public static List<Result> judgeMean(Scenario scenario, List<Result> results) {
    Double margin = scenario.expected().meanLossMargin();
    double mean = results.stream().mapToDouble(Result::lossGap).average().orElse(0);
    if (margin == null || mean <= margin) {
      return results;
    }
    String miss =
        text("the mean final loss is %+.3f nats off healthy, more than %.3f", mean, margin);
    return results.stream().map(result -> result.missing(miss)).toList();
  }

  private Result result() {
    Played run = trial.controlled();
    Expected expected = scenario.expected();
    Optional<Raised> first = Optional.empty();
    boolean all = true;
    for (ExpectedAlert alert : expected.mustFire()) {
      Optional<Raised> found = found(alert);
      all &= found.isPresent();
      if (found.isEmpty()) {
        misses.add("no alert of " + String.join(", ", alert.rules().stream().sorted().toList()));
      }
      first =
          first.isEmpty() || found.isPresent() && found.get().tick() < first.get().tick()
              ? found
              : first;
    }
    List<Raised> unexplained = unexplained();
    List<Raised> falseAlarms = unexplained.stream().filter(raised -> !isForeseen(raised)).toList();
    falseAlarms.forEach(
        raised ->
            misses.add(
                "false alarm " + raised.event().rule() + " at step " + raised.event().step()));
    Long recovered = recovered(expected.recovered());
    Long lead = lead(expected.leadSteps(), first);
    loss(expected.lossMargin());
    orders(expected);
    return new Result(
        scenario.name(),
        seed,
        all && !expected.mustFire().isEmpty(),
        first.map(raised -> raised.event().rule()).orElse(null),
        first.map(raised -> raised.tick() - scenario.onset()).orElse(null),
        lead,
        recovered,
        run.heldOutLoss(),
        trial.uncontrolled().heldOutLoss(),
        trial.healthy().heldOutLoss(),
        falseAlarms.size(),
        unexplained.size() - falseAlarms.size(),
        run.orders(),
        run.rollBacks(),
        run.updatesLost(),
        misses);
  }

  private Optional<Raised> found(ExpectedAlert alert) {
    return trial.controlled().alerts().stream()
        .filter(raised -> raised.event().state() == AlertState.FIRING)
        .filter(raised -> alert.rules().contains(raised.event().rule()))
        .filter(raised -> raised.event().severity().compareTo(alert.least()) >= 0)
        .filter(raised -> raised.tick() >= scenario.onset())
        .filter(raised -> raised.tick() <= scenario.onset() + alert.within())
        .min(Comparator.comparingLong(Raised::tick));
  }

  /** Warnings and worse that what goes wrong does not explain. */
  private List<Raised> unexplained() {
    Played run = trial.controlled();
    long from = scenario.isHealthy() ? Long.MAX_VALUE : scenario.onset();
    // Steps trained twice put off the end of the consequences.
    long until = scenario.until() + run.trained() - scenario.steps();
    return run.alerts().stream()
        .filter(raised -> raised.event().state() == AlertState.FIRING)
        .filter(raised -> raised.event().severity().compareTo(Severity.WARNING) >= 0)
        .filter(raised -> raised.tick() < from || raised.tick() > until)
        .toList();
  }

  /** Whether the configuration explains an alarm, and the alarm says what can be seen. */
  private boolean isForeseen(Raised raised) {
    return scenario.expected().mayFire().stream()
        .filter(may -> may.rules().contains(raised.event().rule()))
        .filter(may -> raised.tick() >= may.from() && raised.tick() <= may.until())
        .anyMatch(
            may ->
                BandCheck.above(
                    trial.controlled(), may.holds().signal(), may.holds().limit(), raised.tick()));
  }

  private @Nullable Long recovered(@Nullable Band band) {
    if (band == null) {
      return null;
    }
    OptionalLong steps =
        BandCheck.steps(
            trial.controlled(), trial.healthy(), band.signal(), band.limit(), scenario.onset());
    String name = band.signal().name().toLowerCase(Locale.ROOT);
    if (steps.isEmpty()) {
      misses.add(name + " is not back in band");
      return null;
    }
    if (steps.getAsLong() > band.within()) {
      misses.add(
          name + " is back in band after " + steps.getAsLong() + " steps, not " + band.within());
    }
    return steps.getAsLong();
  }

  private @Nullable Long lead(@Nullable Long wanted, Optional<Raised> first) {
    if (wanted == null) {
      return null;
    }
    OptionalLong harm =
        BandCheck.harm(trial.uncontrolled(), trial.healthy(), HARM_WINDOW, HARM_NATS, HARM_LASTING);
    if (harm.isEmpty() || first.isEmpty()) {
      misses.add("no lead can be told: " + (first.isEmpty() ? "no alarm" : "no harm without us"));
      return null;
    }
    long lead = harm.getAsLong() - first.get().tick();
    if (lead < wanted) {
      misses.add("the alarm leads the harm by " + lead + " steps, not " + wanted);
    }
    return lead;
  }

  private void loss(@Nullable Double margin) {
    double gap = trial.controlled().heldOutLoss() - trial.healthy().heldOutLoss();
    if (margin != null && !(gap <= margin)) {
      misses.add(text("the final loss is %+.3f nats off healthy, more than %.3f", gap, margin));
    }
  }

  private void orders(Expected expected) {
    Played run = trial.controlled();
    if (expected.knobs() != null) {
      run.orders().stream()
          .filter(order -> order.status() == AckStatus.APPLIED)
          .filter(order -> !expected.knobs().contains(order.what()))
          .forEach(
              order ->
                  misses.add(
                      "command for "
                          + order.what()
                          + " at step "
                          + order.step()
                          + " uncalled for"));
    }
    if (expected.rollBacks() != null && run.rollBacks() > expected.rollBacks()) {
      misses.add(run.rollBacks() + " roll-backs, more than " + expected.rollBacks());
    }
    if (expected.updatesLost() != null && run.updatesLost() > expected.updatesLost()) {
      misses.add(run.updatesLost() + " updates lost, more than " + expected.updatesLost());
    }
  }

  private static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
