package io.evenkeel.ui.rules.ui;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.value.ValueChangeMode;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.rules.RuleKey;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The rules, own and built in. Texts from outside are set as text. */
final class RuleList extends Section {
  private final Grid<RuleRow> grid = new Grid<>();
  private final TextField filter = new TextField();
  private List<RuleRow> rows = List.of();
  private List<RuleRow> shown = List.of();
  private @Nullable RuleKey selected;

  RuleList(Consumer<RuleRow> open, Runnable create) {
    addClassNames("card", "rule-list");
    filter.setPlaceholder("Filter rules");
    filter.setAriaLabel("Filter rules");
    filter.setId("rule-filter");
    filter.setClearButtonVisible(true);
    filter.setValueChangeMode(ValueChangeMode.LAZY);
    filter.addValueChangeListener(change -> refresh());
    var fresh = new Button("New rule", click -> create.run());
    fresh.setId("rule-new");
    fresh.addThemeVariants(ButtonVariant.LUMO_PRIMARY);
    var bar = new Div(filter, fresh);
    bar.addClassName("rule-bar");
    grid.setId("rules");
    grid.getElement().setAttribute("aria-label", "Alert rules");
    grid.addThemeVariants(
        GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_WRAP_CELL_CONTENT, GridVariant.LUMO_COMPACT);
    grid.setEmptyStateText("No rule matches.");
    grid.addComponentColumn(RuleList::name).setHeader("Rule").setFlexGrow(3);
    grid.addComponentColumn(RuleList::condition).setHeader("Fires when").setFlexGrow(4);
    grid.addComponentColumn(RuleList::state).setHeader("State").setWidth("124px").setFlexGrow(0);
    grid.addItemClickListener(click -> open.accept(click.getItem()));
    grid.addSelectionListener(
        selection -> {
          if (selection.isFromClient()) {
            selection.getFirstSelectedItem().ifPresent(open);
          }
        });
    add(bar, grid);
  }

  void show(List<RuleRow> all) {
    rows = all;
    refresh();
  }

  void select(@Nullable RuleKey key) {
    selected = key;
    mark();
  }

  private void mark() {
    RuleKey key = selected;
    RuleRow row =
        shown.stream().filter(candidate -> candidate.key().equals(key)).findFirst().orElse(null);
    if (row == null) {
      grid.deselectAll();
    } else {
      grid.select(row);
    }
  }

  private void refresh() {
    String wanted = filter.getValue().toLowerCase(Locale.ROOT).strip();
    List<RuleRow> matching = rows.stream().filter(row -> row.matches(wanted)).toList();
    if (!matching.equals(shown)) {
      shown = matching;
      grid.setItems(matching);
      mark();
    }
  }

  private static Div name(RuleRow row) {
    var name = new Span(row.key().rule());
    name.addClassName("knob-name");
    var scope = new Span(row.key().run().isEmpty() ? "all runs" : "run " + row.key().run());
    scope.addClassName("secondary");
    var box = new Div(name, scope);
    box.addClassName("two-lines");
    box.getElement().setAttribute("data-rule", row.key().rule());
    return box;
  }

  private static Div condition(RuleRow row) {
    AlertRule rule = row.record();
    var box = new Div();
    box.addClassName("two-lines");
    if (rule == null) {
      var text = new Span("built in");
      text.addClassName("secondary");
      box.add(text);
      return box;
    }
    String limit = Double.isNaN(rule.threshold()) ? "" : " > " + Figures.figure(rule.threshold());
    var condition =
        new Span(
            (rule.expression().isBlank()
                    ? "built in"
                    : rule.expression().strip().replaceAll("\\s+", " "))
                + limit);
    condition.addClassName("rule-condition");
    var steps =
        new Span(
            rule.severity().name().toLowerCase(Locale.ROOT)
                + ", "
                + rule.forSteps()
                + " of "
                + rule.ofSteps()
                + " steps"
                + (rule.author().isEmpty() ? "" : ", by " + rule.author()));
    steps.addClassName("secondary");
    box.add(condition, steps);
    return box;
  }

  private static Span state(RuleRow row) {
    var badge = new Span(row.state());
    badge.addClassNames(
        "badge",
        switch (row.state()) {
          case "off" -> "badge-warn";
          case "on" -> "badge-good";
          case "changed" -> "badge-info";
          default -> "badge-plain";
        });
    return badge;
  }
}
