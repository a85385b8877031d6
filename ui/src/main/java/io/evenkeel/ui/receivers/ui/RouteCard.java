package io.evenkeel.ui.receivers.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.Composite;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.ListItem;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.html.UnorderedList;
import io.evenkeel.alerting.config.AlertsConfig;
import io.evenkeel.alerting.route.InhibitRule;
import io.evenkeel.alerting.route.LabelMatcher;
import io.evenkeel.alerting.route.Route;
import io.evenkeel.alerting.route.Timing;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Collectors;

/** The routing tree of what is edited, in words. */
final class RouteCard extends Composite<Section> {
  private final Div tree = new Div();

  RouteCard() {
    tree.setId("routes");
    tree.addClassName("routes");
    tree.setText("There are no routes yet.");
  }

  @Override
  protected Section initContent() {
    return Pieces.card("Routes", "Where an alert goes, as the text below says it.", tree);
  }

  /** Shows a configuration; empty: it has errors, and what was shown stays. */
  void show(Optional<AlertsConfig> config) {
    config.ifPresent(
        good -> {
          tree.removeAll();
          tree.add(new UnorderedList(item(good.route())));
          for (InhibitRule rule : good.inhibitRules()) {
            var line =
                new Span(
                    "While %s fires, nobody is told of %s with the same %s."
                        .formatted(
                            text(rule.source()),
                            text(rule.target()),
                            String.join(", ", rule.equal())));
            line.addClassName("secondary");
            tree.add(new Div(line));
          }
        });
  }

  private static ListItem item(Route route) {
    var who = new Span(route.receiver());
    who.addClassName("knob-name");
    var item = new ListItem(new Span(when(route)), new Span(" → "), who, timing(route));
    if (!route.routes().isEmpty()) {
      var children = new UnorderedList();
      route.routes().forEach(child -> children.add(item(child)));
      item.add(children);
    }
    return item;
  }

  private static String when(Route route) {
    String what = route.matchers().isEmpty() ? "every alert" : text(route.matchers());
    return route.after() == Route.After.CONTINUE ? what + ", and on" : what;
  }

  private static String text(Collection<LabelMatcher> matchers) {
    return matchers.stream().map(LabelMatcher::toString).collect(Collectors.joining(" and "));
  }

  private static Component timing(Route route) {
    Timing timing = route.timing();
    String words =
        "  by %s; %s%s%s"
            .formatted(
                String.join(", ", route.groupBy()),
                timing.groupWait().isZero() ? "at once" : "after " + words(timing.groupWait()),
                timing.groupInterval().isZero()
                    ? ", each event by itself"
                    : ", then at most every " + words(timing.groupInterval()),
                timing.repeatInterval().map(every -> ", again after " + words(every)).orElse(""));
    var text = new Span(words);
    text.addClassName("secondary");
    return text;
  }

  private static String words(Duration time) {
    StringBuilder words = new StringBuilder();
    append(words, time.toDaysPart(), "d");
    append(words, time.toHoursPart(), "h");
    append(words, time.toMinutesPart(), "m");
    append(words, time.toSecondsPart(), "s");
    append(words, time.toMillisPart(), "ms");
    return words.toString();
  }

  private static void append(StringBuilder words, long count, String unit) {
    if (count > 0) {
      words.append(count).append(unit);
    }
  }
}
