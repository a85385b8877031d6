package io.evenkeel.ui.security.ui;

import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Span;
import io.evenkeel.ui.activity.Activity;
import java.time.Clock;
import java.util.List;
import java.util.Locale;

/** What people did. */
final class ActivityGrid extends Grid<Activity> {
  ActivityGrid(Clock clock) {
    setId("activity");
    addThemeVariants(
        GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_COMPACT, GridVariant.LUMO_WRAP_CELL_CONTENT);
    setEmptyStateText("Nothing yet.");
    setHeight("420px");
    addColumn(line -> Moments.ago(line.at(), clock))
        .setHeader("When")
        .setWidth("110px")
        .setFlexGrow(0);
    addColumn(Activity::actor).setHeader("Who").setWidth("190px").setFlexGrow(0);
    addComponentColumn(ActivityGrid::outcome).setHeader("").setWidth("110px").setFlexGrow(0);
    addColumn(Activity::action).setHeader("What").setWidth("160px").setFlexGrow(0);
    addColumn(line -> (line.subject() + "  " + line.detail()).strip())
        .setHeader("Of what")
        .setFlexGrow(1);
    addColumn(Activity::address).setHeader("From").setWidth("150px").setFlexGrow(0);
  }

  void show(List<Activity> lines) {
    setItems(lines);
  }

  private static Span outcome(Activity line) {
    var badge = new Span(line.outcome().name().toLowerCase(Locale.ROOT));
    badge.addClassNames(
        "badge", line.outcome() == Activity.Outcome.DONE ? "badge-good" : "badge-bad");
    return badge;
  }
}
