package io.evenkeel.controller.notify.request;

import io.evenkeel.alerting.config.AlertsFile;
import io.evenkeel.alerting.config.Problem;
import io.evenkeel.alerting.route.LabelMatcher;
import io.evenkeel.contract.command.AcknowledgeAlert;
import io.evenkeel.contract.command.AlertRequest;
import io.evenkeel.contract.command.EndSilence;
import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.contract.command.ReplayNotice;
import io.evenkeel.contract.command.SaveAlertConfig;
import io.evenkeel.contract.command.SilenceAlerts;
import io.evenkeel.contract.command.TestReceiver;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.controller.audit.AuditOutlet;
import io.evenkeel.controller.notify.DeliveryDesk;
import io.evenkeel.controller.notify.Outbox;
import io.evenkeel.controller.notify.Outbox.DeliveryKey;
import io.evenkeel.controller.notify.Receiver;
import io.evenkeel.controller.notify.Replays;
import io.evenkeel.controller.notify.request.AlertsStart.Editing;
import io.evenkeel.controller.notify.request.ConfigBook.Origin;
import io.evenkeel.controller.notify.request.ConfigBook.Version;
import io.evenkeel.controller.notify.request.Verdict.Done;
import io.evenkeel.controller.notify.request.Verdict.Refused;
import io.evenkeel.controller.notify.silence.Silence;
import io.evenkeel.controller.notify.silence.SilenceBook;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries requests out, each once however often it comes: what it changes and its answer are one
 * transaction. A test of a receiver changes nothing here and is tried at most once. Not
 * thread-safe.
 */
public final class AlertRequestDesk {

  private static final Logger LOG = LoggerFactory.getLogger(AlertRequestDesk.class);

  /** What reaches the outside is not done long after it was asked for. */
  private static final Duration LIFE = Duration.ofMinutes(10);

  /** Longer than the channels of a receiver can take together. */
  private static final Duration TRIAL = Duration.ofMinutes(5);

  private static final int MOST_PROBLEMS = 20;

  /** What is decided, and what is to be done once it is in the database. */
  private record Decided(Verdict verdict, String run, Runnable afterwards) {

    static Decided now(Verdict verdict, String run) {
      return new Decided(verdict, run, () -> {});
    }
  }

  private final DataSource source;
  private final LiveAlerts live;
  private final DeliveryDesk desk;
  private final AnswerBook answers;
  private final ReceiverTrial trial;
  private final Executor trials;
  private final Clock clock;

  /**
   * A desk.
   *
   * @param trials where receivers are tested, which takes seconds
   */
  public AlertRequestDesk(
      DataSource source,
      LiveAlerts live,
      DeliveryDesk desk,
      AuditOutlet outlet,
      Executor trials,
      Clock clock) {
    this.source = source;
    this.live = live;
    this.desk = desk;
    this.answers = new AnswerBook(source, outlet);
    this.trial = new ReceiverTrial(source, clock);
    this.trials = trials;
    this.clock = clock;
  }

  /**
   * Carries a request out, if it has not been.
   *
   * @throws SQLException if it is to be tried again
   */
  public void serve(OperatorRequest request, AlertRequest body) throws SQLException {
    Instant now = clock.instant();
    Decided decided;
    try (Connection connection = source.getConnection()) {
      connection.setAutoCommit(false);
      try {
        if (AnswerBook.isAnswered(connection, request)) {
          connection.rollback();
          return;
        }
        decided = decide(connection, request, body, now);
        boolean later = body instanceof TestReceiver && decided.verdict() instanceof Done;
        AnswerBook.answer(
            connection,
            request,
            decided.run(),
            later ? cutShort() : decided.verdict(),
            now,
            later ? now.plus(TRIAL) : now);
        connection.commit();
      } catch (SQLException e) {
        connection.rollback();
        throw e;
      } catch (RuntimeException e) {
        connection.rollback();
        refuse(connection, request, e, now);
        return;
      }
    }
    decided.afterwards().run();
  }

  /** Nobody who has asked waits for ever, whatever goes wrong here. */
  private static void refuse(
      Connection connection, OperatorRequest request, RuntimeException failure, Instant now)
      throws SQLException {
    LOG.error("The request {} could not be carried out", request.requestId(), failure);
    if (!AnswerBook.isAnswered(connection, request)) {
      Verdict verdict = new Refused(ErrorId.ALERTS_REQUEST, ErrorId.ALERTS_REQUEST.meaning());
      AnswerBook.answer(connection, request, request.run(), verdict, now, now);
    }
    connection.commit();
  }

  private static Verdict cutShort() {
    return new Refused(ErrorId.ALERTS_TEST, "The controller stopped while it tested the receiver.");
  }

  /** Tells the audit trail what it has not heard. */
  public void tell() throws SQLException, IOException, InterruptedException {
    while (answers.tell(clock.instant())) {
      LOG.debug("more answers");
    }
  }

  private Decided decide(
      Connection connection, OperatorRequest request, AlertRequest body, Instant now)
      throws SQLException {
    return switch (body) {
      case SilenceAlerts silence ->
          Decided.now(silence(connection, request, silence, now), request.run());
      case EndSilence end -> Decided.now(end(connection, request, end, now), request.run());
      case AcknowledgeAlert alert -> acknowledge(connection, request, alert, now);
      case ReplayNotice replay -> replay(connection, request, replay, now);
      case TestReceiver test -> test(request, test, now);
      case SaveAlertConfig save -> Decided.now(save(connection, request, save, now), request.run());
    };
  }

