package io.evenkeel.ui.alerts.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import io.evenkeel.ui.alerts.AlertActions;
import io.evenkeel.ui.alerts.SilenceLine;
import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.control.ui.RequestLog;
import io.evenkeel.ui.security.Access;
import io.evenkeel.ui.security.Role;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Silences that hold or are to come. Gone from the page when there are none. */
final class SilenceCard extends Div {
  private final transient AlertActions actions;
  private final transient Access access;
  private final transient Clock clock;
  private final RequestLog requests;
  private final Div list = new Div();
  private String shown = "";

  SilenceCard(AlertActions actions, Access access, Clock clock, RequestLog requests) {
    this.actions = actions;
    this.access = access;
    this.clock = clock;
    this.requests = requests;
    list.setId("silences");
    Section card =
        AlertTable.card(
            "Silences", "Nobody is told of what they match; alerts go on showing here.", list);
    add(card);
    setVisible(false);
  }

  void show(List<SilenceLine> silences) {
    setVisible(!silences.isEmpty());
    Instant now = clock.instant();
    String text =
        silences.stream().map(silence -> silence + left(silence, now)).toList().toString();
    if (text.equals(shown)) {
      return;
    }
    shown = text;
    list.removeAll();
    silences.forEach(silence -> list.add(row(silence, now)));
  }

  private Component row(SilenceLine silence, Instant now) {
    var matchers = new Span(String.join(", ", silence.matchers()));
    matchers.addClassName("proposal-what");
    var why =
        new Span(
            "by "
                + silence.creator()
                + ", "
                + left(silence, now)
                + (silence.reason().isEmpty() ? "" : ": " + silence.reason()));
    why.addClassName("secondary");
    var end = new Button("End now");
    end.addClassName("end-silence");
    end.addThemeVariants(ButtonVariant.LUMO_SMALL);
    end.setAriaLabel("End the silence of " + String.join(", ", silence.matchers()));
    end.setEnabled(access.has(Role.OPERATOR));
    end.addClickListener(
        click ->
            requests.ask(
                "End the silence of " + String.join(", ", silence.matchers()),
                () -> actions.endSilence(silence.id())));
    var row = new Div(new Div(matchers, why), end);
    row.addClassNames("proposal", "silence");
    row.getElement().setAttribute("data-silence", silence.id());
    return row;
  }

  private static String left(SilenceLine silence, Instant now) {
    if (silence.standing(now) == SilenceLine.Standing.TO_COME) {
      return "begins " + silence.startsAt();
    }
    if (silence.endsAt() == null) {
      return "";
    }
    Duration left = Duration.between(now, silence.endsAt());
    return left.toHours() >= 1
        ? left.toHours() + " h " + left.toMinutesPart() + " min left"
        : Figures.count(Math.max(1, left.toMinutes())) + " min left";
  }
}
