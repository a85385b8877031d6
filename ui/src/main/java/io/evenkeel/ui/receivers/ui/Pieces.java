package io.evenkeel.ui.receivers.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H3;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;

/** What the cards of this page are made of. Texts are set as text. */
final class Pieces {
  private Pieces() {}

  static Section card(String title, String description, Component... content) {
    var text = new Span(description);
    text.addClassName("secondary");
    var head = new Div(new H3(title), text);
    head.addClassName("card-head");
    var card = new Section(head);
    card.add(content);
    card.addClassName("card");
    return card;
  }

  static void compact(Grid<?> grid) {
    grid.setAllRowsVisible(true);
    grid.addThemeVariants(
        GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_WRAP_CELL_CONTENT, GridVariant.LUMO_COMPACT);
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
