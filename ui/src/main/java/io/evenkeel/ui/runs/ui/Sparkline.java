package io.evenkeel.ui.runs.ui;

import com.vaadin.flow.component.Svg;
import java.util.List;
import java.util.Locale;

/** A small line without axes. Its source is made of numbers alone. */
final class Sparkline {
  private static final int WIDTH = 72;
  private static final int HEIGHT = 20;

  private Sparkline() {}

  static Svg of(List<Double> values) {
    return new Svg(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"sparkline\" aria-hidden=\"true\" viewBox=\"0 0 "
            + WIDTH
            + " "
            + HEIGHT
            + "\"><polyline points=\""
            + points(values.stream().filter(Double::isFinite).toList())
            + "\"/></svg>");
  }

  private static String points(List<Double> values) {
    double low = values.stream().mapToDouble(v -> v).min().orElse(0);
    double high = values.stream().mapToDouble(v -> v).max().orElse(1);
    double span = high > low ? high - low : 1;
    var points = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      double x = values.size() < 2 ? 0 : (WIDTH - 2.0) * i / (values.size() - 1) + 1;
      double y = HEIGHT - 2 - (HEIGHT - 4) * (values.get(i) - low) / span;
      points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
    }
    return points.toString();
  }
}
