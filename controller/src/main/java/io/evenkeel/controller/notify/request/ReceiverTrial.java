package io.evenkeel.controller.notify.request;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.controller.notify.Receiver;
import io.evenkeel.controller.notify.Receiver.Outcome;
import io.evenkeel.controller.notify.TestNotice;
import io.evenkeel.controller.notify.request.Verdict.Done;
import io.evenkeel.controller.notify.request.Verdict.Refused;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;

/** Sends the test notice to all channels of a receiver. */
final class ReceiverTrial {

  private final DataSource source;
  private final Clock clock;

  ReceiverTrial(DataSource source, Clock clock) {
    this.source = source;
    this.clock = clock;
  }

  /** Whether a channel is one of a receiver's. */
  static boolean isOf(Receiver channel, String receiver) {
    return channel.id().equals(receiver) || channel.id().startsWith(receiver + "/");
  }

  /** Waits for every channel's answer. */
  Verdict of(List<Receiver> channels) throws InterruptedException, SQLException {
    Map<String, Outcome> answers = new TreeMap<>();
    for (Receiver channel : channels) {
      answers.put(channel.id(), channel.deliver(TestNotice.of(clock.instant())));
    }
    keep(answers);
    List<String> taken = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    answers.forEach(
        (id, outcome) ->
            (outcome instanceof Outcome.Delivered ? taken : refused)
                .add(id + ": " + detail(outcome)));
    return refused.isEmpty()
        ? new Done("The test notice was taken by " + String.join("; ", taken) + ".")
        : new Refused(
            ErrorId.ALERTS_TEST,
            "The test notice was not taken by %s.%s"
                .formatted(
                    String.join("; ", refused),
                    taken.isEmpty() ? "" : " It was by " + String.join("; ", taken) + "."));
  }

  private static String detail(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Delivered delivered -> delivered.detail();
      case Outcome.Retry retry -> retry.detail();
      case Outcome.Gone gone -> gone.detail();
    };
  }

  /** A channel that was disabled and takes a notice is not disabled any more. */
  private void keep(Map<String, Outcome> answers) throws SQLException {
    try (Connection connection = source.getConnection();
        PreparedStatement update =
            connection.prepareStatement(
                """
                update controller.receiver set tested_at = ?, tested_answer = ?, tested_taken = ?,
                  disabled_at = case when ? then null else disabled_at end,
                  disabled_reason = case when ? then null else disabled_reason end
                where receiver = ?
                """)) {
      for (Map.Entry<String, Outcome> answer : answers.entrySet()) {
        boolean taken = answer.getValue() instanceof Outcome.Delivered;
        update.setTimestamp(1, Timestamp.from(clock.instant()));
        update.setString(2, detail(answer.getValue()));
        update.setBoolean(3, taken);
        update.setBoolean(4, taken);
        update.setBoolean(5, taken);
        update.setString(6, answer.getKey());
        update.addBatch();
      }
      update.executeBatch();
    }
  }
}
