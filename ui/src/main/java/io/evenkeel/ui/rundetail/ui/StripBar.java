package io.evenkeel.ui.rundetail.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import io.evenkeel.ui.rundetail.Cell;
import java.util.List;
import java.util.Locale;

/** How each signal stands: in colour, in shape and in a word. */
final class StripBar extends Div {
  private List<Cell> shown = List.of();

  StripBar() {
    addClassName("strip");
    setId("stability-strip");
    getElement().setAttribute("role", "list");
    getElement().setAttribute("aria-label", "Stability");
  }

  void show(List<Cell> cells) {
    if (cells.equals(shown)) {
      return;
    }
    shown = cells;
    removeAll();
    cells.forEach(cell -> add(box(cell)));
  }

  private static Div box(Cell cell) {
    var label = new Span(cell.label());
    label.addClassName("cell-label");
    var value = new Span(cell.value());
    value.addClassName("cell-value");
    var limit = new Span(cell.limit());
    limit.addClassName("cell-limit");
    var shape = new Span(shape(cell.state()));
    shape.addClassName("cell-shape");
    shape.getElement().setAttribute("aria-hidden", "true");
    var word = new Span(word(cell.state()));
    word.addClassName("cell-word");
    var state = new Div(shape, word);
    state.addClassName("cell-state");
    var box = new Div(new Div(label, state), value, limit);
    box.addClassNames("cell", "state-" + cell.state().name().toLowerCase(Locale.ROOT));
    box.setId("cell-" + cell.id());
    box.getElement().setAttribute("role", "listitem");
    return box;
  }

  private static String shape(Cell.State state) {
    return switch (state) {
      case STEADY -> "●";
      case WATCH -> "▲";
      case ALARM -> "◆";
      case UNKNOWN -> "○";
    };
  }

  private static String word(Cell.State state) {
    return switch (state) {
      case STEADY -> "steady";
      case WATCH -> "watch";
      case ALARM -> "alarm";
      case UNKNOWN -> "no data";
    };
  }
}
