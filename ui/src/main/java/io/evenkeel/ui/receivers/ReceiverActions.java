package io.evenkeel.ui.receivers;

import io.evenkeel.alerting.config.AlertsFile;
import io.evenkeel.contract.command.AlertRequest;
import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.contract.command.SaveAlertConfig;
import io.evenkeel.contract.command.TestReceiver;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.control.OperatorActions.Sent;
import io.evenkeel.ui.control.RequestSender;
import io.evenkeel.ui.security.Access;
import io.evenkeel.ui.security.Role;
import java.time.Clock;
import java.util.UUID;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.stereotype.Component;

/**
 * What a person may ask concerning receivers and routes. Each action checks the caller's role first
 * and throws {@link AccessDeniedException} when it is not enough. What is to be saved is checked
 * before it leaves: a secret that was typed in clear must not get into Kafka.
 */
@Component
public class ReceiverActions {
  private static final String ANSWER = "request:";
  private static final int LONGEST_COMMENT = 500;

  private final Access access;
  private final RequestSender sender;
  private final ReceiverReader reader;
  private final Clock clock;

  /** Actions that go out by {@code sender}. */
  public ReceiverActions(Access access, RequestSender sender, ReceiverReader reader, Clock clock) {
    this.access = access;
    this.sender = sender;
    this.reader = reader;
    this.clock = clock;
  }

  /** Sends a test notice to every channel of a receiver. */
  public Sent test(String receiver) {
    access.require(Role.OPERATOR);
    return send(new TestReceiver(receiver), "");
  }

  /**
   * Puts another configuration in force.
   *
   * @param baseVersion the version that was edited, 0 for none
   * @throws IllegalArgumentException with an EVK id if it has errors or cannot be saved here
   */
  public Sent save(long baseVersion, String text, String comment) {
    access.require(Role.ADMIN);
    Place place = reader.read().place();
    if (place.editing() == Place.Editing.FIXED) {
      throw new IllegalArgumentException(ErrorId.ALERTS_FIXED.line(""));
    }
    AlertsFile file = ReceiverCheck.of(text, place);
    if (!file.problems().isEmpty()) {
      throw new IllegalArgumentException(
          "%s (%d errors)".formatted(file.problems().getFirst(), file.problems().size()));
    }
    return send(new SaveAlertConfig(baseVersion, text), comment);
  }

  private Sent send(AlertRequest body, String comment) {
    String bare = comment.strip();
    var request =
        new OperatorRequest(
            UUID.randomUUID().toString(),
            "",
            access.user(),
            clock.instant(),
            body,
            bare.length() > LONGEST_COMMENT ? bare.substring(0, LONGEST_COMMENT) : bare);
    return new Sent(ANSWER + request.requestId(), sender.send(request));
  }
}
