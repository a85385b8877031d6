package io.evenkeel.ui.control.ui;

import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.value.ValueChangeMode;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import io.evenkeel.ui.control.AuditLine;
import io.evenkeel.ui.control.ControlFeed;
import io.evenkeel.ui.livefeed.ui.LivePage;
import jakarta.annotation.security.PermitAll;
import java.time.Clock;
import java.util.List;
import java.util.Locale;

/** The audit trail of all runs. */
@Route("audit")
@PageTitle("Audit · Evenkeel")
@PermitAll
public final class AuditView extends LivePage<List<AuditLine>> {
  private final TextField filter = new TextField();
  private final AuditGrid grid;
  private List<AuditLine> lines = List.of();

  /** Builds the page. */
  public AuditView(ControlFeed feed, Clock clock) {
    addClassNames("page", "fill");
    filter.setId("audit-filter");
    filter.setPlaceholder("Filter by run, knob, person, decision or reason");
    filter.setAriaLabel("Filter the audit trail");
    filter.setClearButtonVisible(true);
    filter.setValueChangeMode(ValueChangeMode.LAZY);
    filter.addClassName("filter");
    filter.addValueChangeListener(change -> refresh());
    grid = new AuditGrid(clock, AuditGrid.Scope.ALL_RUNS);
    grid.setEmptyStateText(
        "No decision yet. The controller writes one here whenever it acts, proposes, or holds back.");
    add(filter, grid);
    follow(feed::followTrail);
  }

  @Override
  protected void show(List<AuditLine> state) {
    lines = state;
    refresh();
  }

  private void refresh() {
    String wanted = filter.getValue().toLowerCase(Locale.ROOT).strip();
    grid.show(lines.stream().filter(line -> matches(line, wanted)).toList());
  }

  private static boolean matches(AuditLine line, String wanted) {
    return wanted.isEmpty()
        || String.join(
                " ",
                line.run(),
                line.target(),
                line.actor(),
                line.decision(),
                line.errorId(),
                line.reason())
            .toLowerCase(Locale.ROOT)
            .contains(wanted);
  }
}
