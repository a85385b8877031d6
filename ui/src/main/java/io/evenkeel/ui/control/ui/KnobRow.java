package io.evenkeel.ui.control.ui;

import com.vaadin.flow.component.Key;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.value.ValueChangeMode;
import io.evenkeel.contract.command.HoldState;
import io.evenkeel.contract.command.Mode;
import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.control.GuardPreview;
import io.evenkeel.ui.control.KnobInput;
import io.evenkeel.ui.control.KnobState;
import io.evenkeel.ui.control.LastChange;
import io.evenkeel.ui.runs.Knob;
import java.time.Instant;
import java.util.Locale;

/** One knob: how it stands, and what can be done to it. */
final class KnobRow extends Div {
  private final Knob knob;
  private final Span value = new Span("–");
  private final Span changed = new Span();
  private final TextField field = new TextField();
  private final Button hold = new Button();
  private final Select<Mode> mode = new Select<>();
  private final Div foresight = new Div();
  private final Div said = new Div();
  private HoldState held = HoldState.RELEASED;

  /** What a row asks for. */
  interface Actions {
    GuardPreview preview(Knob knob, double value);

    void set(Knob knob, double value);

    void hold(Knob knob, HoldState state);

    void mode(Knob knob, Mode mode);
  }

  KnobRow(Knob knob, Actions actions) {
    this.knob = knob;
    String id = idOf(knob);
    addClassName("knob-row");
    setId("knob-" + id);
    getElement().setAttribute("role", "row");
    var name = new Span(knob.knob());
    name.addClassName("knob-name");
    var scope = new Span(knob.scope().isEmpty() ? "whole model" : knob.scope());
    scope.addClassName("secondary");
    value.addClassName("knob-value");
    value.setId("knob-value-" + id);
    changed.addClassName("secondary");
    var bounds = new Span(Figures.figure(knob.minimum()) + " … " + Figures.figure(knob.maximum()));
    var limits =
        new Span("× " + Figures.figure(knob.maxFactor()) + " / " + knob.cooldownSteps() + " steps");
    limits.addClassName("secondary");
    add(
        cell(name, scope),
        cell(value, changed),
        cell(new Span(Figures.figure(knob.baseline()))),
        cell(bounds, limits));
    add(cell(modeSelect(id, actions)), cell(holdButton(id, actions)), cell(setter(id, actions)));
    foresight.addClassName("foresight");
    foresight.setId("knob-preview-" + id);
    foresight.getElement().setAttribute("role", "cell");
    said.addClassName("foresight-said");
    said.getElement().setAttribute("role", "status");
    foresight.add(said);
    foresight.setVisible(false);
    add(foresight);
  }

  private Div setter(String id, Actions actions) {
    field.setId("knob-field-" + id);
    field.setAriaLabel("New value of " + knob.label());
    field.setPlaceholder("new value");
    field.addClassName("knob-field");
    field.setValueChangeMode(ValueChangeMode.LAZY);
    field.setValueChangeTimeout(200);
    field.addValueChangeListener(change -> foresee(actions));
    field.addKeyPressListener(Key.ENTER, press -> ask(actions));
    var set = new Button("Set", click -> ask(actions));
    set.setId("knob-set-" + id);
    set.setAriaLabel("Set " + knob.label());
    var box = new Div(field, set);
    box.addClassName("knob-setter");
    return box;
  }

  private Button holdButton(String id, Actions actions) {
    hold.setId("knob-hold-" + id);
    hold.addClickListener(
        click -> actions.hold(knob, held == HoldState.HELD ? HoldState.RELEASED : HoldState.HELD));
    return hold;
  }

  private Select<Mode> modeSelect(String id, Actions actions) {
    mode.setId("knob-mode-" + id);
    mode.setAriaLabel("Mode of " + knob.label());
    mode.setItems(Mode.values());
    mode.setItemLabelGenerator(item -> item.name().toLowerCase(Locale.ROOT));
    mode.addClassName("mode-select");
    mode.setPlaceholder("as the run");
    mode.addValueChangeListener(
        change -> {
          if (change.isFromClient() && change.getValue() != null) {
            actions.mode(knob, change.getValue());
          }
        });
    return mode;
  }

