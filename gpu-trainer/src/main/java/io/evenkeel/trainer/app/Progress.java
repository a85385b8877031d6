package io.evenkeel.trainer.app;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.run.Knobs;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.control.KnobBoard;
import io.evenkeel.trainer.loop.LoopListener;
import io.evenkeel.trainer.loop.RunPosition;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells on the terminal how training goes, and remembers what the report needs. */
final class Progress implements LoopListener {
  private static final int EDGE_STEPS = 20;
  private static final String READY = "EVENKEEL-READY trainer";

  private final PrintWriter out;
  private final TrainerConfig config;
  private final Arrangement arrangement;
  private final KnobBoard knobs;
  private final Supplier<List<AlertEvent>> alerts;
  private final BiConsumer<RunStatus, RunPosition> declared;
  private final List<Double> losses = new ArrayList<>();
  private final List<Double> stepMillis = new ArrayList<>();
  private Map<String, Double> shown;
  private double telemetryMillis;
  private double totalMillis;
  private double validationLoss = Double.NaN;
  private @Nullable RunPosition position;

  /**
   * For one process.
   *
   * @param alerts gives those that have come since it was last asked; never waits
   * @param declared told when the run's status or incarnation changes
   */
  Progress(
      PrintWriter out,
      TrainerConfig config,
      Arrangement arrangement,
      KnobBoard knobs,
      Supplier<List<AlertEvent>> alerts,
      BiConsumer<RunStatus, RunPosition> declared) {
    this.out = out;
    this.config = config;
    this.arrangement = arrangement;
    this.knobs = knobs;
    this.alerts = alerts;
    this.declared = declared;
    this.shown = knobs.snapshot();
  }

  @Override
  public void stepped(StepResult result) {
    losses.add(result.losses().languageModel());
    stepMillis.add(result.millis());
    totalMillis += result.millis();
    telemetryMillis += result.telemetryMillis();
    if (losses.size() == 1) {
      out.println(READY);
      out.flush();
    }
    tell(alerts.get());
    long step = result.step();
    boolean last = step + 1 == config.training().steps();
    if ((step + 1) % config.training().progressEvery() == 0 || losses.size() == 1 || last) {
      out.println(line(result));
      out.flush();
    }
  }

  /** Who pends may yet come to nothing: the terminal hears of what fires and what is over. */
  private void tell(List<AlertEvent> events) {
    for (AlertEvent event : events) {
      if (event.state() != AlertState.PENDING) {
        out.printf(
            Locale.ROOT,
            "step %5d  alert %s: %s %s on %s: %s%n",
            event.step(),
            event.state().name().toLowerCase(Locale.ROOT),
            event.severity().name().toLowerCase(Locale.ROOT),
            event.rule(),
            event.scope(),
            event.summary());
        out.flush();
      }
    }
  }

  @Override
  public void validated(long step, double loss) {
    validationLoss = loss;
    out.printf(Locale.ROOT, "step %5d  validation loss %.4f%n", step, loss);
    out.flush();
  }

  @Override
  public void faultBegan(long step, String description) {
    out.printf("step %5d  fault: %s%n", step, description);
    out.flush();
  }

  @Override
  public void answered(CommandAck ack) {
    String what = ack.knob().isEmpty() ? "action" : ack.knob() + scope(ack);
    out.println(
        switch (ack.status()) {
          case APPLIED ->
              ack.to() == null
                  ? "step %5d  command %d.%d applied"
                      .formatted(ack.step(), ack.position().epoch(), ack.position().sequence())
                  : String.format(
                      Locale.ROOT,
                      "step %5d  command %d.%d applied: %s %.4g -> %.4g",
                      ack.step(),
                      ack.position().epoch(),
                      ack.position().sequence(),
                      what,
                      ack.from(),
                      ack.to());
          case REJECTED, EXPIRED ->
              "step %5d  command %d.%d %s: %s: %s"
                  .formatted(
                      ack.step(),
                      ack.position().epoch(),
                      ack.position().sequence(),
                      ack.status() == AckStatus.REJECTED ? "rejected" : "expired",
                      ack.errorId(),
                      ack.reason());
        });
    out.flush();
  }

  private static String scope(CommandAck ack) {
    return ack.scope().isEmpty() ? "" : " of " + ack.scope();
  }

  @Override
  public void changed(RunStatus status, RunPosition at) {
    position = at;
    declared.accept(status, at);
    out.printf(
        Locale.ROOT,
        "step %5d  run %s, incarnation %d%n",
        at.step(),
        status.name().toLowerCase(Locale.ROOT),
        at.incarnation());
    out.flush();
  }

  private String line(StepResult result) {
    long steps = config.training().steps();
    double recent =
        mean(stepMillis, Math.max(0, stepMillis.size() - EDGE_STEPS), stepMillis.size());
    Duration left = Duration.ofMillis((long) (recent * (steps - result.step() - 1)));
    return String.format(
        Locale.ROOT,
        "step %5d/%d  loss %.4f  total %.4f  %,6.0f tok/s  ETA %d:%02d  alpha %.3g  mu %.3g  R_g %.3g%s",
        result.step() + 1,
        steps,
        result.losses().languageModel(),
        result.losses().total(),
        config.tokens() * arrangement.microBatches() / recent * 1000,
        left.toMinutes(),
        left.toSecondsPart(),
        knobs.value(Knobs.LOAD_BALANCE_ALPHA),
        knobs.value(Knobs.EXPERT_BIAS_MU),
        result.largestRatio().getAsDouble(),
        changedKnobs());
  }

  /** What differs from the last line, but alpha and mu, which stand in every line. */
  private String changedKnobs() {
    Map<String, Double> now = new LinkedHashMap<>(knobs.snapshot());
    StringBuilder changes = new StringBuilder();
    now.forEach(
        (name, value) -> {
          boolean standing =
              name.startsWith(Knobs.LOAD_BALANCE_ALPHA) || name.equals(Knobs.EXPERT_BIAS_MU);
          if (!standing && !value.equals(shown.get(name))) {
            changes.append(String.format(Locale.ROOT, "  %s %.4g", name, value));
          }
        });
    shown = now;
    return changes.toString();
  }

  /** Where the run was last heard to be. */
  RunPosition position(RunPosition begin) {
    return position == null ? begin : position;
  }

  /** Held-out loss last measured, nats; NaN before the first. */
  double validationLoss() {
    return validationLoss;
  }

  /** Mean language-model loss of the first steps; NaN without a step. */
  double firstLoss() {
    return mean(losses, 0, Math.min(EDGE_STEPS, losses.size()));
  }

  /** Mean language-model loss of the last steps; NaN without a step. */
  double lastLoss() {
    return mean(losses, Math.max(0, losses.size() - EDGE_STEPS), losses.size());
  }

  /** Median step time, ms; NaN without a step. */
  double medianStepMillis() {
    List<Double> sorted = stepMillis.stream().sorted().toList();
    return sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2);
  }

  /** Share of all steps' time that telemetry took. */
  double telemetryShare() {
    return totalMillis == 0 ? 0 : telemetryMillis / totalMillis;
  }

  /** Steps of this process. */
  int steps() {
    return losses.size();
  }

  private static double mean(List<Double> values, int from, int to) {
    return values.subList(from, to).stream()
        .mapToDouble(Double::doubleValue)
        .average()
        .orElse(Double.NaN);
  }
}
