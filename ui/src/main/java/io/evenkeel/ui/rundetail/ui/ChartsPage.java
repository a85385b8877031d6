package io.evenkeel.ui.rundetail.ui;

import com.vaadin.flow.component.DetachEvent;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.html.Div;
import io.evenkeel.ui.chart.Drawing;
import io.evenkeel.ui.chart.LineChart;
import io.evenkeel.ui.chart.TensorsJson;
import io.evenkeel.ui.chart.Window;
import io.evenkeel.ui.chart.ui.ChartCard;
import io.evenkeel.ui.livefeed.Tick;
import io.evenkeel.ui.livefeed.ui.PushChannel;
import io.evenkeel.ui.rundetail.Part;
import io.evenkeel.ui.rundetail.Past;
import io.evenkeel.ui.rundetail.RunCharts;
import io.evenkeel.ui.rundetail.RunEvents;
import io.evenkeel.ui.rundetail.RunState;
import io.evenkeel.ui.rundetail.SeriesName;
import io.evenkeel.ui.store.StoreFault;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The stability strip and the charts of a run: all of it, live, or a part of its steps, read anew
 * in finer buckets. While somebody looks at a part, the charts stand still and the strip goes on.
 */
final class ChartsPage extends Div {
  // So that three columns have no holes.
  private static final Set<String> DOUBLE = Set.of("losses", "step-time");

  private final transient RunDesk desk;
  private final transient Consumer<View> changed;
  private final StripBar strip = new StripBar();
  private final ViewBar bar;
  private final EventPanel events;
  private final Map<String, LivePanel> panels = new LinkedHashMap<>();
  private final LivePanel knobs;
  private final LoadCards loads;
  private final OwnSeriesCard own;
  private final ChartCard tensors;
  private transient View view;
  private transient @Nullable RunState live;
  private transient @Nullable Part part;
  private transient Past past = Past.NONE;
  private transient @Nullable Runnable reading;
  private transient boolean pastAsked;
  private long serial;
  private String tensorsShown = "";
  private String touched = "";

  /**
   * A page that loads.
   *
   * @param run run id
   * @param desk answers its questions
   * @param view how it is looked at first
   * @param changed hears of every other way of looking
   */
  ChartsPage(String run, RunDesk desk, View view, Consumer<View> changed) {
    this.desk = desk;
    this.changed = changed;
    this.view = view;
    addClassName("charts-page");
    bar = new ViewBar(change -> look(change.apply(this.view)), this::zoom, this::listEvents);
    events = new EventPanel(this::openEvents, window -> look(this.view.with(Optional.of(window))));
    loads = new LoadCards(view.layer(), desk::retry, this::watchLayer, this::wantLayers);
    String group = "run-" + run;
    tensors =
        new ChartCard(
            "tensors",
            "Gradient RMS against epsilon, worst tensors",
            "Each tensor's gradient RMS at the last step, the one nearest to Adam's epsilon first.",
            "",
            desk::retry);
    var knobCard =
        new ChartCard(
            "knobs",
            "Knobs in force",
            "Every knob at each step; diamonds are commands that the trainer applied.",
            group,
            desk::retry);
    knobCard.addClassName("wide");
    knobs = new LivePanel(knobCard);
    own = new OwnSeriesCard(group, desk, this::back, view.series(), this::pick);
    Div charts = grid(group);
    var tour =
        new Tour(
            List.of(
                new Tour.Stop(
                    strip,
                    "Is it sick? Each cell is a signal against its limit: ● steady, ▲ watch, ◆ alarm."),
                new Tour.Stop(
                    charts,
                    "Since when, and why? Drag over any chart to look closer; click a band or a ◆ to"
                        + " read what happened and what Evenkeel did."),
                new Tour.Stop(
                    bar,
                    "Go back, in wall time or in steps, and follow the run again from here. Control"
                        + " and Alerts are beside Charts above.")));
    add(tour, strip, bar, charts, events);
    if (view.layer() > 0) {
      desk.watchLayer(view.layer());
    }
  }

  private Div grid(String group) {
    var grid = new Div();
    grid.addClassName("chart-grid");
    for (RunCharts.Description description : RunCharts.overSteps()) {
      var card =
          new ChartCard(
              description.name(),
              description.title(),
              description.description(),
              group,
              desk::retry);
      if (DOUBLE.contains(description.name())) {
        card.addClassName("double");
      }
      panels.put(description.name(), new LivePanel(card));
      listen(card, description.name());
      grid.add(card);
      if (description.name().equals("ffn-experts")) {
        grid.add(loads.overSteps(), loads.byLayer());
      }
      if (description.name().equals("epsilon-over-rms")) {
        grid.add(tensors);
      }
    }
    listen(knobs.card(), "");
    listen(own.card(), "");
    grid.add(knobs.card(), own.card());
    return grid;
  }

  private void listen(ChartCard card, String name) {
    card.chart().setAcross(view.across());
    card.chart()
        .onRange(
            window -> {
              touched = name;
              look(view.with(window));
            });
    card.chart().onMarks(this::openEvents);
  }

  /** Shows a tick of the run. */
  void show(RunState state) {
    live = state;
    strip.show(RunCharts.strip(state));
    showTensors(state);
    bar.show(view, state);
    if (view.window().isPresent() && reading == null) {
      read(state, view.window().get());
    }
    if (view.past() == View.PastShown.DIMMED && !pastAsked) {
      readPast(state);
    }
    if (view.window().isEmpty()) {
      draw(state, state.generation() + serial * 1_000_000);
    }
  }

