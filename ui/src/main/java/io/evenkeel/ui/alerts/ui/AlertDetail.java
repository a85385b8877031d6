package io.evenkeel.ui.alerts.ui;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.UIDetachedException;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H3;
import com.vaadin.flow.component.html.NativeDetails;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.markdown.Markdown;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.ui.alerts.Acknowledgement;
import io.evenkeel.ui.alerts.AlertActions;
import io.evenkeel.ui.alerts.AlertDesk;
import io.evenkeel.ui.alerts.AlertLine;
import io.evenkeel.ui.alerts.Runbooks;
import io.evenkeel.ui.chart.ChartJson;
import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.chart.Marks;
import io.evenkeel.ui.chart.MarksJson;
import io.evenkeel.ui.chart.ui.ChartCard;
import io.evenkeel.ui.control.ui.RequestLog;
import io.evenkeel.ui.evidence.Evidence;
import io.evenkeel.ui.evidence.EvidenceDesk;
import io.evenkeel.ui.evidence.EvidenceReader;
import io.evenkeel.ui.rules.RuleFeed;
import io.evenkeel.ui.security.Access;
import io.evenkeel.ui.security.Role;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One incident: what it rests on, what to do, and what can be done with it here. */
final class AlertDetail extends Section {
  private static final long STEPS_AROUND = 200;

  private final transient AlertActions actions;
  private final transient EvidenceDesk evidence;
  private final transient Runbooks runbooks;
  private final transient RuleFeed rules;
  private final transient Access access;
  private final transient Clock clock;
  private final RequestLog requests;
  private final transient Runnable closing;
  private final Div none = new Div();
  private final Div body = new Div();
  private final Div badges = new Div();
  private final Paragraph standing = new Paragraph();
  private final Button acknowledge = new Button("Take it on");
  private final Div chartBox = new Div();
  private @Nullable AlertLine shown;
  private @Nullable ChartCard chart;
  private int asked;

  AlertDetail(
      AlertActions actions,
      EvidenceDesk evidence,
      Runbooks runbooks,
      RuleFeed rules,
      Access access,
      Clock clock,
      RequestLog requests,
      Runnable close) {
    this.actions = actions;
    this.evidence = evidence;
    this.runbooks = runbooks;
    this.rules = rules;
    this.access = access;
    this.clock = clock;
    this.requests = requests;
    this.closing = close;
    addClassNames("card", "alert-detail");
    setId("alert-detail");
    none.addClassName("empty");
    body.setVisible(false);
    acknowledge.setId("acknowledge");
    acknowledge.addThemeVariants(ButtonVariant.LUMO_PRIMARY);
    acknowledge.addClickListener(click -> acknowledge());
    standing.setId("alert-standing");
    standing.getElement().setAttribute("role", "status");
    badges.addClassName("alert-badges");
    add(none, body);
    // Followed from now on, so that what an own rule says is known when it is asked for.
    rules.now();
  }

  void showNone(String why) {
    shown = null;
    body.setVisible(false);
    none.setText(why);
    none.setVisible(true);
  }

  void show(AlertLine alert, AlertDesk desk) {
    AlertLine before = shown;
    shown = alert;
    none.setVisible(false);
    body.setVisible(true);
    if (before == null || !before.alertId().equals(alert.alertId())) {
      build(alert);
      load(alert);
    } else if (!Objects.equals(before.state(), alert.state())) {
      load(alert);
    }
    badges.removeAll();
    badges.add(Badges.severity(alert.severity()), Badges.state(alert.state()));
    Acknowledgement taken = desk.acknowledged().get(alert.alertId());
    standing.setText(standing(alert, taken));
    acknowledge.setVisible(alert.isOpen());
    acknowledge.setEnabled(access.has(Role.OPERATOR) && taken == null);
    acknowledge.setText(taken == null ? "Take it on" : "Taken on");
  }

  private String standing(AlertLine alert, @Nullable Acknowledgement taken) {
    var said = new StringBuilder();
    said.append(alert.isOpen() ? "Open since step " : "From step ");
    said.append(Figures.count(alert.firedStep() == null ? alert.firstStep() : alert.firedStep()));
    if (alert.resolvedStep() != null) {
      said.append(" to ").append(Figures.count(alert.resolvedStep()));
    }
    said.append(", fired ").append(Figures.ago(alert.firedAt(), clock.instant())).append('.');
    if (taken != null) {
      said.append(" Taken on by ").append(taken.who()).append(' ');
      said.append(Figures.ago(taken.at(), clock.instant()));
      said.append(taken.note().isEmpty() ? "." : ": " + taken.note());
    }
    return said.toString();
  }

  private void build(AlertLine alert) {
    body.removeAll();
    var title = new H3(alert.rule() + " · " + alert.scope());
    title.setId("alert-title");
    var close = new Button("Close", click -> closing.run());
    close.setId("alert-close");
    close.addThemeVariants(ButtonVariant.LUMO_TERTIARY, ButtonVariant.LUMO_SMALL);
    var head = new Div(title, badges, close);
    head.addClassName("alert-head");
    var sentence = new Paragraph(alert.summary());
    sentence.addClassName("alert-sentence");
    var value =
        new Paragraph(
            "Value "
                + Figures.figure(alert.value())
                + " against a limit of "
                + Figures.figure(alert.threshold())
                + ".");
    value.addClassName("secondary");
    body.add(head, sentence, value, standing, deeds(alert), chartBox, instructions(alert));
  }

