package io.evenkeel.ui.rundetail.ui;

import io.evenkeel.ui.chart.ChartCsv;
import io.evenkeel.ui.chart.ChartJson;
import io.evenkeel.ui.chart.Drawing;
import io.evenkeel.ui.chart.LineChart;
import io.evenkeel.ui.chart.Trace;
import io.evenkeel.ui.chart.ui.ChartCard;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a chart over steps up to date: draws it once a generation, then sends only the points that
 * are new or have changed.
 */
final class LivePanel {
  private final ChartCard card;
  private long generation = Long.MIN_VALUE;
  private String marksShown = "";
  private @Nullable LineChart shown;

  LivePanel(ChartCard card) {
    this.card = card;
    card.offerCsv(() -> shown == null ? "" : ChartCsv.of(shown));
  }

  ChartCard card() {
    return card;
  }

  void show(Drawing drawing, long chartGeneration, String marks) {
    LineChart chart = drawing.chart();
    if (chart.isEmpty()) {
      card.showEmpty(
          chart.window() == null
              ? "Nothing yet. The chart fills as soon as the trainer sends this figure."
              : "Nothing was measured in these steps. Press 0 or Show all to see the others.");
      generation = Long.MIN_VALUE;
      return;
    }
    LineChart before = shown;
    if (before == null || chartGeneration != generation || !names(chart).equals(names(before))) {
      card.chart().draw(drawing.option());
      generation = chartGeneration;
    } else if (ChartJson.hasNew(chart, before)) {
      card.chart().append(drawing.since(before));
    }
    shown = chart;
    if (!marks.equals(marksShown)) {
      card.chart().mark(marks);
      marksShown = marks;
    }
    card.showLoaded();
  }

  private static List<String> names(LineChart chart) {
    return chart.traces().stream().map(Trace::id).toList();
  }
}
