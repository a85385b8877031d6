package io.evenkeel.ui.control.ui;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.confirmdialog.ConfirmDialog;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.textfield.TextField;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * A button for each action that the run declares. What sets training back, or halts it, is asked
 * again; an action that Evenkeel does not know bears the name that the run gives it.
 */
final class RunActionBar extends Div {
  private static final Map<String, Deed> KNOWN =
      Map.of(
          "save_checkpoint",
          new Deed("Save a checkpoint", "", List.of()),
          "skip_update",
          new Deed(
              "Skip an update", "The next step's update is not applied to the weights.", List.of()),
          "roll_back",
          new Deed(
              "Roll back…",
              "Training goes back to a checkpoint; the steps since then are lost.",
              List.of(
                  new Argument("step", "To the checkpoint at or before step (empty: the newest)"),
                  new Argument("pass_over", "Batches to pass over (empty: none)"))),
          "pause",
          new Deed("Pause", "No step is made until the run is resumed.", List.of()),
          "resume",
          new Deed("Resume", "", List.of()),
          "measure_exactly",
          new Deed("Measure exactly", "", List.of()));

  private final transient BiConsumer<String, Map<String, String>> act;
  private List<String> shown = List.of();

  private record Deed(String label, String consequence, List<Argument> arguments) {}

  private record Argument(String name, String label) {}

  RunActionBar(BiConsumer<String, Map<String, String>> act) {
    this.act = act;
    addClassName("buttons");
    setId("run-actions");
    show(List.of(), none());
  }

  /** Shows these. */
  void show(List<String> actions) {
    if (!actions.equals(shown)) {
      shown = actions;
      show(actions, none());
    }
  }

  private void show(List<String> actions, Span none) {
    removeAll();
    if (actions.isEmpty()) {
      add(none);
    }
    for (String action : actions) {
      Deed deed = KNOWN.getOrDefault(action, new Deed(action, "", List.of()));
      var button = new Button(deed.label(), click -> ask(action, deed));
      button.setId("action-" + action.replaceAll("[^A-Za-z0-9._]+", "-"));
      add(button);
    }
  }

  private static Span none() {
    var none = new Span("This run declares no actions.");
    none.addClassName("secondary");
    return none;
  }

  private void ask(String action, Deed deed) {
    if (deed.consequence().isEmpty()) {
      act.accept(action, Map.of());
      return;
    }
    var dialog = new ConfirmDialog();
    dialog.setId("action-dialog");
    dialog.setHeader(deed.label().replace("…", "") + "?");
    var box = new Div(new Span(deed.consequence()));
    box.addClassName("confirm-body");
    Map<String, TextField> fields = new LinkedHashMap<>();
    for (Argument argument : deed.arguments()) {
      var field = new TextField(argument.label());
      field.setAllowedCharPattern("[0-9]");
      field.setMaxLength(18);
      fields.put(argument.name(), field);
      box.add(field);
    }
    dialog.setText(box);
    dialog.setCancelable(true);
    dialog.setConfirmText(deed.label().replace("…", ""));
    dialog.addConfirmListener(confirmed -> act.accept(action, filled(fields)));
    dialog.open();
  }

  private static Map<String, String> filled(Map<String, TextField> fields) {
    Map<String, String> arguments = new LinkedHashMap<>();
    fields.forEach(
        (name, field) -> {
          if (!field.getValue().isBlank()) {
            arguments.put(name, field.getValue().strip());
          }
        });
    return arguments;
  }
}
