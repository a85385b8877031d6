package io.evenkeel.ui.control.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H3;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.radiobutton.RadioButtonGroup;
import com.vaadin.flow.component.textfield.TextField;
import io.evenkeel.contract.command.ApprovalVerdict;
import io.evenkeel.contract.command.HoldState;
import io.evenkeel.contract.command.Mode;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.control.AuditLine;
import io.evenkeel.ui.control.AuditSentence;
import io.evenkeel.ui.control.ControlFeed;
import io.evenkeel.ui.control.ControlState;
import io.evenkeel.ui.control.GuardPreview;
import io.evenkeel.ui.control.KnobState;
import io.evenkeel.ui.control.OperatorActions;
import io.evenkeel.ui.livefeed.ui.LivePage;
import io.evenkeel.ui.runs.Knob;
import io.evenkeel.ui.security.Access;
import io.evenkeel.ui.security.Role;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How one run is steered, and the ways to change it. */
public final class ControlPanel extends LivePage<ControlState> {
  private final String run;
  private final transient OperatorActions actions;
  private final transient Clock clock;
  private final RadioButtonGroup<Mode> mode = new RadioButtonGroup<>();
  private final Button kill = new Button();
  private final Span killState = new Span();
  private final TextField comment = new TextField("Reason, for the audit trail");
  private final Div knobs = new Div();
  private final Map<String, KnobRow> rows = new LinkedHashMap<>();
  private final Div proposals = new Div();
  private final RequestLog requests = new RequestLog();
  private final RunActionBar runActions;
  private final Asking asking = new Asking();
  private final CommandGrid commands;
  private final AuditGrid audit;
  private final List<ProposalCard> proposalCards = new ArrayList<>();
  private List<AuditLine> proposalsShown = List.of();
  private HoldState killed = HoldState.RELEASED;
  private transient @Nullable ControlState now;

  /**
   * A panel for one run.
   *
   * @param access tells what to offer; the actions check again
   */
  public ControlPanel(
      String run, ControlFeed feed, OperatorActions actions, Access access, Clock clock) {
    this.run = run;
    this.actions = actions;
    this.clock = clock;
    this.commands = new CommandGrid(clock);
    this.audit = new AuditGrid(clock, AuditGrid.Scope.ONE_RUN);
    addClassName("control-panel");
    setId("control-panel");
    commands.setAllRowsVisible(true);
    audit.setAllRowsVisible(true);
    knobs.addClassName("knobs");
    knobs.getElement().setAttribute("role", "table");
    knobs.getElement().setAttribute("aria-label", "Knobs");
    proposals.addClassName("proposals");
    proposals.setId("proposals");
    runActions = new RunActionBar(this::act);
    var top = new Div(modeCard(), killCard());
    top.addClassName("control-top");
    add(
        top,
        requests,
        card(
            "Proposals",
            "What Evenkeel would do in mode advise. A proposal waits ten minutes.",
            proposals),
        card(
            "Knobs",
            "What the trainer offers. The controller and the trainer check every change again.",
            comment,
            knobs),
        card(
            "Actions",
            "What the run itself can be asked to do. It answers when it is done.",
            runActions),
        card("Commands", "What was sent to the trainer, and its answer.", commands),
        card(
            "Audit trail",
            "Every decision for this run, also the ones not to act. A line opens to its evidence.",
            wholeTrail(),
            audit));
    comment.setId("comment");
    comment.addClassName("comment");
    comment.setMaxLength(500);
    if (!access.has(Role.OPERATOR)) {
      addClassName("look-only");
      knobs.setEnabled(false);
      comment.setEnabled(false);
      kill.setEnabled(false);
      proposals.setEnabled(false);
      runActions.setEnabled(false);
    }
    mode.setEnabled(access.has(Role.ADMIN));
    follow(listener -> feed.follow(run, listener));
  }

  private Component wholeTrail() {
    var link =
        new Anchor(
            "audit?run=" + URLEncoder.encode(run, StandardCharsets.UTF_8),
            "Filter and export the trail of this run");
    link.setId("whole-trail");
    return link;
  }

  private void act(String action, Map<String, String> arguments) {
    requests.ask("Action " + action, () -> actions.act(run, action, arguments, comment.getValue()));
  }

  private Component modeCard() {
    mode.setId("mode");
    mode.setAriaLabel("Mode of the run");
    mode.setItems(Mode.values());
    mode.setItemLabelGenerator(item -> item.name().toLowerCase(Locale.ROOT));
    mode.addValueChangeListener(
        change -> {
          if (change.isFromClient() && change.getValue() != null) {
            Mode wanted = change.getValue();
            requests.ask(
                "Mode of the run: " + wanted.name().toLowerCase(Locale.ROOT),
                () -> actions.setMode(run, "", wanted, comment.getValue()));
          }
        });
    return card(
        "Mode",
        "observe: decides and logs. advise: asks a person. auto: acts within the bounds.",
        mode);
  }

  private Component killCard() {
    kill.setId("kill-switch");
    kill.addClickListener(click -> confirmKill());
    killState.setId("kill-state");
    killState.addClassName("badge");
    var line = new Div(killState, kill);
    line.addClassName("kill-line");
    return card("Kill switch", "Stops every command to this run at once. Training goes on.", line);
  }

