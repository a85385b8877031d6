package io.evenkeel.ui.health.ui;

import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Span;
import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.health.Pipeline;
import io.evenkeel.ui.health.PipelineFeed;
import io.evenkeel.ui.livefeed.ui.LivePage;
import java.util.List;

/** How far the services are behind; says so by itself when Kafka is away. */
final class PipelineCard extends LivePage<Pipeline> {
  private final Grid<Pipeline.Service> grid = new Grid<>();
  private List<Pipeline.Service> shown = List.of();

  PipelineCard(PipelineFeed feed) {
    grid.setId("pipeline");
    grid.getElement().setAttribute("aria-label", "Services");
    grid.setAllRowsVisible(true);
    grid.addThemeVariants(
        GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_COMPACT, GridVariant.LUMO_WRAP_CELL_CONTENT);
    grid.setEmptyStateText("Asking Kafka…");
    grid.addColumn(Pipeline.Service::name).setHeader("Service").setWidth("150px").setFlexGrow(0);
    grid.addComponentColumn(PipelineCard::standing)
        .setHeader("State")
        .setWidth("170px")
        .setFlexGrow(0);
    grid.addColumn(service -> Figures.count(service.behind()))
        .setHeader("Records behind")
        .setWidth("150px")
        .setFlexGrow(0);
    grid.addColumn(Pipeline.Service::does).setHeader("What it does").setFlexGrow(1);
    add(grid);
    follow(feed::follow);
  }

  @Override
  protected void show(Pipeline pipeline) {
    if (!pipeline.services().equals(shown)) {
      shown = pipeline.services();
      grid.setItems(shown);
    }
  }

  private static Span standing(Pipeline.Service service) {
    var badge = new Span();
    badge.addClassName("badge");
    switch (service.standing()) {
      case CURRENT -> {
        badge.setText("keeps up");
        badge.addClassName("badge-good");
      }
      case BEHIND -> {
        badge.setText("behind");
        badge.addClassName("badge-warn");
      }
      case UNSEEN -> {
        badge.setText("not seen yet");
        badge.addClassName("badge-plain");
      }
    }
    return badge;
  }
}