  private static Verdict silence(
      Connection connection, OperatorRequest request, SilenceAlerts asked, Instant now)
      throws SQLException {
    if (!asked.endsAt().isAfter(now)) {
      return new Refused(ErrorId.SILENCE_INVALID, "The silence would be over already.");
    }
    Silence silence;
    try {
      silence =
          new Silence(
              request.requestId(),
              LabelMatcher.parseAll(asked.matchers()),
              asked.startsAt(),
              asked.endsAt(),
              asked.reason(),
              request.operator());
      SilenceBook.add(connection, silence, now);
    } catch (IllegalArgumentException e) {
      return new Refused(ErrorId.SILENCE_INVALID, e.getMessage() + ".");
    }
    return new Done(
        "Nobody is told of %s from %s to %s."
            .formatted(
                silence.matchers().stream()
                    .map(LabelMatcher::toString)
                    .collect(Collectors.joining(", ")),
                silence.startsAt(),
                silence.endsAt()));
  }

  private static Verdict end(
      Connection connection, OperatorRequest request, EndSilence end, Instant now)
      throws SQLException {
    return SilenceBook.end(connection, end.silence(), request.operator(), now)
        ? new Done("The silence " + end.silence() + " is over.")
        : new Refused(
            ErrorId.SILENCE_UNKNOWN, "There is no silence '" + end.silence() + "' that holds.");
  }

  private static Decided acknowledge(
      Connection connection, OperatorRequest request, AcknowledgeAlert asked, Instant now)
      throws SQLException {
    var alert = AcknowledgementBook.firing(connection, asked.alertId());
    if (alert.isEmpty()) {
      return Decided.now(
          new Refused(
              ErrorId.ALERT_UNKNOWN, "There is no alert '" + asked.alertId() + "' that fires."),
          request.run());
    }
    return Decided.now(
        AcknowledgementBook.add(
            connection, asked.alertId(), alert.get(), request.operator(), asked.note(), now),
        alert.get().run());
  }

  private Decided replay(
      Connection connection, OperatorRequest request, ReplayNotice asked, Instant now)
      throws SQLException {
    if (isLate(request, now)) {
      return Decided.now(late(), request.run());
    }
    DeliveryKey key = new DeliveryKey(asked.notice(), asked.receiver());
    Replays.Answer answer = Outbox.replay(connection, key, request.operator(), now);
    return switch (answer) {
      case ACCEPTED ->
          new Decided(
              new Done(
                  "The notice %s goes to %s once more."
                      .formatted(asked.notice(), asked.receiver())),
              request.run(),
              () -> desk.deliver(List.of(key)));
      case UNKNOWN ->
          Decided.now(new Refused(ErrorId.NOTICE_UNKNOWN, answer.sentence()), request.run());
      case PENDING, DISABLED, UNCONFIGURED, OVER ->
          Decided.now(new Refused(ErrorId.NOTICE_REPLAY, answer.sentence()), request.run());
    };
  }

  private Decided test(OperatorRequest request, TestReceiver asked, Instant now) {
    if (isLate(request, now)) {
      return Decided.now(late(), request.run());
    }
    List<Receiver> channels =
        live.current().receivers().stream()
            .filter(channel -> ReceiverTrial.isOf(channel, asked.receiver()))
            .toList();
    if (channels.isEmpty()) {
      return Decided.now(
          new Refused(
              ErrorId.ALERTS_RECEIVER,
              "There is no receiver '%s' with a channel.".formatted(asked.receiver())),
          request.run());
    }
    return new Decided(
        new Done("The receiver is being tested."),
        request.run(),
        () -> trials.execute(() -> attempt(request, channels)));
  }

  private void attempt(OperatorRequest request, List<Receiver> channels) {
    try {
      Verdict verdict = trial.of(channels);
      Instant now = clock.instant();
      try (Connection connection = source.getConnection()) {
        AnswerBook.answer(connection, request, request.run(), verdict, now, now);
      }
    } catch (SQLException e) {
      LOG.warn(ErrorId.DB_UNAVAILABLE.line("What a test brought is lost: " + e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Verdict save(
      Connection connection, OperatorRequest request, SaveAlertConfig asked, Instant now)
      throws SQLException {
    if (live.start().editing() == Editing.FIXED) {
      return new Refused(ErrorId.ALERTS_FIXED, ErrorId.ALERTS_FIXED.meaning());
    }
    AlertsFile file = live.check(asked.text());
    if (!file.problems().isEmpty()) {
      // By the errors' own ids: a secret in clear is told as such.
      return new Refused(
          file.problems().getFirst().id(),
          "%d errors: %s"
              .formatted(
                  file.problems().size(),
                  file.problems().stream()
                      .limit(MOST_PROBLEMS)
                      .map(Problem::toString)
                      .collect(Collectors.joining("; "))));
    }
    Version next =
        new Version(
            asked.baseVersion() + 1, asked.text(), Origin.OPERATOR, request.operator(), now);
    if (ConfigBook.add(connection, next, request.comment())) {
      return new Done("Receivers and routes of version %d are saved.".formatted(next.version()));
    }
    return ConfigBook.newest(connection, 1).stream()
        .findFirst()
        .map(
            other ->
                new Refused(
                    ErrorId.ALERTS_VERSION,
                    "%s has saved version %d meanwhile, at %s; version %d was edited."
                        .formatted(
                            other.author(), other.version(), other.savedAt(), asked.baseVersion())))
        .orElseGet(
            () ->
                new Refused(
                    ErrorId.ALERTS_VERSION,
                    "There is no version %d to begin from.".formatted(asked.baseVersion())));
  }

  private static boolean isLate(OperatorRequest request, Instant now) {
    return now.isAfter(request.wallTime().plus(LIFE));
  }

  private static Verdict late() {
    return new Refused(
        ErrorId.COMMAND_EXPIRED, "The request is older than %d min.".formatted(LIFE.toMinutes()));
  }
}
