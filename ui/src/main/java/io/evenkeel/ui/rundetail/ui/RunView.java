package io.evenkeel.ui.rundetail.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.tabs.Tab;
import com.vaadin.flow.component.tabs.Tabs;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.HasDynamicTitle;
import com.vaadin.flow.router.Location;
import com.vaadin.flow.router.QueryParameters;
import com.vaadin.flow.router.Route;
import io.evenkeel.ui.alerts.ui.AlertDeskPanel;
import io.evenkeel.ui.alerts.ui.AlertDesks;
import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.chart.LayerLoads;
import io.evenkeel.ui.chart.Point;
import io.evenkeel.ui.chart.Window;
import io.evenkeel.ui.control.ControlFeed;
import io.evenkeel.ui.control.OperatorActions;
import io.evenkeel.ui.control.ui.ControlPanel;
import io.evenkeel.ui.layout.Address;
import io.evenkeel.ui.livefeed.ui.LivePage;
import io.evenkeel.ui.rundetail.Part;
import io.evenkeel.ui.rundetail.Past;
import io.evenkeel.ui.rundetail.RunEvents;
import io.evenkeel.ui.rundetail.RunFeeds;
import io.evenkeel.ui.rundetail.RunState;
import io.evenkeel.ui.rundetail.RunWindows;
import io.evenkeel.ui.rundetail.SeriesName;
import io.evenkeel.ui.rundetail.SeriesNames;
import io.evenkeel.ui.runs.RunHeader;
import io.evenkeel.ui.security.Access;
import io.evenkeel.ui.store.StoreFault;
import jakarta.annotation.security.PermitAll;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One run, live: its charts, its control, its alerts. The address restores run and tab. */
@Route("runs/:run")
@PermitAll
public final class RunView extends LivePage<RunState>
    implements BeforeEnterObserver, HasDynamicTitle {
  private static final List<String> TABS = List.of("charts", "control", "alerts");

  private final transient RunFeeds feeds;
  private final transient RunWindows windows;
  private final transient SeriesNames names;
  private final transient RunEvents events;
  private final transient ControlFeed control;
  private final transient AlertDesks alerts;
  private final transient OperatorActions actions;
  private final transient Access access;
  private final transient Clock clock;
  private final Div facts = new Div();
  private final Tabs tabs = new Tabs();
  private final Div body = new Div();
  private final Map<String, Span> factTexts = new LinkedHashMap<>();
  private String run = "";
  private String tab = "";
  private transient View view = View.START;
  private @Nullable ChartsPage charts;
  private @Nullable AlertDeskPanel desk;

  /** Builds the page; the run comes with the route. */
  public RunView(
      RunFeeds feeds,
      RunWindows windows,
      SeriesNames names,
      RunEvents events,
      ControlFeed control,
      AlertDesks alerts,
      OperatorActions actions,
      Access access,
      Clock clock) {
    this.feeds = feeds;
    this.windows = windows;
    this.names = names;
    this.events = events;
    this.control = control;
    this.alerts = alerts;
    this.actions = actions;
    this.access = access;
    this.clock = clock;
    addClassName("page");
    facts.addClassName("facts");
    facts.setId("run-facts");
    tabs.setId("run-tabs");
    tabs.addClassName("run-tabs");
    // The component's own scroller can be focused, which a list of tabs may not hold besides tabs.
    tabs.addAttachListener(
        attached ->
            tabs.getElement()
                .executeJs(
                    "Promise.resolve(this.updateComplete).then(() =>"
                        + " this.shadowRoot.querySelector('#scroll')?.removeAttribute('tabindex'))"));
    for (String name : TABS) {
      var item = new Tab(Character.toUpperCase(name.charAt(0)) + name.substring(1));
      item.setId("tab-" + name);
      tabs.add(item);
    }
    tabs.addSelectedChangeListener(
        change -> {
          if (change.isFromClient()) {
            getUI()
                .ifPresent(
                    page ->
                        page.navigate(
                            "runs/" + run,
                            QueryParameters.of("tab", TABS.get(tabs.getSelectedIndex()))));
          }
        });
    var head = new Div(facts, tabs);
    head.addClassName("run-head");
    add(head, body);
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    String wantedRun = event.getRouteParameters().get("run").orElse("");
    String wantedTab =
        event
            .getLocation()
            .getQueryParameters()
            .getSingleParameter("tab")
            .filter(TABS::contains)
            .orElse(TABS.get(0));
    View wanted = View.of(event.getLocation().getQueryParameters());
    if (wantedRun.equals(run) && wantedTab.equals(tab)) {
      if (charts != null && !wanted.equals(view)) {
        charts.look(wanted);
      }
      if (desk != null) {
        desk.look(event.getLocation().getQueryParameters());
      }
      return;
    }
    view = wanted;
    run = wantedRun;
    tab = wantedTab;
    tabs.setSelectedIndex(TABS.indexOf(tab));
    body.removeAll();
    charts = null;
    desk = null;
    switch (tab) {
      case "control" -> body.add(new ControlPanel(run, control, actions, access, clock));
      case "alerts" -> {
        desk = alerts.open(run, event.getLocation().getQueryParameters(), this::rememberAlerts);
        body.add(desk);
      }
      default -> {
        charts = new ChartsPage(run, new Desk(run), view, this::remember);
        body.add(charts);
      }
    }
    // Also when only the tab changed: its charts want the whole state, at once.
    follow(listener -> feeds.follow(run, listener));
  }

  // The address always restores what is seen.
  private void remember(View now) {
    view = now;
    getUI()
        .ifPresent(
            page ->
                page.getPage()
                    .getHistory()
                    .replaceState(
                        null, new Location("runs/" + run, new QueryParameters(now.parameters()))));
  }

  private void rememberAlerts(Map<String, String> parameters) {
    Map<String, String> address = new LinkedHashMap<>(parameters);
    address.put("tab", "alerts");
    Address.show(this, "runs/" + run, address);
  }

  @Override
  public String getPageTitle() {
    return run + " · Evenkeel";
  }

  @Override
  protected void show(RunState state) {
    showFacts(state.header());
    if (charts != null) {
      charts.show(state);
    }
  }

  private void showFacts(RunHeader header) {
    Instant now = clock.instant();
    Span status = fact("status", "");
    status.setText(header.status());
    status.setClassName("badge status-" + header.status());
    say(
        "Step",
        Figures.count(header.lastStep())
            + (header.plannedSteps() > 0 ? " of " + Figures.count(header.plannedSteps()) : ""));
    say("Loss", Figures.figure(header.lossLast()));
    say("Tokens", Figures.figure((double) header.tokensTotal()));
    say(
        "Model",
        header.layers()
            + " layers · "
            + header.ffnExperts()
            + " + "
            + header.zeroExperts()
            + " experts");
    say("Ranks", Integer.toString(header.worldSize()));
    if (header.incarnation() > 0) {
      say("Incarnation", Integer.toString(header.incarnation()));
    }
    Span age = fact("telemetry", "");
    age.setId("telemetry-age");
    String ago = Figures.ago(header.lastTelemetryAt(), now);
    age.setText(header.isStale(now) ? "▲ stale: last telemetry " + ago : "Telemetry " + ago);
    age.setClassName(header.isStale(now) ? "fact stale" : "fact fresh");
  }

  /** Answers the charts' questions about one run. */
  private final class Desk implements RunDesk {
    private final String asked;

    private Desk(String asked) {
      this.asked = asked;
    }

    @Override
    public void retry() {
      feeds.retry(asked);
    }

    @Override
    public void watchLayer(int layer) {
      feeds.watchLayer(asked, layer);
    }

    @Override
    public Runnable read(
        RunHeader header,
        Window window,
        int layer,
        String chart,
        Consumer<Part> listener,
        Consumer<StoreFault> failed) {
      return windows.read(header, window, layer, chart, listener, failed);
    }

    @Override
    public void past(
        RunHeader header, Window window, Consumer<Past> listener, Consumer<StoreFault> failed) {
      windows.past(header, window, listener, failed);
    }

    @Override
    public void layerLoads(
        RunHeader header, long step, Consumer<LayerLoads> listener, Consumer<StoreFault> failed) {
      windows.layerLoads(header, step, listener, failed);
    }

    @Override
    public Stream<SeriesName> seriesNames(String words) {
      return names.search(asked, words);
    }

    @Override
    public void ownSeries(
        RunHeader header,
        List<SeriesName> wanted,
        long from,
        long to,
        Consumer<Map<SeriesName, List<Point>>> listener,
        Consumer<StoreFault> failed) {
      windows.ownSeries(header, wanted, from, to, listener, failed);
    }

    @Override
    public List<RunEvents.Happening> events(List<String> ids) {
      return events.read(asked, ids);
    }
  }

  private void say(String label, String value) {
    fact(label, label).setText(value);
  }

  private Span fact(String key, String label) {
    return factTexts.computeIfAbsent(
        key,
        unused -> {
          var value = new Span();
          if (label.isEmpty()) {
            facts.add(value);
          } else {
            var name = new Span(label);
            name.addClassName("fact-label");
            var fact = new Span(name, value);
            fact.addClassName("fact");
            facts.add(fact);
          }
          value.setId("fact-" + key.toLowerCase(java.util.Locale.ROOT));
          return value;
        });
  }
}