  /** Looks at the run in this way from now on. */
  void look(View wanted) {
    View before = view;
    RunState state = live;
    view = state == null ? wanted : wanted.with(wanted.window().filter(w -> isPart(w, state)));
    boolean axisAlone =
        wanted.across() != before.across()
            && wanted.window().equals(before.window())
            && wanted.past() == before.past();
    if (view.across() != before.across()) {
      panels.values().forEach(panel -> panel.card().chart().setAcross(view.across()));
      knobs.card().chart().setAcross(view.across());
      own.card().chart().setAcross(view.across());
    }
    if (!axisAlone) {
      // Also when nothing has changed here: the browser may have gone ahead.
      serial++;
      stopReading();
      pastAsked = false;
      past = Past.NONE;
    }
    changed.accept(view);
    if (state != null) {
      show(state);
    }
  }

  // What holds all steps is no part: the run is followed.
  private static boolean isPart(Window window, RunState state) {
    return window.from() > state.from() || window.to() < state.to();
  }

  private void zoom(UnaryOperator<Window> how) {
    RunState state = live;
    if (state != null) {
      Window now =
          view.window()
              .orElseGet(() -> new Window(state.from(), Math.max(state.from() + 1, state.to())));
      look(view.with(Optional.of(how.apply(now))));
    }
  }

  private void watchLayer(int layer) {
    desk.watchLayer(layer);
    view = view.withLayer(layer);
    if (view.window().isPresent()) {
      stopReading();
    }
    changed.accept(view);
    if (live != null) {
      show(live);
    }
  }

  private void pick(List<SeriesName> series) {
    view = view.withSeries(series);
    changed.accept(view);
  }

  private void wantLayers(long step) {
    RunState state = live;
    if (state != null) {
      desk.layerLoads(state.header(), step, back(loads::show), back(loads::fail));
    }
  }

  private void read(RunState state, Window window) {
    part = null;
    reading =
        desk.read(
            state.header(),
            window,
            loads.layer(),
            touched,
            back(this::showPart),
            back(fault -> events.fail(fault.line())));
  }

  private void showPart(Part read) {
    RunState state = live;
    if (state != null && view.window().filter(read.window()::equals).isPresent()) {
      part = read;
      draw(state.through(read), -serial - 1);
    }
  }

  private void readPast(RunState state) {
    pastAsked = true;
    Window all = new Window(state.from(), Math.max(state.from() + 1, state.to()));
    long asked = serial;
    desk.past(
        state.header(),
        view.window().orElse(all),
        back(
            read -> {
              RunState now = live;
              if (asked == serial && now != null) {
                serial++;
                past = read;
                Part shown = part;
                if (shown != null) {
                  draw(now.through(shown), -serial - 1);
                } else if (view.window().isEmpty()) {
                  show(now);
                }
              }
            }),
        back(fault -> events.fail(fault.line())));
  }

  private <T> Consumer<T> back(Consumer<T> apply) {
    UI page = getUI().orElse(null);
    if (page == null) {
      return unused -> {};
    }
    var channel =
        new PushChannel<T>(
            page,
            tick -> {
              if (tick instanceof Tick.Fresh<T> fresh && isAttached()) {
                apply.accept(fresh.state());
              }
            });
    return state -> channel.onTick(new Tick.Fresh<>(state));
  }

  private void draw(RunState state, long generation) {
    panels.forEach((name, panel) -> draw(name, panel, state, generation));
    Drawing knobDrawing = RunCharts.knobs(state);
    LineChart knobChart = knobDrawing.chart();
    if (!state.isUnfinished() && (state.window() == null || !knobChart.isEmpty())) {
      knobs
          .card()
          .getStyle()
          .set("--strips", String.valueOf(Math.max(2, knobChart.traces().size())));
      knobs.show(knobDrawing, generation, RunCharts.knobMarks(knobChart, state));
    }
    loads.show(state);
    own.show(state);
  }

  private void draw(String name, LivePanel panel, RunState state, long generation) {
    Optional<StoreFault> fault = RunCharts.fault(name, state);
    if (fault.isPresent()) {
      panel.card().showFailed(fault.get().line());
    } else if (!RunCharts.isPending(name, state)) {
      panel.show(RunCharts.chart(name, state, past), generation, RunCharts.marks(name, state));
    }
  }

  private void showTensors(RunState state) {
    if (state.tensors().isEmpty()) {
      tensors.showEmpty("Nothing yet. The chart fills as soon as the trainer sends tensors.");
      return;
    }
    String option = TensorsJson.option(state.tensors(), state.epsilon());
    if (!option.equals(tensorsShown)) {
      tensors.chart().draw(option);
      tensorsShown = option;
    }
    tensors.showLoaded();
  }

  private void listEvents() {
    RunState state = live;
    if (state != null) {
      events.list(RunEvents.headings(state));
    }
  }

  private void openEvents(List<String> ids) {
    try {
      events.tell(desk.events(ids));
    } catch (RuntimeException e) {
      events.fail(StoreFault.of(e).line());
    }
  }

  private void stopReading() {
    if (reading != null) {
      reading.run();
      reading = null;
    }
    part = null;
  }

  @Override
  protected void onDetach(DetachEvent event) {
    stopReading();
  }
}
