package io.evenkeel.ui.rundetail.ui;

import io.evenkeel.ui.chart.ChartCsv;
import io.evenkeel.ui.chart.ChartJson;
import io.evenkeel.ui.chart.LineChart;
import io.evenkeel.ui.chart.Trace;
import io.evenkeel.ui.chart.ui.ChartCard;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a chart over steps up to date: draws it once a generation, then sends only the points that
 * are new.
 */
final class LivePanel {
  private final ChartCard card;
  private final Function<LineChart, String> option;
  private final Map<String, Integer> drawn = new HashMap<>();
  private long generation = Long.MIN_VALUE;
  private List<String> names = List.of();
  private String marksShown = "";
  private @Nullable LineChart shown;

  LivePanel(ChartCard card, Function<LineChart, String> option) {
    this.card = card;
    this.option = option;
    card.offerCsv(() -> shown == null ? "" : ChartCsv.of(shown));
  }

  ChartCard card() {
    return card;
  }

  void show(LineChart chart, long chartGeneration, String marks) {
    if (chart.isEmpty()) {
      card.showEmpty(
          chart.window() == null
              ? "Nothing yet. The chart fills as soon as the trainer sends this figure."
              : "Nothing was measured in these steps. Press 0 or Show all to see the others.");
      generation = Long.MIN_VALUE;
      return;
    }
    shown = chart;
    List<String> chartNames = chart.traces().stream().map(Trace::id).toList();
    if (chartGeneration != generation || !chartNames.equals(names)) {
      card.chart().draw(option.apply(chart));
      generation = chartGeneration;
      names = chartNames;
      remember(chart);
    } else if (hasNew(chart)) {
      card.chart().append(ChartJson.tick(chart, drawn));
      remember(chart);
    }
    if (!marks.equals(marksShown)) {
      card.chart().mark(marks);
      marksShown = marks;
    }
    card.showLoaded();
  }

  private boolean hasNew(LineChart chart) {
    return chart.traces().stream()
        .anyMatch(trace -> trace.points().size() > drawn.getOrDefault(trace.id(), 0));
  }

  private void remember(LineChart chart) {
    drawn.clear();
    chart.traces().forEach(trace -> drawn.put(trace.id(), trace.points().size()));
  }
}
