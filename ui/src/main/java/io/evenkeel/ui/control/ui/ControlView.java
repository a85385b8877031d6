package io.evenkeel.ui.control.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.router.RouteAlias;
import io.evenkeel.ui.control.ControlFeed;
import io.evenkeel.ui.control.OperatorActions;
import io.evenkeel.ui.livefeed.ui.LivePage;
import io.evenkeel.ui.runs.RunFeed;
import io.evenkeel.ui.runs.RunRow;
import io.evenkeel.ui.security.Access;
import jakarta.annotation.security.PermitAll;
import java.time.Clock;
import java.util.List;

/** Steering, a run at a time. */
@Route("control")
@RouteAlias("control/:run")
@PageTitle("Control · Evenkeel")
@PermitAll
public final class ControlView extends LivePage<List<RunRow>> implements BeforeEnterObserver {
  private final transient ControlFeed feed;
  private final transient OperatorActions actions;
  private final transient Access access;
  private final transient Clock clock;
  private final Select<String> run = new Select<>();
  private final Div body = new Div();
  private List<String> known = List.of();
  private String shown = "";

  /** Builds the page. */
  public ControlView(
      RunFeed runs, ControlFeed feed, OperatorActions actions, Access access, Clock clock) {
    this.feed = feed;
    this.actions = actions;
    this.access = access;
    this.clock = clock;
    addClassName("page");
    run.setId("control-run");
    run.setLabel("Run");
    run.addClassName("run-select");
    run.setVisible(false);
    run.addValueChangeListener(
        change -> {
          if (change.isFromClient() && change.getValue() != null) {
            getUI().ifPresent(page -> page.navigate("control/" + change.getValue()));
          }
        });
    var head = new Div(run, new KillAllBar(feed, actions, access));
    head.addClassName("control-head");
    add(head, body);
    follow(runs::follow);
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    event.getRouteParameters().get("run").ifPresent(this::open);
  }

  @Override
  protected void show(List<RunRow> rows) {
    List<String> names = rows.stream().map(row -> row.header().run()).toList();
    if (!names.equals(known)) {
      known = names;
      run.setItems(names);
      run.setVisible(!names.isEmpty());
      if (names.contains(shown)) {
        run.setValue(shown);
      }
    }
    if (shown.isEmpty()) {
      if (names.isEmpty()) {
        showNone();
      } else {
        open(names.get(0));
      }
    }
  }

  private void open(String name) {
    if (name.equals(shown)) {
      return;
    }
    shown = name;
    if (known.contains(name)) {
      run.setValue(name);
    }
    body.removeAll();
    body.add(new ControlPanel(name, feed, actions, access, clock));
  }

  private void showNone() {
    if (body.getComponentCount() == 0) {
      var none =
          new Div(
              new H2("Nothing to steer yet"),
              new Paragraph(
                  "Knobs appear here as soon as a run declares them. ./evenkeel up starts one."));
      none.addClassName("empty");
      body.add(none);
    }
  }
}
