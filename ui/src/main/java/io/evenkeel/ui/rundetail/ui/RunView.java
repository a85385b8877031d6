package io.evenkeel.ui.rundetail.ui;

import com.vaadin.flow.component.AttachEvent;
import com.vaadin.flow.component.DetachEvent;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.tabs.Tab;
import com.vaadin.flow.component.tabs.Tabs;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.HasDynamicTitle;
import com.vaadin.flow.router.Route;
import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.livefeed.Tick;
import io.evenkeel.ui.livefeed.ui.PushChannel;
import io.evenkeel.ui.rundetail.RunFeeds;
import io.evenkeel.ui.rundetail.RunState;
import io.evenkeel.ui.runs.RunHeader;
import jakarta.annotation.security.PermitAll;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One run, live. */
@Route("runs/:run")
@PermitAll
public final class RunView extends Div implements BeforeEnterObserver, HasDynamicTitle {
  private final transient RunFeeds feeds;
  private final transient Clock clock;
  private final Div facts = new Div();
  private final Div banner = new Div();
  private final Div body = new Div();
  private String run = "";
  private transient @Nullable Runnable unfollow;
  private @Nullable ChartsPage charts;

  /** Builds the page; the run comes with the route. */
  public RunView(RunFeeds feeds, Clock clock) {
    this.feeds = feeds;
    this.clock = clock;
    addClassName("page");
    facts.addClassName("facts");
    facts.setId("run-facts");
    banner.addClassName("banner");
    banner.setId("banner");
    banner.getElement().setAttribute("role", "status");
    banner.setVisible(false);
    add(facts, banner, body);
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    String wanted = event.getRouteParameters().get("run").orElse("");
    if (!wanted.equals(run)) {
      stop();
      run = wanted;
      body.removeAll();
      charts = new ChartsPage(run, () -> feeds.retry(run), layer -> feeds.watchLayer(run, layer));
      body.add(charts);
      getUI().ifPresent(page -> follow(new PushChannel<>(page, this::show)));
    }
  }

  @Override
  public String getPageTitle() {
    return run + " · Evenkeel";
  }

  @Override
  protected void onAttach(AttachEvent event) {
    follow(new PushChannel<>(event.getUI(), this::show));
  }

  @Override
  protected void onDetach(DetachEvent event) {
    stop();
  }

  private void follow(PushChannel<RunState> channel) {
    if (unfollow == null) {
      unfollow = feeds.follow(run, channel);
    }
  }

  private void stop() {
    if (unfollow != null) {
      unfollow.run();
      unfollow = null;
    }
  }

  private void show(Tick<RunState> tick) {
    switch (tick) {
      case Tick.Fresh<RunState> fresh -> {
        banner.setVisible(false);
        showFacts(fresh.state().header());
        if (charts != null) {
          charts.show(fresh.state());
        }
      }
      case Tick.Failed<RunState> failed -> {
        banner.setText(failed.fault().line());
        banner.setVisible(true);
      }
    }
  }

  private void showFacts(RunHeader header) {
    Instant now = clock.instant();
    facts.removeAll();
    facts.add(status(header));
    facts.add(
        fact(
            "Step",
            Figures.count(header.lastStep())
                + (header.plannedSteps() > 0
                    ? " of " + Figures.count(header.plannedSteps())
                    : "")));
    facts.add(fact("Loss", Figures.figure(header.lossLast())));
    facts.add(fact("Tokens", Figures.figure((double) header.tokensTotal())));
    facts.add(
        fact(
            "Model",
            header.layers()
                + " layers · "
                + header.ffnExperts()
                + " FFN + "
                + header.zeroExperts()
                + " zero experts"));
    facts.add(fact("Ranks", Integer.toString(header.worldSize())));
    if (header.incarnation() > 0) {
      facts.add(fact("Incarnation", Integer.toString(header.incarnation())));
    }
    Span age = fact("Telemetry", Figures.ago(header.lastTelemetryAt(), now));
    age.setId("telemetry-age");
    if (header.isStale(now)) {
      age.addClassName("stale");
      age.setText("▲ stale: last telemetry " + Figures.ago(header.lastTelemetryAt(), now));
    }
    facts.add(age);
  }

  private static Span status(RunHeader header) {
    var badge = new Span(header.status());
    badge.addClassNames("badge", "status-" + header.status());
    badge.setId("run-status");
    return badge;
  }

  private static Span fact(String label, String value) {
    var name = new Span(label);
    name.addClassName("fact-label");
    var fact = new Span(name, new Span(value));
    fact.addClassName("fact");
    return fact;
  }

  // Kept for the tabs of control, alerts and audit.
  static Tabs tabs(Tab... tabs) {
    return new Tabs(tabs);
  }
}
