package io.evenkeel.gym.report;

import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.gym.judge.Trial;
import io.evenkeel.gym.play.Order;
import io.evenkeel.gym.play.Played;
import io.evenkeel.gym.play.Raised;
import io.evenkeel.gym.play.Sample;
import io.evenkeel.gym.scenario.Band;
import io.evenkeel.gym.scenario.BandSignal;
import io.evenkeel.gym.scenario.Scenario;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/** The charts of one trial: loss, R_g, the signal it is judged by, the knobs that moved. */
final class TrialCharts {
  /** Losses are averaged over so many steps: of single batches they differ by more than of runs. */
  private static final int SMOOTHING = 10;

  private static final double RATIO_LIMIT = 0.1;
  private static final double MOVED = 0.01;

  private final Scenario scenario;
  private final Trial trial;

  TrialCharts(Scenario scenario, Trial trial) {
    this.scenario = scenario;
    this.trial = trial;
  }

  String toHtml() {
    StringBuilder html = new StringBuilder("<div class=\"charts\">");
    html.append(loss().toHtml());
    html.append(signal(BandSignal.GRADIENT_NORM_RATIO, Scale.LOGARITHMIC, RATIO_LIMIT).toHtml());
    Band band = scenario.expected().recovered();
    if (band != null
        && band.signal() != BandSignal.GRADIENT_NORM_RATIO
        && band.signal() != BandSignal.LOSS_GAP) {
      html.append(signal(band.signal(), Scale.LINEAR, band.limit()).toHtml());
    }
    for (String knob : moved()) {
      html.append(knob(knob).toHtml());
    }
    return html.append("</div>").toString();
  }

  private Chart loss() {
    Chart chart = new Chart("Loss, nats (mean of 10 steps)", scenario.steps(), Scale.LINEAR);
    whole(chart, "healthy", "healthy", trial.healthy());
    whole(chart, "uncontrolled", "without Evenkeel", trial.uncontrolled());
    pieces(chart, "with Evenkeel", Sample::loss, SMOOTHING);
    return marked(chart);
  }

  private Chart signal(BandSignal signal, Scale scale, double limit) {
    String name = signal.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    Chart chart = new Chart(name, scenario.steps(), scale);
    pieces(chart, "with Evenkeel", s -> s.signals().getOrDefault(signal, Double.NaN), 1);
    return marked(chart.limit(limit));
  }

  private Chart knob(String knob) {
    Chart chart = new Chart(knob, scenario.steps(), Scale.LOGARITHMIC);
    pieces(chart, "in force", s -> s.knobs().getOrDefault(knob, Double.NaN), 1);
    return marked(chart);
  }

  private static void whole(Chart chart, String style, String label, Played run) {
    double[] steps = new double[run.losses().size()];
    double[] losses = new double[steps.length];
    for (int step = 0; step < steps.length; step++) {
      steps[step] = step;
      losses[step] = run.losses().get(step);
    }
    chart.line(style, label, steps, smooth(losses, SMOOTHING));
  }

  /** One line an incarnation: what was rolled back is drawn faintly. */
  private void pieces(Chart chart, String label, ToDoubleFunction<Sample> value, int smoothing) {
    List<Sample> samples = trial.controlled().samples();
    int last = samples.stream().mapToInt(Sample::incarnation).max().orElse(0);
    for (int incarnation = 0; incarnation <= last; incarnation++) {
      int wanted = incarnation;
      List<Sample> piece = samples.stream().filter(s -> s.incarnation() == wanted).toList();
      chart.line(
          incarnation == last ? "controlled" : "controlled taken-back",
          incarnation == last ? label : "",
          piece.stream().mapToDouble(Sample::step).toArray(),
          smooth(piece.stream().mapToDouble(value).toArray(), smoothing));
    }
  }

  private static double[] smooth(double[] values, int window) {
    double[] smooth = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      double sum = 0;
      int from = Math.max(0, i + 1 - window);
      for (int j = from; j <= i; j++) {
        sum += values[j];
      }
      smooth[i] = sum / (i + 1 - from);
    }
    return smooth;
  }

  private Chart marked(Chart chart) {
    if (!scenario.isHealthy()) {
      chart.mark(scenario.onset(), "onset", Chart.Lane.TOP, "here it goes wrong");
    }
    for (Raised raised : trial.controlled().alerts()) {
      if (raised.event().state() == AlertState.FIRING) {
        chart.mark(
            raised.event().step(),
            raised.event().severity().name().toLowerCase(Locale.ROOT),
            Chart.Lane.TOP,
            "step %d, %s: %s"
                .formatted(raised.event().step(), raised.event().rule(), raised.event().summary()));
      }
    }
    for (Order order : trial.controlled().orders()) {
      chart.mark(
          order.step(),
          order.status() == AckStatus.APPLIED ? "order" : "order refused",
          Chart.Lane.BOTTOM,
          "step %d, %s: %s".formatted(order.step(), order.what(), order.reason()));
    }
    return chart;
  }

  /** Knobs whose value changed in the run, in the order of their names. */
  private Set<String> moved() {
    Set<String> moved = new TreeSet<>();
    List<Sample> samples = trial.controlled().samples();
    if (samples.isEmpty()) {
      return moved;
    }
    Sample first = samples.getFirst();
    for (Sample sample : samples) {
      sample
          .knobs()
          .forEach(
              (knob, value) -> {
                double before = first.knobs().getOrDefault(knob, value);
                if (Math.abs(value - before) > MOVED * Math.max(Math.abs(before), 1e-30)) {
                  moved.add(knob);
                }
              });
    }
    // The schedule's, which no command moves.
    moved.remove("learning_rate");
    return moved;
  }
}