  private void ask(Actions actions) {
    switch (KnobInput.of(knob, field.getValue())) {
      case KnobInput.Good good -> {
        field.setInvalid(false);
        actions.set(knob, good.value());
        field.clear();
      }
      case KnobInput.Bad bad -> {
        field.setErrorMessage(bad.message());
        field.setInvalid(true);
      }
    }
  }

  // What the guard will say, as it is typed; and anew when something has changed meanwhile.
  private void foresee(Actions actions) {
    said.removeAll();
    foresight.setVisible(false);
    if (field.getValue().isBlank()
        || !(KnobInput.of(knob, field.getValue()) instanceof KnobInput.Good good)) {
      return;
    }
    field.setInvalid(false);
    GuardPreview preview = actions.preview(knob, good.value());
    boolean refused = preview.verdict() == GuardPreview.Verdict.REFUSED;
    var verdict = new Span(refused ? "will be refused" : "will be allowed");
    verdict.addClassNames("badge", refused ? "badge-bad" : "badge-good");
    String id = preview.errorId() == null ? "" : preview.errorId().id() + ": ";
    said.add(verdict, new Span(id + preview.sentence()));
    preview
        .notes()
        .forEach(
            note -> {
              var line = new Span(note);
              line.addClassName("secondary");
              said.add(line);
            });
    Double nearest = preview.nearest();
    if (nearest != null) {
      var use = new Button("Use " + Figures.figure(nearest));
      use.addClickListener(click -> field.setValue(Double.toString(nearest)));
      said.add(use);
    }
    foresight.setVisible(true);
  }

  void show(KnobState state, String runMode, Actions actions, Instant now) {
    value.setText(Figures.figure(state.value()) + (knob.unit().isEmpty() ? "" : " " + knob.unit()));
    showLast(state, now);
    if (!field.getValue().isBlank()) {
      foresee(actions);
    }
    held = state.hold();
    hold.setText(held == HoldState.HELD ? "Release" : "Hold");
    hold.getElement().setAttribute("aria-label", hold.getText() + " " + knob.label());
    getElement().setAttribute("data-held", held.name().toLowerCase(Locale.ROOT));
    setClassName("held", held == HoldState.HELD);
    mode.setPlaceholder(runMode.isEmpty() ? "as the run" : "run: " + runMode);
    Mode own = modeOf(state.mode());
    if (own != mode.getValue()) {
      mode.setValue(own);
    }
  }

  private void showLast(KnobState state, Instant now) {
    LastChange last = state.last();
    if (last == null) {
      changed.setText("never changed");
      changed.setTitle("");
    } else {
      changed.setText(Figures.ago(last.at(), now) + " by " + last.by());
      changed.setTitle(
          "At step "
              + Figures.count(last.step())
              + " from "
              + Figures.figure(last.from())
              + " to "
              + Figures.figure(last.to())
              + ", by "
              + last.by());
    }
    String settings = state.changedBy();
    hold.setTooltipText(settings.isEmpty() ? null : "Mode and hold: last changed by " + settings);
  }

  static @org.jspecify.annotations.Nullable Mode modeOf(String name) {
    for (Mode mode : Mode.values()) {
      if (mode.name().equalsIgnoreCase(name)) {
        return mode;
      }
    }
    return null;
  }

  // Names come from outside; an id holds letters, digits, dots and hyphens.
  private static String idOf(Knob knob) {
    return knob.label().replaceAll("[^A-Za-z0-9._]+", "-");
  }

  private static Div cell(com.vaadin.flow.component.Component... content) {
    var cell = new Div(content);
    cell.addClassName("knob-cell");
    cell.getElement().setAttribute("role", "cell");
    return cell;
  }
}
