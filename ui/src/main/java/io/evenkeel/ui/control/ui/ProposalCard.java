package io.evenkeel.ui.control.ui;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import io.evenkeel.contract.command.ApprovalVerdict;
import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.control.AuditLine;
import io.evenkeel.ui.control.AuditSentence;
import io.evenkeel.ui.control.ControlReader;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/** A proposal: what, why, on which figures, for how long; and the two answers. */
final class ProposalCard extends Div {
  private final transient AuditLine proposal;
  private final Span left = new Span();

  ProposalCard(AuditLine proposal, Consumer<ApprovalVerdict> answer, Instant now) {
    this.proposal = proposal;
    addClassName("proposal");
    getElement().setAttribute("data-proposal", proposal.auditId());
    getElement().setAttribute("role", "group");
    getElement().setAttribute("aria-label", "Proposal: " + AuditSentence.change(proposal));
    var what = new Span(AuditSentence.change(proposal));
    what.addClassName("proposal-what");
    var why =
        new Span(
            proposal.actor()
                + ", at step "
                + Figures.count(proposal.step())
                + ": "
                + proposal.reason());
    why.addClassName("secondary");
    left.addClassName("proposal-left");
    var text = new Div(what, why);
    if (!proposal.evidence().isEmpty()) {
      text.add(new EvidenceList(proposal.evidence()));
    }
    text.add(left);
    var approve = new Button("Approve", click -> answer.accept(ApprovalVerdict.APPROVED));
    approve.addThemeVariants(ButtonVariant.LUMO_PRIMARY);
    approve.addClassName("approve");
    approve.setAriaLabel("Approve " + AuditSentence.change(proposal));
    var reject = new Button("Reject", click -> answer.accept(ApprovalVerdict.REJECTED));
    reject.addClassName("reject");
    reject.setAriaLabel("Reject " + AuditSentence.change(proposal));
    var buttons = new Div(approve, reject);
    buttons.addClassName("buttons");
    add(text, buttons);
    tick(now);
  }

  /** Says how long it still waits. */
  void tick(Instant now) {
    Instant at = proposal.at();
    if (at == null) {
      return;
    }
    Duration rest = Duration.between(now, at.plus(ControlReader.PROPOSAL_LIFE));
    String words =
        rest.isNegative() || rest.isZero()
            ? "It has expired."
            : "Expires in "
                + (rest.toMinutes() > 0
                    ? rest.toMinutes() + " min " + rest.toSecondsPart() + " s."
                    : rest.toSeconds() + " s.");
    left.setText(words);
    left.setClassName("proposal-left" + (rest.toMinutes() < 2 ? " warn" : " secondary"));
  }
}
