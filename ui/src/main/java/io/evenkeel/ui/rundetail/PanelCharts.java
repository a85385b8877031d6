package io.evenkeel.ui.rundetail;

import io.evenkeel.contract.run.Knobs;
import io.evenkeel.ui.chart.Axis;
import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.chart.Limit;
import io.evenkeel.ui.chart.LineChart;
import io.evenkeel.ui.chart.Marks;
import io.evenkeel.ui.chart.Point;
import io.evenkeel.ui.chart.Stroke;
import io.evenkeel.ui.chart.Trace;
import io.evenkeel.ui.store.StoreFault;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Makes the charts of a run's state. */
final class PanelCharts {
  static final double GRADIENT_NORM_RATIO_LIMIT = 0.1;
  private static final int MOST_NON_FINITE = 50;
  private static final int MOST_KNOBS = 12;

  private PanelCharts() {}

  /** Why a panel cannot be drawn, if it cannot. */
  static Optional<StoreFault> fault(Panel panel, RunState state) {
    return panel.parts().stream()
        .map(part -> state.series().get(part.metric()))
        .filter(Series.Failed.class::isInstance)
        .map(series -> ((Series.Failed) series).fault())
        .findFirst();
  }

  /** Whether some of a panel is still being read. */
  static boolean isPending(Panel panel, RunState state) {
    return panel.parts().stream()
        .anyMatch(part -> state.series().get(part.metric()) instanceof Series.Pending);
  }

  /** The chart of a panel, over what newer incarnations took back. */
  static LineChart chart(Panel panel, RunState state, Past past) {
    List<Trace> traces = new ArrayList<>();
    for (Panel.Part part : panel.parts()) {
      past.series()
          .getOrDefault(part.metric(), Map.of())
          .forEach((key, points) -> traces.add(taken(panel, part, key, points)));
    }
    int firstColour = 0;
    for (Panel.Part part : panel.parts()) {
      if (!(state.series().get(part.metric()) instanceof Series.Loaded loaded)) {
        continue;
      }
      int colour = part.metric().table() == Metric.Table.RUN ? firstColour++ : 0;
      for (Map.Entry<String, List<Point>> entry : loaded.bySeries().entrySet()) {
        String series = entry.getKey();
        traces.add(
            new Trace(
                part.metric() + "/" + series,
                name(part, series),
                label(panel, part, series),
                part.stroke(),
                part.axis(),
                colour,
                entry.getValue()));
        colour++;
      }
    }
    if (panel == Panel.GRADIENT_NORM) {
      List<Point> clip = state.knobs().getOrDefault(Knobs.GRADIENT_CLIP_NORM, List.of());
      if (!clip.isEmpty()) {
        traces.add(new Trace("clip", "clip at", "clip at", Stroke.STEPS, Axis.LEFT, 1, clip));
      }
    }
    return new LineChart(
        panel.scale(),
        panel.unit(),
        panel.rightUnit(),
        state.from(),
        state.to(),
        traces,
        limits(panel, state),
        state.window(),
        state.clock());
  }

  private static Trace taken(Panel panel, Panel.Part part, Past.Key key, List<Point> points) {
    String which = "incarnation " + key.incarnation() + ", taken back";
    return new Trace(
        "past/" + part.metric() + "/" + key.incarnation() + "/" + key.series(),
        which,
        label(panel, part, key.series()) + ", " + which,
        Stroke.FAINT,
        part.axis(),
        0,
        points);
  }

  /** The knobs, as series of steps: those that moved first. */
  static List<Trace> knobs(RunState state) {
    List<Trace> moved = new ArrayList<>();
    List<Trace> still = new ArrayList<>();
    state
        .knobs()
        .forEach(
            (label, points) -> {
              Trace trace =
                  new Trace("knob/" + label, label, label, Stroke.STEPS, Axis.LEFT, 0, points);
              (hasMoved(points) ? moved : still).add(trace);
            });
    moved.sort(
        java.util.Comparator.comparing(
            trace -> !trace.name().startsWith(Knobs.LOAD_BALANCE_ALPHA)));
    moved.addAll(still);
    return moved.size() > MOST_KNOBS ? moved.subList(0, MOST_KNOBS) : moved;
  }

