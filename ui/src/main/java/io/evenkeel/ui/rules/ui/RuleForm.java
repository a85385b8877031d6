package io.evenkeel.ui.rules.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.ListItem;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.html.UnorderedList;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.value.ValueChangeMode;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.RuleState;
import io.evenkeel.ui.rules.RuleDraft;
import io.evenkeel.ui.rules.RuleFeed;
import io.evenkeel.ui.rules.RuleIssue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The fields of a rule; tells of each change, and shows what is wrong where it is. */
final class RuleForm extends Div {
  private final TextField rule = field("rule", "Name");
  private final TextField run = field("run", "Run (empty: all runs)");
  private final ExpressionField expression;
  private final Div expressionBox = new Div();
  private final TextField threshold = field("threshold", "Above");
  private final TextField clear = field("clear_threshold", "Clear at or below");
  private final TextField forSteps = field("for", "For steps");
  private final TextField ofSteps = field("of", "Of the last");
  private final TextField clearFor = field("clear_for", "Clear for steps");
  private final Select<Severity> severity = new Select<>();
  private final Select<RuleState> state = new Select<>();
  private final TextField summary = field("summary", "Sentence in the alert");
  private final UnorderedList problems = new UnorderedList();
  private final Span verdict = new Span();
  private final Map<String, TextField> byComponent = new LinkedHashMap<>();
  private final transient Runnable changed;
  private boolean filling;

  RuleForm(List<RuleFeed.Word> words, Runnable changed) {
    this.changed = changed;
    addClassName("rule-form");
    expression = new ExpressionField(words, text -> tell());
    for (TextField field :
        List.of(rule, run, threshold, clear, forSteps, ofSteps, clearFor, summary)) {
      byComponent.put(String.valueOf(field.getElement().getAttribute("data-component")), field);
    }
    severity.setLabel("Severity");
    severity.setId("rule-severity");
    severity.setItems(Severity.values());
    severity.setItemLabelGenerator(value -> value.name().toLowerCase(Locale.ROOT));
    severity.addValueChangeListener(change -> tell());
    state.setLabel("State");
    state.setId("rule-state");
    state.setItems(RuleState.values());
    state.setItemLabelGenerator(value -> value == RuleState.ENABLED ? "on" : "off");
    state.addValueChangeListener(change -> tell());
    threshold.setHelperText("of an expression that gives a number");
    var label = new Span("Expression (CEL; Ctrl+Space completes names)");
    label.addClassName("field-label");
    expressionBox.add(label, expression);
    expressionBox.addClassName("rule-expression");
    verdict.setId("rule-verdict");
    problems.setId("rule-problems");
    problems.addClassName("rule-problems");
    var told = new Div(verdict, problems);
    told.getElement().setAttribute("role", "status");
    add(
        row(rule, run, severity, state),
        expressionBox,
        row(threshold, clear, forSteps, ofSteps, clearFor),
        row(summary),
        told);
    summary.addClassName("wide-field");
  }

  /** What is in the fields. */
  RuleDraft draft() {
    return new RuleDraft(
        rule.getValue(),
        run.getValue(),
        expressionBox.isVisible() ? expression.value() : "",
        severity.getOptionalValue().orElse(Severity.WARNING),
        threshold.getValue(),
        clear.getValue(),
        forSteps.getValue(),
        ofSteps.getValue(),
        clearFor.getValue(),
        state.getOptionalValue().orElse(RuleState.ENABLED),
        summary.getValue());
  }

  /** Fills the fields. */
  void show(RuleDraft draft, Naming naming) {
    filling = true;
    rule.setValue(draft.rule());
    rule.setReadOnly(naming == Naming.FIXED);
    run.setValue(draft.run());
    run.setReadOnly(naming == Naming.FIXED);
    expressionBox.setVisible(!RuleRow.isBuiltIn(draft.rule()));
    expression.show(draft.expression());
    severity.setValue(draft.severity());
    state.setValue(draft.state());
    threshold.setValue(draft.threshold());
    clear.setValue(draft.clearThreshold());
    forSteps.setValue(draft.forSteps());
    ofSteps.setValue(draft.ofSteps());
    clearFor.setValue(draft.clearForSteps());
    summary.setValue(draft.summary());
    filling = false;
  }

  /** Whether name and run may be typed. */
  enum Naming {
    /** A new rule. */
    FREE,
    /** A rule that is there. */
    FIXED
  }

  /** Lets the run alone be typed. */
  void askForRun() {
    run.setReadOnly(false);
    run.focus();
  }

  /** Shows what is wrong, or that nothing is. */
  void mark(List<RuleIssue> issues) {
    byComponent.values().forEach(field -> field.setInvalid(false));
    problems.removeAll();
    for (RuleIssue issue : issues) {
      String place = issue.line() > 0 ? " (" + issue.line() + ":" + issue.column() + ")" : "";
      problems.add(new ListItem(issue.component() + place + ": " + issue.message()));
      TextField field = byComponent.get(issue.component());
      if (field != null) {
        field.setErrorMessage(issue.message());
        field.setInvalid(true);
      }
    }
    expression.mark(issues);
    verdict.setText(
        issues.isEmpty() ? "The job takes this rule." : "The job would refuse this rule:");
    verdict.setClassName("badge " + (issues.isEmpty() ? "badge-good" : "badge-bad"));
  }

  /** Lets fields be typed into, or not. */
  void allow(ExpressionField.Typing typing) {
    boolean taken = typing == ExpressionField.Typing.TAKEN;
    byComponent.values().forEach(field -> field.setEnabled(taken));
    severity.setEnabled(taken);
    state.setEnabled(taken);
    expression.allow(typing);
  }

  private void tell() {
    if (!filling) {
      changed.run();
    }
  }

  private static Div row(Component... fields) {
    var row = new Div(fields);
    row.addClassName("rule-fields");
    return row;
  }

  private TextField field(String component, String label) {
    var field = new TextField(label);
    field.setId("rule-field-" + component.replace('_', '-'));
    field.getElement().setAttribute("data-component", component);
    field.setValueChangeMode(ValueChangeMode.LAZY);
    field.setValueChangeTimeout(250);
    field.setMaxLength(component.equals("summary") ? 500 : 200);
    field.addValueChangeListener(change -> tell());
    return field;
  }
}
