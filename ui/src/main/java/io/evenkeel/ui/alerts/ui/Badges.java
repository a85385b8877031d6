package io.evenkeel.ui.alerts.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;

/** How the pages about alerts tell severity and state: in words, in colour, and in shape. */
final class Badges {
  private Badges() {}

  static Span severity(String severity) {
    return badge(
        severity,
        switch (severity) {
          case "critical" -> "badge-bad";
          case "warning" -> "badge-warn";
          default -> "badge-info";
        });
  }

  static Span state(String state) {
    return badge(
        state,
        switch (state) {
          case "firing", "failed" -> "badge-bad";
          case "pending" -> "badge-warn";
          case "resolved", "delivered" -> "badge-good";
          default -> "badge-info";
        });
  }

  static Span badge(String text, String kind) {
    var badge = new Span(text);
    badge.addClassNames("badge", kind);
    return badge;
  }

  static Div lines(String first, String second) {
    var below = new Span(second);
    below.addClassName("secondary");
    var box = new Div(new Span(first), below);
    box.addClassName("two-lines");
    return box;
  }
}
