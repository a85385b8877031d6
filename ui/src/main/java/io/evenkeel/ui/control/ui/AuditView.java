package io.evenkeel.ui.control.ui;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.AttachmentType;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.value.ValueChangeMode;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.server.streams.DownloadHandler;
import io.evenkeel.contract.audit.Decision;
import io.evenkeel.ui.control.AuditExport;
import io.evenkeel.ui.control.AuditFilter;
import io.evenkeel.ui.control.AuditPage;
import io.evenkeel.ui.control.ControlFeed;
import io.evenkeel.ui.layout.Address;
import io.evenkeel.ui.livefeed.ui.LivePage;
import jakarta.annotation.security.PermitAll;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The audit trail of all runs: filtered, live, linked to, and exported. */
@Route("audit")
@PageTitle("Audit · Evenkeel")
@PermitAll
public final class AuditView extends LivePage<AuditPage> implements BeforeEnterObserver {
  private static final int PAGE = 200;
  private static final int MOST = 2_000;
  private static final List<String> DECISIONS =
      Arrays.stream(Decision.values()).map(value -> value.name().toLowerCase(Locale.ROOT)).toList();

  private final transient ControlFeed feed;
  private final TextField run = field("run", "Run");
  private final TextField actor = field("actor", "Person or policy");
  private final Select<String> decision = new Select<>();
  private final TextField knob = field("knob", "Knob");
  private final TextField text = field("text", "Words in the reason");
  private final Button more = new Button("Show older");
  private final AuditGrid grid;
  private volatile AuditFilter filter = AuditFilter.ALL;
  private int limit = PAGE;

  /** Builds the page. */
  public AuditView(ControlFeed feed, AuditExport export, Clock clock) {
    this.feed = feed;
    addClassNames("page", "fill");
    decision.setId("audit-decision");
    decision.setLabel("Decision");
    decision.setItems(DECISIONS);
    decision.setEmptySelectionAllowed(true);
    decision.setEmptySelectionCaption("any");
    decision.addValueChangeListener(
        change -> {
          if (change.isFromClient()) {
            ask();
          }
        });
    var clear = new Button("Clear", click -> open(AuditFilter.ALL));
    clear.setId("audit-clear");
    var bar =
        new Div(
            run,
            actor,
            decision,
            knob,
            text,
            clear,
            download(export, AuditExport.Format.CSV),
            download(export, AuditExport.Format.JSONL));
    bar.addClassName("filter-bar");
    bar.getElement().setAttribute("role", "search");
    bar.getElement().setAttribute("aria-label", "Filter the audit trail");
    grid = new AuditGrid(clock, AuditGrid.Scope.ALL_RUNS);
    more.setId("audit-more");
    more.setVisible(false);
    more.addClickListener(
        click -> {
          limit = Math.min(MOST, limit + 5 * PAGE);
          follow();
        });
    add(bar, grid, more);
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    fill(AuditFilter.of(event.getLocation().getQueryParameters()::getSingleParameter));
    follow();
  }

  @Override
  protected void show(AuditPage page) {
    grid.setEmptyStateText(
        filter.equals(AuditFilter.ALL)
            ? "No decision yet. The controller writes one here whenever it acts, proposes, or holds back."
            : "Nothing matches. Clear a field, or look for a part of a word.");
    grid.show(page.lines());
    more.setVisible(page.rest() == AuditPage.Rest.OLDER);
    boolean all = limit >= MOST;
    more.setEnabled(!all);
    more.setText(all ? "Older ones are in the export" : "Show older");
  }

  private void ask() {
    open(
        new AuditFilter(
            run.getValue(),
            actor.getValue(),
            decision.getOptionalValue().orElse(""),
            knob.getValue(),
            text.getValue()));
  }

  private void open(AuditFilter wanted) {
    if (wanted.equals(filter)) {
      return;
    }
    fill(wanted);
    Address.show(this, "audit", wanted.parameters());
    follow();
  }

  private void fill(AuditFilter wanted) {
    filter = wanted;
    limit = PAGE;
    run.setValue(wanted.run());
    actor.setValue(wanted.actor());
    decision.setValue(DECISIONS.contains(wanted.decision()) ? wanted.decision() : null);
    knob.setValue(wanted.knob());
    text.setValue(wanted.text());
  }

  private void follow() {
    AuditFilter wanted = filter;
    int most = limit;
    follow(listener -> feed.followTrail(wanted, most, listener));
  }

  private Anchor download(AuditExport export, AuditExport.Format format) {
    var link =
        new Anchor(
            (DownloadHandler)
                event -> {
                  event.setContentType(format.mediaType());
                  event.setFileName(format.fileName());
                  export.write(filter, format, event.getOutputStream());
                },
            AttachmentType.DOWNLOAD,
            format.name());
    link.setId("audit-" + format.name().toLowerCase(Locale.ROOT));
    link.setTitle("What the filter shows, all of it, as " + format.name());
    link.addClassName("download");
    return link;
  }

  private TextField field(String name, String label) {
    var field = new TextField(label);
    field.setId("audit-" + name);
    field.setClearButtonVisible(true);
    field.setValueChangeMode(ValueChangeMode.LAZY);
    field.setValueChangeTimeout(300);
    field.setMaxLength(200);
    field.addValueChangeListener(
        change -> {
          if (change.isFromClient()) {
            ask();
          }
        });
    return field;
  }
}
