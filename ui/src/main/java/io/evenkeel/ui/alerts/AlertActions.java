package io.evenkeel.ui.alerts;

import io.evenkeel.alerting.route.LabelMatcher;
import io.evenkeel.contract.command.AcknowledgeAlert;
import io.evenkeel.contract.command.AlertRequest;
import io.evenkeel.contract.command.EndSilence;
import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.contract.command.ReplayNotice;
import io.evenkeel.contract.command.SilenceAlerts;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.control.OperatorActions.Sent;
import io.evenkeel.ui.control.RequestSender;
import io.evenkeel.ui.security.Access;
import io.evenkeel.ui.security.Role;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.stereotype.Component;

/**
 * What a person may do with alerts. Each action checks the caller's role first, whatever the page
 * shows, and throws {@link AccessDeniedException} when it is not enough; the controller carries it
 * out once and answers in the audit trail, by the id that {@link Sent} names.
 */
@Component
public class AlertActions {
  private static final String ANSWER = "request:";
  private static final int LONGEST_TEXT = 500;

  private final Access access;
  private final RequestSender sender;
  private final Clock clock;

  AlertActions(Access access, RequestSender sender, Clock clock) {
    this.access = access;
    this.sender = sender;
    this.clock = clock;
  }

  /**
   * Tells nobody of some alerts for a while.
   *
   * @param run the run that it concerns, for the audit trail; empty if none. The matchers alone say
   *     what is silenced.
   * @param matchers all of them must hold, such as {@code run="a"}
   * @throws IllegalArgumentException EVK-SILENCE-INVALID if it cannot be made so
   */
  public Sent silence(
      String run, List<String> matchers, Instant startsAt, Instant endsAt, String reason) {
    access.require(Role.OPERATOR);
    try {
      LabelMatcher.parseAll(matchers);
      if (!endsAt.isAfter(clock.instant())) {
        throw new IllegalArgumentException("the silence would be over already");
      }
      return send(run, new SilenceAlerts(matchers, startsAt, endsAt, bounded(reason)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(ErrorId.SILENCE_INVALID.id() + ": " + e.getMessage(), e);
    }
  }

  /** Ends a silence before its time. */
  public Sent endSilence(String silence) {
    access.require(Role.OPERATOR);
    return send("", new EndSilence(silence));
  }

  /** Says that the caller has taken an alert on: it is not told again until it resolves. */
  public Sent acknowledge(String run, String alertId, String note) {
    access.require(Role.OPERATOR);
    return send(run, new AcknowledgeAlert(alertId, bounded(note)));
  }

  /** Has a stored notice delivered once more. */
  public Sent replay(String notice, String receiver) {
    access.require(Role.OPERATOR);
    return send("", new ReplayNotice(notice, receiver));
  }

  private static String bounded(String text) {
    String bare = text.strip();
    return bare.length() > LONGEST_TEXT ? bare.substring(0, LONGEST_TEXT) : bare;
  }

  private Sent send(String run, AlertRequest body) {
    var request =
        new OperatorRequest(
            UUID.randomUUID().toString(), run, access.user(), clock.instant(), body, "");
    return new Sent(ANSWER + request.requestId(), sender.send(request));
  }
}
