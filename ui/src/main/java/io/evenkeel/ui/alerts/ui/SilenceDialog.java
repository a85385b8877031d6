package io.evenkeel.ui.alerts.ui;

import com.vaadin.flow.component.confirmdialog.ConfirmDialog;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.TextField;
import io.evenkeel.ui.alerts.AlertLine;
import io.evenkeel.ui.alerts.SilenceScope;
import java.time.Duration;
import java.util.List;

/** Asks how much is silenced, for how long, and why. */
final class SilenceDialog extends ConfirmDialog {
  private static final List<Duration> LENGTHS =
      List.of(
          Duration.ofMinutes(30),
          Duration.ofHours(2),
          Duration.ofHours(8),
          Duration.ofDays(1),
          Duration.ofDays(7));

  /** What was chosen. */
  interface Silence {
    void make(SilenceScope scope, Duration length, String reason);
  }

  SilenceDialog(AlertLine alert, Silence silence) {
    setId("silence-dialog");
    setHeader("Silence " + alert.rule() + "?");
    var scope = new Select<SilenceScope>();
    scope.setId("silence-scope");
    scope.setLabel("What");
    scope.setItems(SilenceScope.values());
    scope.setItemLabelGenerator(SilenceScope::words);
    scope.setValue(SilenceScope.SAME_RUN);
    var length = new Select<Duration>();
    length.setId("silence-length");
    length.setLabel("For how long");
    length.setItems(LENGTHS);
    length.setItemLabelGenerator(SilenceDialog::words);
    length.setValue(Duration.ofHours(2));
    var reason = new TextField("Why (others read it)");
    reason.setId("silence-reason");
    reason.setMaxLength(500);
    var matchers = new Span();
    matchers.addClassName("secondary");
    scope.addValueChangeListener(
        change -> matchers.setText(String.join(", ", change.getValue().matchers(alert))));
    matchers.setText(String.join(", ", scope.getValue().matchers(alert)));
    var box =
        new Div(
            new Span("Nobody is told until it ends. The alert goes on showing here."),
            scope,
            matchers,
            length,
            reason);
    box.addClassName("confirm-body");
    setText(box);
    setCancelable(true);
    setConfirmText("Silence");
    addConfirmListener(
        event -> silence.make(scope.getValue(), length.getValue(), reason.getValue()));
  }

  private static String words(Duration length) {
    if (length.toDays() >= 1) {
      return length.toDays() == 1 ? "1 day" : length.toDays() + " days";
    }
    return length.toHours() >= 1 ? length.toHours() + " hours" : length.toMinutes() + " minutes";
  }
}
