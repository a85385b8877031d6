package io.evenkeel.ui.alerts.ui;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.value.ValueChangeMode;
import com.vaadin.flow.router.QueryParameters;
import io.evenkeel.ui.alerts.AlertActions;
import io.evenkeel.ui.alerts.AlertDesk;
import io.evenkeel.ui.alerts.AlertDeskFeed;
import io.evenkeel.ui.alerts.AlertFilter;
import io.evenkeel.ui.alerts.AlertLine;
import io.evenkeel.ui.alerts.Runbooks;
import io.evenkeel.ui.control.ui.RequestLog;
import io.evenkeel.ui.evidence.EvidenceDesk;
import io.evenkeel.ui.livefeed.ui.LivePage;
import io.evenkeel.ui.rules.RuleFeed;
import io.evenkeel.ui.security.Access;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Incidents of a run, or of all: found, looked into, taken on, silenced, and whom they were told.
 */
public final class AlertDeskPanel extends LivePage<AlertDesk> {
  private static final List<String> SEVERITIES = List.of("critical", "warning", "info");
  private static final List<String> STATES = List.of("open", "firing", "pending", "resolved");

  private final transient AlertDeskFeed feed;
  private final String ofRun;
  private final transient Consumer<Map<String, String>> address;
  private final TextField run = field("run", "Run");
  private final TextField rule = field("rule", "Rule");
  private final Select<String> severity = choice("severity", "Severity", SEVERITIES);
  private final Select<String> state = choice("state", "State", STATES);
  private final TextField text = field("text", "Words in it");
  private final AlertTable table;
  private final AlertDetail detail;
  private final NoticeCard notices;
  private final SilenceCard silences;
  private final RequestLog requests = new RequestLog();
  private AlertFilter filter = AlertFilter.ALL;
  private String chosen = "";

  /**
   * A panel.
   *
   * @param run the run that it is about; empty: all of them
   * @param asked the parameters of the address that it was opened with
   * @param address hears the parameters of the address that restores it, without the run that it is
   *     about
   */
  AlertDeskPanel(
      String run,
      QueryParameters asked,
      Consumer<Map<String, String>> address,
      AlertDeskFeed feed,
      AlertActions actions,
      EvidenceDesk evidence,
      Runbooks runbooks,
      RuleFeed rules,
      Access access,
      Clock clock) {
    this.feed = feed;
    this.ofRun = run;
    this.address = address;
    addClassName("alert-desk");
    setId("alert-desk");
    this.run.setVisible(run.isEmpty());
    table = new AlertTable(clock, alert -> choose(alert.alertId()));
    detail =
        new AlertDetail(
            actions, evidence, runbooks, rules, access, clock, requests, () -> choose(""));
    notices = new NoticeCard(actions, access, clock, requests);
    silences = new SilenceCard(actions, access, clock, requests);
    var clear = new Button("Clear", click -> open(AlertFilter.ofRun(ofRun)));
    clear.setId("alert-clear");
    var bar = new Div(this.run, rule, severity, state, text, clear);
    bar.addClassName("filter-bar");
    bar.getElement().setAttribute("role", "search");
    bar.getElement().setAttribute("aria-label", "Filter alerts");
    var columns = new Div(table, detail);
    columns.addClassName("alert-columns");
    add(bar, requests, columns, silences, notices);
    look(asked);
  }

  /** Shows what an address asks for. */
  public void look(QueryParameters asked) {
    AlertFilter wanted = AlertFilter.of(asked::getSingleParameter);
    fill(ofRun.isEmpty() ? wanted : wanted.withRun(ofRun));
    chosen = asked.getSingleParameter("alert").orElse("");
    follow();
  }

  @Override
  protected void show(AlertDesk desk) {
    AlertLine wanted =
        desk.alerts().stream()
            .filter(alert -> alert.alertId().equals(chosen))
            .findFirst()
            .orElse(null);
    table.show(desk, filter, AlertFilter.ofRun(ofRun), chosen);
    if (wanted == null) {
      detail.showNone(
          chosen.isEmpty()
              ? "Choose an alert to see what it rests on and what to do."
              : "There is no such alert; its run may have been deleted.");
    } else {
      detail.show(wanted, desk);
    }
    silences.show(desk.silences());
    notices.show(desk.notices(), wanted);
    requests.hear(desk.answers());
  }

  private void choose(String alert) {
    if (alert.equals(chosen)) {
      return;
    }
    chosen = alert;
    tellAddress();
    follow();
  }

  private void ask() {
    open(
        new AlertFilter(
            ofRun.isEmpty() ? run.getValue() : ofRun,
            rule.getValue(),
            severity.getOptionalValue().orElse(""),
            state.getOptionalValue().orElse(""),
            text.getValue()));
  }

  private void open(AlertFilter wanted) {
    if (!wanted.equals(filter)) {
      fill(wanted);
      tellAddress();
      follow();
    }
  }

  private void fill(AlertFilter wanted) {
    filter = wanted;
    run.setValue(wanted.run());
    rule.setValue(wanted.rule());
    severity.setValue(SEVERITIES.contains(wanted.severity()) ? wanted.severity() : null);
    state.setValue(STATES.contains(wanted.state()) ? wanted.state() : null);
    text.setValue(wanted.text());
  }

  private void follow() {
    AlertFilter wanted = filter;
    String alert = chosen;
    follow(listener -> feed.follow(wanted, alert, listener));
  }

  private void tellAddress() {
    Map<String, String> parameters = new LinkedHashMap<>(filter.parameters());
    if (!ofRun.isEmpty()) {
      parameters.remove("run");
    }
    if (!chosen.isEmpty()) {
      parameters.put("alert", chosen);
    }
    address.accept(parameters);
  }

  private Select<String> choice(String name, String label, List<String> values) {
    var choice = new Select<String>();
    choice.setId("alert-" + name);
    choice.setLabel(label);
    choice.setItems(values);
    choice.setEmptySelectionAllowed(true);
    choice.setEmptySelectionCaption("any");
    choice.addValueChangeListener(
        change -> {
          if (change.isFromClient()) {
            ask();
          }
        });
    return choice;
  }

  private TextField field(String name, String label) {
    var field = new TextField(label);
    field.setId("alert-" + name);
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
