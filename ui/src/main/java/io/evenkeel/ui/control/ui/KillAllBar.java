package io.evenkeel.ui.control.ui;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import io.evenkeel.contract.command.HoldState;
import io.evenkeel.ui.control.AuditLine;
import io.evenkeel.ui.control.ControlFeed;
import io.evenkeel.ui.control.KillStanding;
import io.evenkeel.ui.control.OperatorActions;
import io.evenkeel.ui.livefeed.ui.LivePage;
import io.evenkeel.ui.security.Access;
import io.evenkeel.ui.security.Role;
import java.util.List;
import java.util.Optional;

/** How far commands are stopped over all runs, and for admins the switch that stops them all. */
final class KillAllBar extends LivePage<KillStanding> {
  private final transient OperatorActions actions;
  private final RequestLog requests = new RequestLog();
  private final Span standing = new Span();

  KillAllBar(ControlFeed feed, OperatorActions actions, Access access) {
    this.actions = actions;
    addClassName("kill-all");
    setId("kill-all");
    var label = new Span("Kill switch, all runs");
    label.addClassName("secondary");
    standing.setId("kill-all-state");
    standing.addClassName("badge");
    var line = new Div(label, standing);
    line.addClassName("kill-line");
    if (access.has(Role.ADMIN)) {
      line.add(
          button("kill-all-pull", "Stop all…", HoldState.HELD),
          button("kill-all-release", "Release all…", HoldState.RELEASED));
    }
    add(line, requests);
    requests.setId("kill-all-requests");
    follow(feed::followKillSwitches);
  }

  private Button button(String id, String text, HoldState wanted) {
    var button = new Button(text, click -> confirm(wanted));
    button.setId(id);
    button.addThemeVariants(ButtonVariant.LUMO_SMALL);
    if (wanted == HoldState.HELD) {
      button.addThemeVariants(ButtonVariant.LUMO_ERROR);
    }
    return button;
  }

  private void confirm(HoldState wanted) {
    boolean stop = wanted == HoldState.HELD;
    String what = (stop ? "Pull" : "Release") + " the kill switch of all runs";
    var dialog =
        new TypedConfirm(
            what + "?",
            stop
                ? "No command leaves for any run, nor for those that begin later, until it is released. Training goes on; each knob keeps its value, or falls back as its run declares."
                : "Evenkeel may send commands again, as each run's mode allows. A run whose own kill switch is on stays stopped.",
            stop ? "stop all" : "release all",
            stop ? "Stop all" : "Release all",
            () -> requests.ask(what, () -> actions.killSwitchOfAll(wanted, "")));
    dialog.setId("kill-all-dialog");
    dialog.open();
  }

  @Override
  protected void show(KillStanding now) {
    standing.setText(now.words());
    standing.setClassName(
        "badge "
            + (now.running() == 0
                ? "badge-plain"
                : now.stopped() == 0 ? "badge-good" : "badge-bad"));
    requests.hear(id -> answer(id, now.answers()));
  }

  // Each run answers for itself.
  private static Optional<RequestLog.Answer> answer(String id, List<AuditLine> trail) {
    return trail.stream()
        .filter(line -> line.auditId().startsWith(id + "@"))
        .findFirst()
        .map(
            line ->
                new RequestLog.Answer(
                    line.decision().equals("refused") ? "refused" : "done", line.reason()));
  }
}
