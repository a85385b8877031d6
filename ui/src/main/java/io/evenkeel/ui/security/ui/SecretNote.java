package io.evenkeel.ui.security.ui;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.html.Code;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;

/** A secret that is shown once: it is gone with the next, and when the page is left. */
final class SecretNote extends Div {
  private final Span what = new Span();
  private final Code secret = new Code();

  SecretNote() {
    addClassNames("banner", "warn");
    setId("secret-note");
    getElement().setAttribute("role", "status");
    secret.setId("secret");
    var hide = new Button("Hide", click -> hide());
    hide.setId("secret-hide");
    add(what, secret, hide);
    setVisible(false);
  }

  void show(String text, String value) {
    what.setText(text + " ");
    secret.setText(value);
    setVisible(true);
  }

  private void hide() {
    secret.setText("");
    setVisible(false);
  }
}
