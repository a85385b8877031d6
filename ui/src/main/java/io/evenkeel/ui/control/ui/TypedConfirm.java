package io.evenkeel.ui.control.ui;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.confirmdialog.ConfirmDialog;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.data.value.ValueChangeMode;

/** Asks whether something grave is meant, and takes a typed word for an answer. */
final class TypedConfirm extends ConfirmDialog {

  TypedConfirm(String question, String consequence, String word, String deed, Runnable confirmed) {
    setHeader(question);
    var field = new TextField("Type " + word + " to confirm");
    field.addClassName("confirm-word");
    field.setAutofocus(true);
    field.setAutocomplete(com.vaadin.flow.component.textfield.Autocomplete.OFF);
    field.setValueChangeMode(ValueChangeMode.EAGER);
    var box = new Div(new Span(consequence), field);
    box.addClassName("confirm-body");
    setText(box);
    setCancelable(true);
    var confirm = new Button(deed);
    confirm.addClassName("confirm-deed");
    confirm.addThemeVariants(ButtonVariant.LUMO_PRIMARY, ButtonVariant.LUMO_ERROR);
    confirm.setEnabled(false);
    field.addValueChangeListener(
        change -> confirm.setEnabled(field.getValue().strip().equalsIgnoreCase(word)));
    setConfirmButton(confirm);
    addConfirmListener(
        event -> {
          if (field.getValue().strip().equalsIgnoreCase(word)) {
            confirmed.run();
          }
        });
  }
}
