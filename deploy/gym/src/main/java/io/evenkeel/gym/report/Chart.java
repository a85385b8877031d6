package io.evenkeel.gym.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * A chart over steps as inline SVG: lines, a limit, marks of what happened. Colours are classes of
 * the page's style sheet, so that it can be read on light and dark; every mark has a title.
 */
final class Chart {
  private static final double WIDTH = 640;
  private static final double HEIGHT = 190;
  private static final double LEFT = 66;
  private static final double RIGHT = 8;
  private static final double TOP = 22;
  private static final double BOTTOM = 36;
  private static final int TICKS = 5;

  /** Over a line's points, so that a chart of thousands of steps stays small. */
  private static final int MOST_POINTS = 240;

  private record Line(String style, String label, double[] xs, double[] ys) {}

  private record Mark(double x, String style, Lane lane, String title) {}

  /** Where marks are drawn. */
  enum Lane {
    /** Above the lines. */
    TOP,
    /** Under them. */
    BOTTOM
  }

  private final String title;
  private final double steps;
  private final Scale scale;
  private final List<Line> lines = new ArrayList<>();
  private final List<Mark> marks = new ArrayList<>();
  private final List<Double> limits = new ArrayList<>();

  /**
   * An empty chart.
   *
   * @param steps of the run: the axis runs from 0 to there
   */
  Chart(String title, long steps, Scale scale) {
    this.title = title;
    this.steps = Math.max(1, steps);
    this.scale = scale;
  }

  /** A line; what cannot be shown breaks it. A line without a label is not in the legend. */
  Chart line(String style, String label, double[] xs, double[] ys) {
    int each = (xs.length + MOST_POINTS - 1) / MOST_POINTS;
    lines.add(
        each <= 1
            ? new Line(style, label, xs, ys)
            : new Line(style, label, means(xs, each), means(ys, each)));
    return this;
  }

  /** A horizontal line. */
  Chart limit(double value) {
    limits.add(value);
    return this;
  }

  /** Something that happened at a step. */
  Chart mark(double step, String style, Lane lane, String what) {
    marks.add(new Mark(step, style, lane, what));
    return this;
  }

  private static double[] means(double[] values, int each) {
    double[] means = new double[(values.length + each - 1) / each];
    for (int i = 0; i < means.length; i++) {
      means[i] =
          Arrays.stream(values, i * each, Math.min(values.length, (i + 1) * each))
              .average()
              .orElse(Double.NaN);
    }
    return means;
  }

  /** The figure; empty where there is nothing to show. */
  String toHtml() {
    double[] heights =
        DoubleStream.concat(
                lines.stream().flatMapToDouble(line -> Arrays.stream(line.ys())),
                limits.stream().mapToDouble(Double::doubleValue))
            .map(scale::of)
            .filter(Double::isFinite)
            .sorted()
            .toArray();
    if (heights.length == 0) {
      return "";
    }
    double low = heights[0];
    double high = heights[heights.length - 1];
    double room = high > low ? 0.05 * (high - low) : Math.max(0.5, Math.abs(high) * 0.1);
    return drawn(low - room, high + room);
  }

  private String drawn(double low, double high) {
    StringBuilder svg = new StringBuilder();
    svg.append("<figure><figcaption>").append(Html.escaped(title)).append("</figcaption>");
    svg.append(
        format(
            "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"%s\">",
            WIDTH, HEIGHT, Html.escaped(title)));
    axes(svg, low, high);
    for (double limit : limits) {
      double y = y(scale.of(limit), low, high);
      svg.append(
          format(
              "<line class=\"limit\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>",
              LEFT, WIDTH - RIGHT, y, y));
    }
    for (Line line : lines) {
      svg.append(format("<path class=\"line %s\" d=\"%s\"/>", line.style(), path(line, low, high)));
    }
    for (Mark mark : marks) {
      double y = mark.lane() == Lane.TOP ? TOP - 10 : HEIGHT - BOTTOM + 5;
      svg.append(
          format(
              "<rect class=\"mark %s\" x=\"%.1f\" y=\"%.1f\" width=\"3\" height=\"9\"><title>%s</title></rect>",
              mark.style(), x(mark.x()) - 1.5, y, Html.escaped(mark.title())));
    }
    svg.append("</svg>").append(legend()).append("</figure>\n");
    return svg.toString();
  }

  private void axes(StringBuilder svg, double low, double high) {
    for (int tick = 0; tick < TICKS; tick++) {
      double place = low + (high - low) * tick / (TICKS - 1);
      double value = scale == Scale.LOGARITHMIC ? Math.pow(10, place) : place;
      double y = y(place, low, high);
      svg.append(
          format(
              "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>"
                  + "<text class=\"axis end\" x=\"%.1f\" y=\"%.1f\">%.3g</text>",
              LEFT, WIDTH - RIGHT, y, y, LEFT - 6, y + 4, value));
      double step = steps * tick / (TICKS - 1);
      svg.append(
          format(
              "<text class=\"axis middle\" x=\"%.1f\" y=\"%.1f\">%.0f</text>",
              Math.min(x(step), WIDTH - RIGHT - 12), HEIGHT - 6, step));
    }
  }

  private String path(Line line, double low, double high) {
    StringBuilder path = new StringBuilder();
    boolean pen = false;
    for (int i = 0; i < line.xs().length; i++) {
      double place = scale.of(line.ys()[i]);
      if (!Double.isFinite(place)) {
        pen = false;
        continue;
      }
      path.append(format("%s%.1f %.1f", pen ? "L" : "M", x(line.xs()[i]), y(place, low, high)));
      pen = true;
    }
    return path.toString();
  }

  private String legend() {
    Stream<String> named =
        lines.stream()
            .filter(line -> !line.label().isEmpty())
            .map(
                line ->
                    "<span class=\"key %s\"></span>%s"
                        .formatted(line.style(), Html.escaped(line.label())));
    return "<p class=\"legend\">" + String.join(" ", named.distinct().toList()) + "</p>";
  }

  private double x(double step) {
    return LEFT + (WIDTH - LEFT - RIGHT) * step / steps;
  }

  private static double y(double place, double low, double high) {
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (place - low) / (high - low);
  }

  private static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