  private static boolean hasMoved(List<Point> points) {
    return points.stream()
        .anyMatch(point -> point.min() != point.max() || point.last() != points.get(0).last());
  }

  /** What is drawn over a panel. */
  static Marks marks(Panel panel, RunState state) {
    List<Marks.Band> bands = new ArrayList<>();
    for (AlertSpan alert : state.alerts()) {
      if (alert.firedStep() != null) {
        bands.add(
            band(
                alert,
                Math.max(state.to(), end(state)),
                panel.rules().contains(alert.rule()) ? Marks.Concern.OWN : Marks.Concern.OTHER));
      }
    }
    TreeSet<Long> nonFinite = new TreeSet<>();
    for (Panel.Part part : panel.parts()) {
      if (state.series().get(part.metric()) instanceof Series.Loaded loaded) {
        loaded.bySeries().values().forEach(points -> collectNonFinite(points, nonFinite));
      }
    }
    return new Marks(bands, moments(state), nonFinite.stream().limit(MOST_NON_FINITE).toList());
  }

  /** What is drawn over the strip of a knob: its own commands. */
  static Marks knobMarks(Trace knob, RunState state) {
    List<Marks.Moment> own =
        state.commands().stream()
            .filter(command -> command.target().equals(knob.name()))
            .map(command -> moment(command, command.value()))
            .toList();
    return new Marks(List.of(), own, List.of());
  }

  private static long end(RunState state) {
    return state.header().lastStep() == null ? 0 : state.header().lastStep();
  }

  private static List<Marks.Moment> moments(RunState state) {
    return state.commands().stream().map(command -> moment(command, Double.NaN)).toList();
  }

  private static Marks.Moment moment(CommandMark command, double height) {
    return new Marks.Moment(
        command.step(), command.label() + " at step " + command.step(), height, command.id());
  }

  private static void collectNonFinite(List<Point> points, TreeSet<Long> steps) {
    for (Point point : points) {
      if (point.holdsNonFinite()) {
        steps.add(point.step());
      }
    }
  }

  private static Marks.Band band(AlertSpan alert, long end, Marks.Concern concern) {
    Marks.Weight weight =
        switch (alert.severity()) {
          case "critical" -> Marks.Weight.DANGER;
          case "warning" -> Marks.Weight.WARNING;
          default -> Marks.Weight.NOTE;
        };
    return new Marks.Band(
        alert.firstStep(),
        alert.resolvedStep() == null ? end : alert.resolvedStep(),
        weight,
        alert.severity() + " alert " + alert.rule() + " " + alert.scope(),
        alert.id(),
        concern);
  }

  private static String name(Panel.Part part, String series) {
    return part.metric().table() == Metric.Table.RUN ? part.name() : "layer " + series;
  }

  private static String label(Panel panel, Panel.Part part, String series) {
    if (part.metric().table() == Metric.Table.RUN || panel.parts().size() == 1) {
      return name(part, series);
    }
    return "layer " + series + ", " + part.name();
  }

  private static List<Limit> limits(Panel panel, RunState state) {
    return panel == Panel.FFN_EXPERTS ? target(state) : fixedLimits(panel);
  }

  /** The limits that are the same for every run. */
  static List<Limit> fixedLimits(Panel panel) {
    return switch (panel) {
      case GRADIENT_NORM_RATIO ->
          List.of(new Limit(GRADIENT_NORM_RATIO_LIMIT, "limit 0.1", Limit.Kind.CEILING));
      case EPSILON -> List.of(new Limit(1, "epsilon = RMS", Limit.Kind.CEILING));
      default -> List.of();
    };
  }

  private static List<Limit> target(RunState state) {
    Double target = state.header().ffnExpertsTarget();
    return target == null
        ? List.of()
        : List.of(new Limit(target, "K_e = " + Figures.figure(target), Limit.Kind.TARGET));
  }
}
