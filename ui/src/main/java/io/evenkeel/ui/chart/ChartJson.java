package io.evenkeel.ui.chart;

import io.evenkeel.contract.run.Knobs;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells charts to ECharts, as JSON. Colours are named with a leading {@code @}, and the element in
 * the browser puts those of the reader's colour scheme in.
 */
public final class ChartJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final int PALETTE = 8;
  private static final int KEYS = 6;
  private static final long BEYOND = 1L << 50;
  private static final int STRIP_TOP = 24;
  private static final int STRIP_PITCH = 76;
  private static final int STRIP_HEIGHT = 40;

  private ChartJson() {}

  /** The whole option of a chart over something else than steps, which has a word for it. */
  public static String option(LineChart chart, String axis) {
    ObjectNode option = over(chart);
    option.put("evenkeelAxis", axis);
    ((ObjectNode) option.get("xAxis")).put("evenkeelFormat", "si");
    return option.toString();
  }

  /** The whole option of a chart over steps. */
  public static String option(LineChart chart) {
    return over(chart).toString();
  }

  private static ObjectNode over(LineChart chart) {
    ObjectNode option = JSON.objectNode();
    look(option, chart);
    option.set("grid", grid(chart.rightUnit().isEmpty() ? 14 : 46));
    option.set("xAxis", stepAxis(chart.from(), chart.to()));
    ArrayNode valueAxes = option.putArray("yAxis");
    valueAxes.add(valueAxis(chart.unit(), chart.scale()));
    if (!chart.rightUnit().isEmpty()) {
      ObjectNode right = valueAxis(chart.rightUnit(), Scale.LINEAR);
      right.put("position", "right");
      ((ObjectNode) right.get("nameTextStyle")).put("align", "right");
      right.put("scale", false);
      right.putObject("splitLine").put("show", false);
      valueAxes.add(right);
    }
    interactions(option);
    legend(option, chart);
    ArrayNode series = option.putArray("series");
    StepLists steps = new StepLists(option.putArray("evenkeelSteps"));
    for (Trace trace : chart.traces()) {
      series.add(line(trace, chart.traces().size(), scaleOf(chart, trace), steps));
    }
    for (int i = 0; i < chart.limits().size(); i++) {
      series.add(limit(i, chart.limits().get(i), chart.scale()));
    }
    series.add(markSeries("marks-0", 0));
    return option;
  }

  /**
   * Knobs, each in a strip of its own, for their values have nothing to do with each other.
   *
   * @param chart the series, drawn as steps
   */
  public static String strips(LineChart chart) {
    List<Trace> knobs = chart.traces();
    long from = chart.from();
    long to = chart.to();
    ObjectNode option = JSON.objectNode();
    look(option, chart);
    ArrayNode grids = option.putArray("grid");
    ArrayNode stepAxes = option.putArray("xAxis");
    ArrayNode valueAxes = option.putArray("yAxis");
    ArrayNode series = option.putArray("series");
    StepLists steps = new StepLists(option.putArray("evenkeelSteps"));
    for (int i = 0; i < knobs.size(); i++) {
      Trace knob = knobs.get(i);
      ObjectNode grid = grids.addObject();
      grid.put("left", 60).put("right", 14);
      grid.put("top", STRIP_TOP + i * STRIP_PITCH).put("height", STRIP_HEIGHT);
      ObjectNode stepAxis = stepAxis(from, to);
      stepAxis.put("gridIndex", i);
      if (i < knobs.size() - 1) {
        stepAxis.putObject("axisLabel").put("show", false);
      }
      stepAxes.add(stepAxis);
      Scale scale = scaleOf(knob);
      ObjectNode valueAxis = valueAxis(knob.name(), scale);
      valueAxis.put("gridIndex", i).put("nameGap", 8);
      if (scale == Scale.LOGARITHMIC) {
        // Asked for fewer parts than half its decades, such an axis takes ten decades at a time.
        valueAxis.put("splitNumber", 12).putObject("axisLabel").put("fontSize", 8);
      } else {
        valueAxis.put("splitNumber", 2);
      }
      valueAxes.add(valueAxis);
      ObjectNode line =
          line(
              new Trace(
                  knob.id(), knob.name(), knob.label(), Stroke.STEPS, Axis.LEFT, i, knob.points()),
              1,
              scale,
              steps);
      line.put("xAxisIndex", i).put("yAxisIndex", i);
      series.add(line);
      series.add(markSeries("marks-" + i, i));
    }
    interactions(option);
    option.putObject("axisPointer").putArray("link").addObject().put("xAxisIndex", "all");
    return option.toString();
  }

  // What part of the steps it is, and when they were: the element in the browser reads these.
  private static void look(ObjectNode option, LineChart chart) {
    if (chart.window() != null) {
      option
          .putObject("evenkeelWindow")
          .put("from", chart.window().from())
          .put("to", chart.window().to());
    }
    if (chart.clock().size() > 1) {
      option.set("evenkeelClock", clock(chart.clock()));
    }
  }

  private static ArrayNode clock(List<Knot> knots) {
    ArrayNode clock = JSON.arrayNode();
    knots.forEach(knot -> clock.addArray().add(knot.step()).add(knot.millis()));
    return clock;
  }

  /** Weights are turned by factors, over decades; a zero has no place among decades. */
  private static Scale scaleOf(Trace knob) {
    boolean weight =
        Stream.of(Knobs.LOAD_BALANCE_ALPHA, Knobs.HIDDEN_Z_LAMBDA, Knobs.ADAM_EPSILON)
            .anyMatch(knob.name()::startsWith);
    return weight && knob.points().stream().allMatch(point -> point.min() > 0)
        ? Scale.LOGARITHMIC
        : Scale.LINEAR;
  }

  /**
   * What has come since the chart was drawn, as one live tick: of each series the points after the
   * last that is still the same. A bucket that is not full changes as steps come.
   *
   * @param chart the chart as it is now
   * @param before the chart as it is shown already
   */
  public static String tick(LineChart chart, LineChart before) {
    ObjectNode tick = JSON.objectNode();
    StepLists steps = new StepLists(tick.putArray("steps"));
    ObjectNode series = tick.putObject("series");
    Map<String, List<Point>> shown = new HashMap<>();
    before.traces().forEach(trace -> shown.put(trace.id(), trace.points()));
    for (Trace trace : chart.traces()) {
      List<Point> points = trace.points();
      int kept = kept(points, shown.getOrDefault(trace.id(), List.of()));
      if (kept < points.size()) {
        ObjectNode more = series.putObject(trace.id());
        more.put("after", kept == 0 ? -1 : points.get(kept - 1).step());
        pack(more, ChartPoints.after(points, kept, scaleOf(chart, trace)), steps);
      }
    }
    tick.putArray("x").add(chart.from()).add(Math.max(chart.to(), chart.from() + 1));
    if (chart.clock().size() > 1) {
      tick.set("clock", clock(List.of(chart.clock().get(chart.clock().size() - 1))));
    }
    return tick.toString();
  }

  /** Whether a tick has any points. */
  public static boolean hasNew(LineChart chart, LineChart before) {
    if (chart.traces().size() != before.traces().size()) {
      return true;
    }
    for (int i = 0; i < chart.traces().size(); i++) {
      List<Point> points = chart.traces().get(i).points();
      if (kept(points, before.traces().get(i).points()) < points.size()) {
        return true;
      }
    }
    return false;
  }

  // Points only ever change at the end: the last bucket fills, and others come after it.
  private static int kept(List<Point> points, List<Point> before) {
    int last = before.size() - 1;
    if (last < 0 || last >= points.size()) {
      return 0;
    }
    return points.get(last).equals(before.get(last)) ? last + 1 : last;
  }

  private static void pack(ObjectNode into, ChartPoints points, StepLists lists) {
    into.put("steps", lists.index(points.steps())).put("values", points.values());
    if (points.isWide()) {
      into.put("wide", true);
    }
  }

  private static Scale scaleOf(LineChart chart, Trace trace) {
    return trace.axis() == Axis.RIGHT ? Scale.LINEAR : chart.scale();
  }

  /** The lists of steps, each told once: layers mostly share theirs. */
  private static final class StepLists {
    private final ArrayNode lists;
    private final Map<String, Integer> known = new HashMap<>();

    private StepLists(ArrayNode lists) {
      this.lists = lists;
    }

    private int index(String list) {
      return known.computeIfAbsent(
          list,
          steps -> {
            lists.add(steps);
            return lists.size() - 1;
          });
    }
  }

  private static ObjectNode grid(int right) {
    return JSON.objectNode().put("left", 54).put("right", right).put("top", 46).put("bottom", 26);
  }

  private static ObjectNode stepAxis(long from, long to) {
    ObjectNode axis = JSON.objectNode().put("type", "value");
    axis.put("min", from).put("max", Math.max(to, from + 1)).put("minInterval", 1);
    axis.putObject("splitLine").put("show", false);
    return axis;
  }

  private static ObjectNode valueAxis(String name, Scale scale) {
    ObjectNode axis = JSON.objectNode();
    axis.put("type", scale == Scale.LOGARITHMIC ? "log" : "value")
        .put("scale", true)
        .put("splitNumber", 4);
    axis.put("name", name).put("nameLocation", "end");
    axis.putObject("nameTextStyle").put("align", "left").put("padding", 0).put("fontSize", 11);
    return axis;
  }

  private static void interactions(ObjectNode option) {
    ObjectNode tooltip = option.putObject("tooltip").put("trigger", "axis");
    tooltip.putObject("axisPointer").put("type", "line").put("animation", false);
  }

  private static void legend(ObjectNode option, LineChart chart) {
    ObjectNode legend = option.putObject("legend");
    legend.put("type", "scroll").put("top", 2).put("right", 8).put("left", 8);
    legend
        .put("icon", "roundRect")
        .put("itemWidth", 12)
        .put("itemHeight", 3)
        .put("itemGap", 10)
        .put("align", "left");
    ArrayNode names = legend.putArray("data");
    // The limits are named here, and not on their lines, where they would lie on the data.
    chart.limits().forEach(limit -> names.add(limit.label()));
    // Series of one name share an entry, and are shown and hidden together.
    List<String> all =
        chart.traces().stream()
            .filter(trace -> trace.stroke() != Stroke.FAINT)
            .map(Trace::name)
            .distinct()
            .toList();
    // Of many, some that tell which colour is where; the pointer names the others.
    int stride = all.size() <= 2 * PALETTE ? 1 : Math.ceilDiv(all.size() - 1, KEYS - 1);
    for (int i = 0; i < all.size(); i += stride) {
      names.add(all.get(i));
    }
    if ((all.size() - 1) % stride != 0) {
      names.add(all.getLast());
    }
  }

  private static ObjectNode line(Trace trace, int siblings, Scale scale, StepLists steps) {
    ObjectNode line = JSON.objectNode();
    line.put("id", trace.id()).put("name", trace.name()).put("type", "line");
    line.put("evenkeelLabel", trace.label());
    line.put("showSymbol", false)
        .put("animation", false)
        .put("yAxisIndex", trace.axis() == Axis.RIGHT ? 1 : 0);
    if (trace.stroke() == Stroke.STEPS) {
      line.put("step", "end");
    }
    String colour = colour(trace.colour(), siblings);
    ObjectNode style =
        line.putObject("lineStyle").put("width", 1.5).put("color", colour).put("cap", "round");
    if (trace.stroke() == Stroke.DASHED) {
      style.put("opacity", 0.7).putArray("type").add(3).add(3);
    }
    if (trace.stroke() == Stroke.FAINT) {
      style.put("opacity", 0.45).put("width", 1).put("color", "@muted");
    }
    line.putObject("itemStyle").put("color", colour);
    line.putObject("emphasis").put("disabled", true);
    pack(line, ChartPoints.of(trace.points(), scale), steps);
    return line;
  }

  private static String colour(int index, int siblings) {
    if (siblings <= 2 * PALETTE) {
      return "@s" + Math.floorMod(index, PALETTE);
    }
    // Many layers: neighbours look alike and the ends do not, so that depth can be read.
    double hue = 190 + 300.0 * index / siblings;
    return "hsl(" + Math.round(hue % 360) + ", 62%, 48%)";
  }

  private static ObjectNode limit(int index, Limit limit, Scale scale) {
    ObjectNode line = JSON.objectNode();
    line.put("id", "limit-" + index)
        .put("name", limit.label())
        .put("type", "line")
        .put("silent", true);
    line.put("showSymbol", false).put("animation", false);
    // The points, far outside, make the axis reach the limit; the line itself is the mark.
    line.putObject("lineStyle").put("opacity", 0);
    ArrayNode ends = line.putArray("data");
    double value =
        scale == Scale.LOGARITHMIC ? Math.max(limit.value(), Double.MIN_NORMAL) : limit.value();
    ends.addArray().add(-BEYOND).add(value);
    ends.addArray().add(BEYOND).add(value);
    String colour = limit.kind() == Limit.Kind.TARGET ? "@ok" : "@danger";
    line.putObject("itemStyle").put("color", colour);
    ObjectNode mark =
        line.putObject("markLine")
            .put("silent", true)
            .put("symbol", "none")
            .put("animation", false);
    mark.putObject("lineStyle").put("color", colour).put("type", "dashed").put("width", 1.3);
    mark.putObject("label").put("show", false);
    mark.putArray("data").addObject().put("yAxis", limit.value());
    return line;
  }

  private static ObjectNode markSeries(String id, int axis) {
    ObjectNode marks = JSON.objectNode().put("id", id).put("type", "custom");
    marks.put("xAxisIndex", axis).put("yAxisIndex", axis);
    marks.putArray("data");
    return marks;
  }
}