  private Div deeds(AlertLine alert) {
    var silence = new Button("Silence…", click -> silence(alert));
    silence.setId("silence");
    silence.setEnabled(access.has(Role.OPERATOR));
    String encoded = URLEncoder.encode(alert.run(), StandardCharsets.UTF_8).replace("+", "%20");
    var run = new Anchor("runs/" + encoded, "The run");
    var control = new Anchor("control/" + encoded, "Steer it");
    var rule =
        new Anchor(
            "rules?rule=" + URLEncoder.encode(alert.rule(), StandardCharsets.UTF_8), "The rule");
    var deeds = new Div(acknowledge, silence, run, control, rule);
    Runbooks.path(alert.rule()).ifPresent(path -> deeds.add(new Anchor(path, "Runbook")));
    deeds.addClassNames("buttons", "deeds");
    return deeds;
  }

  private Div instructions(AlertLine alert) {
    var box = new Div();
    box.setId("runbook");
    Optional<String> page = runbooks.page(alert.rule());
    if (page.isPresent()) {
      // Our own text out of the jar: nothing of a run is in it. The component sanitises all the
      // same.
      var text = new Markdown(page.get());
      text.addClassName("runbook");
      var details = new NativeDetails("Runbook: what it means and what to do", text);
      details.setOpen(true);
      box.add(details);
    } else {
      AlertRule own = ownRule(alert);
      var text =
          new Paragraph(
              own == null
                  ? "A rule of your own. What to do is for those to say who wrote it."
                  : "A rule of your own, written by "
                      + (own.author().isEmpty() ? "somebody" : own.author())
                      + ": "
                      + own.expression());
      text.addClassName("secondary");
      box.add(text);
    }
    return box;
  }

  private @Nullable AlertRule ownRule(AlertLine alert) {
    List<AlertRule> known =
        rules.now().rules().stream().filter(rule -> rule.rule().equals(alert.rule())).toList();
    return known.stream()
        .filter(rule -> rule.run().equals(alert.run()))
        .findFirst()
        .or(() -> known.stream().filter(rule -> rule.run().isEmpty()).findFirst())
        .orElse(null);
  }

  private void load(AlertLine alert) {
    int mine = ++asked;
    UI page = getUI().orElseThrow();
    AlertRule own = ownRule(alert);
    long last = alert.resolvedStep() == null ? Long.MAX_VALUE : alert.resolvedStep() + STEPS_AROUND;
    var wanted =
        new EvidenceReader.Wanted(
            alert.run(),
            alert.incarnation(),
            alert.rule(),
            own == null ? "" : own.expression(),
            alert.scope(),
            alert.threshold(),
            Math.max(0, alert.firstStep() - STEPS_AROUND),
            last);
    if (chart == null) {
      showChart(new ChartCard("evidence", "Evidence", "", "", () -> load(alert)));
    }
    evidence.ask(
        wanted,
        found -> access(page, mine, () -> draw(alert, found)),
        fault ->
            access(
                page,
                mine,
                () -> {
                  if (chart != null) {
                    chart.showFailed(fault.line());
                  }
                }));
  }

  private void draw(AlertLine alert, Evidence found) {
    var card = new ChartCard("evidence", found.title(), found.description(), "", () -> load(alert));
    showChart(card);
    if (found.chart().isEmpty()) {
      card.showEmpty("Nothing of this was measured around these steps, or the rows were given up.");
      return;
    }
    long from = alert.firedStep() == null ? alert.firstStep() : alert.firedStep();
    long to = alert.resolvedStep() == null ? found.chart().to() : alert.resolvedStep();
    card.chart().draw(ChartJson.option(found.chart()));
    card.chart()
        .mark(
            MarksJson.tick(
                new Marks(
                    List.of(
                        new Marks.Band(
                            from,
                            Math.max(from, to),
                            alert.severity().equals("critical")
                                ? Marks.Weight.DANGER
                                : Marks.Weight.WARNING,
                            alert.rule(),
                            "",
                            Marks.Concern.OWN)),
                    List.of(),
                    List.of())));
    card.showLoaded();
  }

  private void showChart(ChartCard card) {
    chart = card;
    chartBox.removeAll();
    chartBox.add(card);
  }

  private void access(UI page, int mine, Runnable change) {
    try {
      page.access(
          () -> {
            if (mine == asked) {
              change.run();
            }
          });
    } catch (UIDetachedException e) {
      // Nobody looks any more.
      return;
    }
  }

  private void acknowledge() {
    AlertLine alert = shown;
    if (alert != null) {
      requests.ask(
          "Take on " + alert.rule() + " of " + alert.run(),
          () -> actions.acknowledge(alert.run(), alert.alertId(), ""));
    }
  }

  private void silence(AlertLine alert) {
    new SilenceDialog(
            alert,
            (scope, length, reason) -> {
              Instant now = clock.instant();
              requests.ask(
                  "Silence " + scope.words(),
                  () ->
                      actions.silence(
                          alert.run(), scope.matchers(alert), now, now.plus(length), reason));
            })
        .open();
  }
}
