package io.evenkeel.ui.health.ui;

import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H3;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.health.Health;
import io.evenkeel.ui.health.HealthFeed;
import io.evenkeel.ui.health.PipelineFeed;
import io.evenkeel.ui.livefeed.ui.LivePage;
import jakarta.annotation.security.PermitAll;
import java.time.Clock;

/** What Evenkeel itself is doing. Texts from outside are set as text. */
@Route("health")
@PageTitle("Health · Evenkeel")
@PermitAll
public final class HealthView extends LivePage<Health> {
  private final transient Clock clock;
  private final Span database = new Span();
  private final Span versions = new Span();
  private final Grid<Health.Count> counts = new Grid<>();
  private final Grid<Health.Letter> letters = new Grid<>();

  /** Builds the page. */
  public HealthView(HealthFeed feed, PipelineFeed pipeline, Clock clock) {
    this.clock = clock;
    addClassName("page");
    database.setId("database");
    versions.setId("versions");
    versions.addClassName("secondary");
    counts.setId("telemetry-counts");
    letters.setId("dead-letters");
    columns();
    var databaseCard =
        card(
            "Database and versions",
            "Where everything is kept, and what runs.",
            database,
            versions);
    add(
        card("Services", "What each has still to read from Kafka.", new PipelineCard(pipeline)),
        databaseCard,
        card(
            "Telemetry",
            "Observations stored, and those that senders dropped rather than slow training.",
            counts),
        card(
            "Refused records",
            "What could not be read or stored; the bytes are in the dead-letter topic.",
            letters));
    follow(feed::follow);
  }

  @Override
  protected void show(Health health) {
    database.setText("● reached · " + health.database());
    database.addClassName("good");
    versions.setText(health.versions());
    counts.setItems(health.counts());
    letters.setItems(health.letters());
  }

  private void columns() {
    for (Grid<?> grid : java.util.List.of(counts, letters)) {
      grid.setAllRowsVisible(true);
      grid.addThemeVariants(
          GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_COMPACT, GridVariant.LUMO_WRAP_CELL_CONTENT);
    }
    counts.setEmptyStateText("No telemetry yet.");
    counts.addColumn(Health.Count::run).setHeader("Run").setFlexGrow(1);
    counts
        .addColumn(count -> Integer.toString(count.incarnation()))
        .setHeader("Incarnation")
        .setAutoWidth(true);
    counts.addColumn(count -> Figures.count(count.stored())).setHeader("Stored").setAutoWidth(true);
    counts
        .addColumn(count -> Figures.count(count.dropped()))
        .setHeader("Dropped")
        .setAutoWidth(true);
    counts
        .addColumn(
            count -> Figures.count(count.firstStep()) + " – " + Figures.count(count.lastStep()))
        .setHeader("Steps")
        .setAutoWidth(true);
    letters.setEmptyStateText("None. Every record that arrived was understood and stored.");
    letters
        .addColumn(letter -> Figures.ago(letter.at(), clock.instant()))
        .setHeader("When")
        .setWidth("110px")
        .setFlexGrow(0);
    letters.addColumn(Health.Letter::errorId).setHeader("Error").setWidth("190px").setFlexGrow(0);
    letters.addColumn(Health.Letter::source).setHeader("Topic").setWidth("210px").setFlexGrow(0);
    letters
        .addColumn(Health.Letter::service)
        .setHeader("Refused by")
        .setWidth("120px")
        .setFlexGrow(0);
    letters
        .addColumn(letter -> Figures.count(letter.bytes()))
        .setHeader("Bytes")
        .setWidth("90px")
        .setFlexGrow(0);
    letters.addColumn(Health.Letter::message).setHeader("Why").setFlexGrow(1);
  }

  private static Section card(
      String title, String description, com.vaadin.flow.component.Component... content) {
    var text = new Span(description);
    text.addClassName("secondary");
    var head = new Div(new H3(title), text);
    head.addClassName("card-head");
    var card = new Section(head);
    card.add(content);
    card.addClassName("card");
    return card;
  }
}
