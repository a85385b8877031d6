package io.evenkeel.ui.rundetail;

import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.chart.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Whether the run is sick, at a glance: the worst layer of each signal against its limit. A signal
 * whose alert fires is in alarm, whatever its value; one that is pending, or past the limit without
 * an alert yet, is to be watched.
 */
final class StabilityStrip {
  private StabilityStrip() {}

  static List<Cell> of(RunState state) {
    List<Cell> cells = new ArrayList<>();
    Double ratio = latest(state, Metric.GRADIENT_NORM_RATIO, Math::max);
    cells.add(
        cell(
            state,
            "gradient-norm-ratio",
            "R_g, worst layer",
            ratio,
            BuiltInRule.GRADIENT_NORM_RATIO,
            "limit 0.1",
            PanelCharts.GRADIENT_NORM_RATIO_LIMIT));
    cells.add(
        cell(
            state,
            "router-similarity",
            "Router similarity",
            latest(state, Metric.ROUTER_COSINE, Math::max),
            BuiltInRule.ROUTER_SIMILARITY,
            "lower is better",
            Double.POSITIVE_INFINITY));
    cells.add(
        cell(
            state,
            "token-entropy",
            "Token entropy",
            latest(state, Metric.TOKEN_ENTROPY, Math::max),
            BuiltInRule.ROUTER_UNINFORMATIVE,
            "maximum 1",
            Double.POSITIVE_INFINITY));
    cells.add(
        cell(
            state,
            "max-violation",
            "MaxVio",
            latest(state, Metric.MAX_VIOLATION, Math::max),
            BuiltInRule.LOAD_IMBALANCE,
            "0 is even",
            Double.POSITIVE_INFINITY));
    cells.add(ffnExperts(state));
    cells.add(
        cell(
            state,
            "activations",
            "Activation max",
            latest(state, Metric.ACTIVATION_MAX_ABS, Math::max),
            BuiltInRule.ACTIVATION_MAGNITUDE,
            "per layer output",
            Double.POSITIVE_INFINITY));
    Double epsilon = latest(state, Metric.EPSILON_OVER_RMS_MAX, Math::max);
    cells.add(
        cell(
            state,
            "epsilon",
            "Epsilon / RMS",
            epsilon,
            BuiltInRule.EPSILON_OVER_RMS,
            "keep far below 1",
            1));
    cells.add(
        cell(
            state,
            "loss",
            "Loss",
            latest(state, Metric.LOSS_LM, Math::max),
            BuiltInRule.LOSS_SPIKE,
            "nats per token",
            Double.POSITIVE_INFINITY));
    return cells;
  }

  private static Cell ffnExperts(RunState state) {
    Double target = state.header().ffnExpertsTarget();
    DoubleBinaryOperator farther =
        (a, b) -> target == null || Math.abs(a - target) >= Math.abs(b - target) ? a : b;
    Double mean = latest(state, Metric.FFN_EXPERTS_MEAN, farther);
    return cell(
        state,
        "ffn-experts",
        "FFN experts / token",
        mean,
        BuiltInRule.FFN_EXPERTS_OFF_TARGET,
        "target " + Figures.figure(target),
        Double.POSITIVE_INFINITY);
  }

  private static Cell cell(
      RunState state,
      String id,
      String label,
      @Nullable Double value,
      BuiltInRule rule,
      String limit,
      double ceiling) {
    Cell.State how = Cell.State.STEADY;
    String held = limit;
    for (AlertSpan alert : state.alerts()) {
      if (!alert.rule().equals(rule.id()) || "resolved".equals(alert.state())) {
        continue;
      }
      if (alert.isFiring()) {
        how = Cell.State.ALARM;
        held = "limit " + Figures.figure(alert.threshold());
      } else if (how == Cell.State.STEADY) {
        how = Cell.State.WATCH;
      }
    }
    if (value == null) {
      how = Cell.State.UNKNOWN;
    } else if (!Double.isFinite(value)) {
      how = Cell.State.ALARM;
    } else if (how == Cell.State.STEADY && value > ceiling) {
      how = Cell.State.WATCH;
    }
    return new Cell(id, label, Figures.figure(value), held, how);
  }

  // The worst over layers, each at its last step; a NaN anywhere stays one.
  private static @Nullable Double latest(
      RunState state, Metric metric, DoubleBinaryOperator worse) {
    if (!(state.series().get(metric) instanceof Series.Loaded loaded)) {
      return null;
    }
    Double worst = null;
    for (List<Point> points : loaded.bySeries().values()) {
      if (points.isEmpty()) {
        continue;
      }
      double value = points.get(points.size() - 1).last();
      worst =
          worst == null
              ? value
              : Double.isNaN(worst) || Double.isNaN(value)
                  ? Double.NaN
                  : worse.applyAsDouble(worst, value);
    }
    return worst;
  }
}
