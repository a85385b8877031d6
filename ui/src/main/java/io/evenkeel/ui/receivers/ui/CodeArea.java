package io.evenkeel.ui.receivers.ui;

import com.vaadin.flow.component.AbstractSinglePropertyField;
import com.vaadin.flow.component.HasStyle;
import com.vaadin.flow.component.Tag;
import com.vaadin.flow.data.value.ValueChangeMode;

/** A browser's own text area for code: what is typed comes in when the typing pauses. */
@Tag("textarea")
final class CodeArea extends AbstractSinglePropertyField<CodeArea, String> implements HasStyle {
  private static final int PAUSE_MILLIS = 300;
  private static final String SELECT_LINE =
      """
      const lines = this.value.split('\\n');
      let start = 0;
      for (let i = 0; i < $0 - 1 && i < lines.length; i++) start += lines[i].length + 1;
      this.focus();
      this.setSelectionRange(start, start + (lines[$0 - 1] || '').length);
      this.scrollTop = Math.max(0, ($0 - 4) * parseFloat(getComputedStyle(this).lineHeight));
      """;

  CodeArea(String label) {
    super("value", "", false);
    addClassName("code-area");
    getElement().setAttribute("spellcheck", "false");
    getElement().setAttribute("autocomplete", "off");
    getElement().setAttribute("aria-label", label);
    setSynchronizedEvent("input");
    ValueChangeMode.applyChangeTimeout(
        ValueChangeMode.LAZY, PAUSE_MILLIS, getSynchronizationRegistration());
  }

  /** Puts the cursor on a line, from 1. */
  void goTo(int line) {
    getElement().executeJs(SELECT_LINE, line);
  }

  void lock(String why) {
    getElement().setAttribute("readonly", !why.isEmpty());
    getElement().setAttribute("title", why);
  }
}
