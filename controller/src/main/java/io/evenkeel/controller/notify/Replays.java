package io.evenkeel.controller.notify;

import io.evenkeel.controller.notify.Outbox.DeliveryKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;

/** Stored notices that are told again, in the transaction of the caller. */
public final class Replays {

  /** What becomes of a request. */
  public enum Answer {
    /** It will be delivered. */
    ACCEPTED(""),
    /** There is no such notice. */
    UNKNOWN("There is no such notice for this receiver."),
    /** It waits for delivery anyway. */
    PENDING("The notice is still being delivered."),
    /** The receiver has answered 410. */
    DISABLED("The receiver wants nothing any more: test it, or change its address, first."),
    /** The receiver is in no configuration. */
    UNCONFIGURED("The receiver is not configured any more."),
    /** It would open an incident elsewhere that nobody would close. */
    OVER("Of what it tells as firing something is over, and the receiver would open it anew.");

    private final String sentence;

    Answer(String sentence) {
      this.sentence = sentence;
    }

    /** Why not, a sentence for people. */
    public String sentence() {
      return sentence;
    }
  }

  private Replays() {}

  static Answer ask(Connection connection, DeliveryKey key, String by, Instant now)
      throws SQLException {
    Answer answer = look(connection, key);
    if (answer != Answer.ACCEPTED) {
      return answer;
    }
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            update controller.batch set status = 'pending', attempts = 0, last_error = '',
              replays = replays + 1, replayed_by = ?, replayed_at = ?
            where batch_id = ? and receiver = ?
            """)) {
      update.setString(1, by);
      update.setTimestamp(2, Timestamp.from(now));
      update.setString(3, key.noticeId());
      update.setString(4, key.receiver());
      update.executeUpdate();
    }
    return answer;
  }

  private static Answer look(Connection connection, DeliveryKey key) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            select b.status, r.disabled_at is not null, r.configured,
              b.receiver ~ '(^|/)(pagerduty|alertmanager)-[0-9a-f]+$' and exists (
                select from controller.batch_item i
                join controller.notice n on n.notice_id = i.notice_id and n.state = 'firing'
                join controller.notice o on o.alert_id = n.alert_id and o.state = 'resolved'
                where i.batch_id = b.batch_id and i.receiver = b.receiver)
            from controller.batch b join controller.receiver r on r.receiver = b.receiver
            where b.batch_id = ? and b.receiver = ? for update of b
            """)) {
      select.setString(1, key.noticeId());
      select.setString(2, key.receiver());
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          return Answer.UNKNOWN;
        }
        if (row.getString(1).equals("pending")) {
          return Answer.PENDING;
        }
        if (row.getBoolean(2)) {
          return Answer.DISABLED;
        }
        if (!row.getBoolean(3)) {
          return Answer.UNCONFIGURED;
        }
        return row.getBoolean(4) ? Answer.OVER : Answer.ACCEPTED;
      }
    }
  }
}
