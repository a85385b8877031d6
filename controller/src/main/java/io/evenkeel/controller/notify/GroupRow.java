package io.evenkeel.controller.notify;

import io.evenkeel.alerting.route.Timing;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A group as the database has it.
 *
 * @param id id
 * @param receiver who is told
 * @param timing how often
 * @param toldAt when its last notice was made
 * @param batches notices made so far
 * @param openBatch the notice that is being delivered
 * @param disabled whether the receiver wants nothing any more
 */
record GroupRow(
    String id,
    String receiver,
    Timing timing,
    Optional<Instant> toldAt,
    long batches,
    Optional<String> openBatch,
    boolean disabled) {

  /** Reads a group, and holds it until the transaction ends. */
  static Optional<GroupRow> lock(Connection connection, String id) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            select g.receiver, g.wait_millis, g.interval_millis, g.repeat_millis, g.told_at,
                   g.batches, g.open_batch, r.disabled_at is not null
            from controller.alert_group g join controller.receiver r using (receiver)
            where g.group_id = ? for update of g
            """)) {
      select.setString(1, id);
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        long repeat = row.getLong(4);
        Optional<Duration> again =
            row.wasNull() ? Optional.empty() : Optional.of(Duration.ofMillis(repeat));
        Timing timing =
            new Timing(Duration.ofMillis(row.getLong(2)), Duration.ofMillis(row.getLong(3)), again);
        return Optional.of(
            new GroupRow(
                id,
                row.getString(1),
                timing,
                Optional.ofNullable(row.getTimestamp(5)).map(Timestamp::toInstant),
                row.getLong(6),
                Optional.ofNullable(row.getString(7)),
                row.getBoolean(8)));
      }
    }
  }

  /** Says when to look at the group; empty: when something comes. */
  void lookAt(Connection connection, Optional<Instant> next) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "update controller.alert_group set next_at = ? where group_id = ?")) {
      set(update, 1, next.orElse(null));
      update.setString(2, id);
      update.executeUpdate();
    }
  }

  /** A notice of the group is being delivered. */
  void open(Connection connection, String batch, Instant now) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "update controller.alert_group set open_batch = ?, told_at = ?,"
                + " batches = batches + 1, next_at = null where group_id = ?")) {
      update.setString(1, batch);
      update.setTimestamp(2, Timestamp.from(now));
      update.setString(3, id);
      update.executeUpdate();
    }
  }

  private static void set(PreparedStatement statement, int index, @Nullable Instant at)
      throws SQLException {
    if (at == null) {
      statement.setNull(index, Types.TIMESTAMP_WITH_TIMEZONE);
    } else {
      statement.setTimestamp(index, Timestamp.from(at));
    }
  }
}
