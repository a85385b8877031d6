package io.evenkeel.ui.rundetail.ui;

import com.vaadin.flow.component.combobox.MultiSelectComboBox;
import io.evenkeel.ui.chart.Axis;
import io.evenkeel.ui.chart.ChartJson;
import io.evenkeel.ui.chart.Drawing;
import io.evenkeel.ui.chart.LineChart;
import io.evenkeel.ui.chart.Point;
import io.evenkeel.ui.chart.Scale;
import io.evenkeel.ui.chart.Stroke;
import io.evenkeel.ui.chart.Trace;
import io.evenkeel.ui.chart.ui.ChartCard;
import io.evenkeel.ui.rundetail.RunState;
import io.evenkeel.ui.rundetail.SeriesName;
import io.evenkeel.ui.store.StoreFault;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A chart of what the reader picks among the run's own series: user scalars and tensors, of which
 * there may be ten thousand. The list comes page by page as it is scrolled, searched on the server.
 */
final class OwnSeriesCard {
  static final int MOST = 8;
  private static final int TICKS_BETWEEN_READINGS = 5;
  private static final double FILTER_PAUSE_MILLIS = 60;

  private final MultiSelectComboBox<SeriesName> picker = new MultiSelectComboBox<>();
  private final LivePanel panel;
  private final transient RunDesk desk;
  private final transient Back back;
  private transient List<SeriesName> picked;
  private transient @Nullable RunState shown;
  private transient @Nullable Question asked;
  private long serial;
  private int ticks;

  /** Brings answers of other threads back to the page. */
  interface Back {
    <T> Consumer<T> to(Consumer<T> apply);
  }

  /** What has been asked for. */
  private record Question(List<SeriesName> names, long from, long to, boolean ended) {}

  /**
   * A card that shows what an address names.
   *
   * @param group charts that share their steps
   * @param desk answers its questions
   * @param back brings answers to the page
   * @param first what is picked already
   * @param changed hears of what is picked
   */
  OwnSeriesCard(
      String group,
      RunDesk desk,
      Back back,
      List<SeriesName> first,
      Consumer<List<SeriesName>> changed) {
    var card =
        new ChartCard(
            "own-series",
            "Series of this run",
            "User scalars and tensors, as the trainer names them.",
            group,
            this::again);
    this.panel = new LivePanel(card);
    this.desk = desk;
    this.back = back;
    this.picked = List.copyOf(first);
    card.addClassName("wide");
    picker.setId("series-picker");
    picker.setAriaLabel("Series of this run");
    picker.setPlaceholder("Find a user scalar or a tensor");
    picker.addClassName("series-picker");
    // The list answers from memory: it need not wait for who types to be done.
    picker.getElement().setProperty("_filterTimeout", FILTER_PAUSE_MILLIS);
    picker.setItemLabelGenerator(SeriesName::label);
    picker.setItems(
        query ->
            desk.seriesNames(query.getFilter().orElse(""))
                .skip(query.getOffset())
                .limit(query.getLimit()));
    picker.setValue(picked);
    picker.addValueChangeListener(
        change -> {
          if (change.isFromClient()) {
            picked = change.getValue().stream().limit(MOST).toList();
            if (change.getValue().size() > MOST) {
              picker.setValue(picked);
            }
            changed.accept(picked);
            again();
          }
        });
    card.addTool(picker);
    showNothing();
  }

  ChartCard card() {
    return panel.card();
  }

  /** Shows the same steps as the other charts. */
  void show(RunState state) {
    RunState before = shown;
    shown = state;
    boolean other =
        before == null
            || (state.window() == null
                ? before.window() != null || ++ticks >= TICKS_BETWEEN_READINGS
                : !state.window().equals(before.window()));
    if (other) {
      read(state);
    }
  }

  private void again() {
    asked = null;
    RunState state = shown;
    if (picked.isEmpty()) {
      showNothing();
    } else if (state != null) {
      panel.card().showLoading();
      read(state);
    }
  }

  private void showNothing() {
    panel
        .card()
        .showEmpty(
            "Pick up to "
                + MOST
                + " user scalars or tensors above: type any part of a name, or open the list.");
  }

  private void read(RunState state) {
    ticks = 0;
    var question = new Question(picked, state.from(), state.to(), !state.header().isRunning());
    if (picked.isEmpty() || question.equals(asked)) {
      return;
    }
    asked = question;
    desk.ownSeries(
        state.header(),
        question.names(),
        question.from(),
        question.to(),
        back.to(read -> draw(question, state, read)),
        back.to(this::fail));
  }

  private void fail(StoreFault fault) {
    asked = null;
    panel.card().showFailed(fault.line());
  }

  private void draw(Question question, RunState state, Map<SeriesName, List<Point>> read) {
    if (!question.equals(asked)) {
      return;
    }
    List<Trace> traces = new ArrayList<>();
    for (SeriesName name : question.names()) {
      traces.add(
          new Trace(
              "own/" + name.id(),
              name.label(),
              name.label(),
              Stroke.SOLID,
              Axis.LEFT,
              traces.size(),
              read.getOrDefault(name, List.of())));
    }
    var chart =
        new LineChart(
            Scale.LINEAR,
            "",
            "",
            state.from(),
            state.to(),
            traces,
            List.of(),
            state.window(),
            state.clock());
    panel.show(new Drawing(chart, ChartJson::option), ++serial, "{}");
  }
}