  // Nobody pulls it by a slip of the hand: the word is to be typed.
  private void confirmKill() {
    HoldState wanted = killed == HoldState.HELD ? HoldState.RELEASED : HoldState.HELD;
    String what = wanted == HoldState.HELD ? "Pull the kill switch" : "Release the kill switch";
    var dialog =
        new TypedConfirm(
            what + " of " + run + "?",
            wanted == HoldState.HELD
                ? "No command leaves for this run until it is released. The trainer keeps the values it has, or falls back as each knob declares."
                : "Evenkeel may send commands to this run again, as its mode allows.",
            wanted == HoldState.HELD ? "stop" : "release",
            wanted == HoldState.HELD ? "Pull" : "Release",
            () -> requests.ask(what, () -> actions.killSwitch(run, wanted, comment.getValue())));
    dialog.setId("kill-dialog");
    dialog.open();
  }

  @Override
  protected void show(ControlState state) {
    now = state;
    Mode ofRun = KnobRow.modeOf(state.mode());
    if (ofRun != mode.getValue()) {
      mode.setValue(ofRun);
    }
    killed = state.killSwitch();
    killState.setText(killed == HoldState.HELD ? "on: no command leaves" : "off");
    killState.setClassName("badge " + (killed == HoldState.HELD ? "badge-bad" : "badge-good"));
    kill.setText(killed == HoldState.HELD ? "Release…" : "Pull…");
    showKnobs(state);
    showProposals(state.proposals());
    runActions.show(state.actions());
    requests.hear(state.audit());
    commands.show(state.commands());
    audit.show(state.audit());
  }

  private void showKnobs(ControlState state) {
    List<String> labels = state.knobs().stream().map(knob -> knob.declared().label()).toList();
    if (!List.copyOf(rows.keySet()).equals(labels)) {
      rows.clear();
      knobs.removeAll();
      if (labels.isEmpty()) {
        knobs.add(
            new Paragraph(
                "This run declares no knobs: Evenkeel watches it and does not steer it."));
      } else {
        knobs.add(heading());
      }
      for (KnobState knob : state.knobs()) {
        var row = new KnobRow(knob.declared(), asking);
        rows.put(knob.declared().label(), row);
        knobs.add(row);
      }
    }
    for (KnobState knob : state.knobs()) {
      KnobRow row = rows.get(knob.declared().label());
      if (row != null) {
        row.show(knob, state.mode(), asking, clock.instant());
      }
    }
  }

  private void showProposals(List<AuditLine> open) {
    Instant time = clock.instant();
    proposalCards.forEach(card -> card.tick(time));
    if (open.equals(proposalsShown) && proposals.getComponentCount() > 0) {
      return;
    }
    proposalsShown = open;
    proposals.removeAll();
    proposalCards.clear();
    if (open.isEmpty()) {
      var none =
          new Paragraph(
              "Nothing waits for you. In mode advise, Evenkeel asks here before it acts.");
      none.addClassName("secondary");
      proposals.add(none);
    }
    for (AuditLine proposal : open) {
      var card = new ProposalCard(proposal, verdict -> answer(proposal, verdict), time);
      proposalCards.add(card);
      proposals.add(card);
    }
  }

  private void answer(AuditLine proposal, ApprovalVerdict verdict) {
    requests.ask(
        (verdict == ApprovalVerdict.APPROVED ? "Approve " : "Reject ")
            + AuditSentence.change(proposal),
        () -> actions.answer(run, proposal.auditId(), verdict, comment.getValue()));
  }

  private static Component heading() {
    var heading = new Div();
    heading.addClassNames("knob-row", "knob-heading");
    heading.getElement().setAttribute("role", "row");
    for (String name :
        List.of("Knob", "In force", "Baseline", "Bounds", "Mode", "Hold", "Set by hand")) {
      var column = new Span(name);
      column.getElement().setAttribute("role", "columnheader");
      heading.add(column);
    }
    return heading;
  }

  static Section card(String title, String description, Component... content) {
    var text = new Span(description);
    text.addClassName("secondary");
    var head = new Div(new H3(title), text);
    head.addClassName("card-head");
    var card = new Section(head);
    card.addClassName("card");
    card.add(content);
    return card;
  }

  private final class Asking implements KnobRow.Actions {
    @Override
    public GuardPreview preview(Knob knob, double value) {
      ControlState state = now;
      KnobState known =
          state == null
              ? null
              : state.knobs().stream()
                  .filter(candidate -> candidate.declared().label().equals(knob.label()))
                  .findFirst()
                  .orElse(null);
      return state == null || known == null
          ? new GuardPreview(
              GuardPreview.Verdict.REFUSED,
              ErrorId.KNOB_UNKNOWN,
              "The run does not declare this knob any more.",
              List.of(),
              null)
          : GuardPreview.of(state, known, value, clock.instant());
    }

    @Override
    public void set(Knob knob, double value) {
      requests.ask(
          "Set " + knob.label() + " to " + Figures.figure(value),
          () -> actions.setKnob(run, knob, value, comment.getValue()));
    }

    @Override
    public void hold(Knob knob, HoldState state) {
      requests.ask(
          (state == HoldState.HELD ? "Hold " : "Release ") + knob.label(),
          () -> actions.hold(run, knob, state, comment.getValue()));
    }

    @Override
    public void mode(Knob knob, Mode wanted) {
      requests.ask(
          "Mode of " + knob.knob() + ": " + wanted.name().toLowerCase(Locale.ROOT),
          () -> actions.setMode(run, knob.knob(), wanted, comment.getValue()));
    }
  }
}
