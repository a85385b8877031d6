package io.evenkeel.controller.notify;

import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import io.evenkeel.controller.notify.Notice.Group;
import io.evenkeel.controller.notify.Notice.Item;
import io.evenkeel.controller.notify.Notice.Replay;
import io.evenkeel.controller.notify.Notice.Role;
import io.evenkeel.controller.notify.Outbox.DeliveryKey;
import io.evenkeel.controller.notify.Outbox.Pending;
import io.evenkeel.controller.notify.Outbox.Result;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Notices that have been made, in the transaction of the caller. */
final class Batches {

  private Batches() {}

  /** A notice that is still to be delivered, with all that it holds. */
  static Optional<Pending> find(Connection connection, DeliveryKey key) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            select b.attempts, coalesce(b.replayed_at, b.made_at), b.remaining, g.group_id,
              g.group_key, g.group_labels, b.replayed_by, b.replayed_at
            from controller.batch b join controller.alert_group g using (group_id)
            where b.batch_id = ? and b.receiver = ? and b.status = 'pending'
            """)) {
      select.setString(1, key.noticeId());
      select.setString(2, key.receiver());
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        Group group =
            new Group(row.getString(4), row.getString(5), GroupLabels.read(row.getString(6)));
        Timestamp replayed = row.getTimestamp(8);
        Optional<Replay> replay =
            replayed == null
                ? Optional.empty()
                : Optional.of(new Replay(row.getString(7), replayed.toInstant()));
        Notice notice =
            new Notice(key.noticeId(), group, items(connection, key), row.getInt(3), replay);
        return Optional.of(new Pending(notice, row.getInt(1), row.getTimestamp(2).toInstant()));
      }
    }
  }

  private static List<Item> items(Connection connection, DeliveryKey key) throws SQLException {
    List<Item> items = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            select n.alert, coalesce(f.wall_time, n.wall_time), i.role
            from controller.batch_item i
            join controller.notice n using (notice_id)
            left join controller.notice f on f.alert_id = n.alert_id and f.state = 'firing'
            where i.batch_id = ? and i.receiver = ?
            order by n.state, i.role desc, n.severity desc, n.seq
            """)) {
      select.setString(1, key.noticeId());
      select.setString(2, key.receiver());
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          items.add(
              new Item(
                  Codecs.ALERT_EVENT.decode(rows.getBytes(1)),
                  rows.getTimestamp(2).toInstant(),
                  Role.valueOf(rows.getString(3).toUpperCase(Locale.ROOT)),
                  List.of()));
        }
      }
    } catch (WireException e) {
      throw new SQLException("The stored alert cannot be read", e);
    }
    return ControlNews.added(connection, items);
  }

  /** Notes a try. */
  static void note(
      Connection connection,
      DeliveryKey key,
      int attempt,
      Instant started,
      Duration took,
      Result result,
      String detail)
      throws SQLException {
    try (PreparedStatement log =
            connection.prepareStatement(
                """
                insert into controller.delivery_attempt
                  (notice_id, receiver, attempt, started_at, millis, outcome, detail)
                select d.notice_id, d.receiver, ?, ?, ?, ?, ?
                from controller.batch_item i
                join controller.delivery d on d.notice_id = i.notice_id and d.receiver = i.receiver
                where i.batch_id = ? and i.receiver = ?
                order by i.role desc, d.notice_id limit 1
                """);
        PreparedStatement update =
            connection.prepareStatement(
                """
                update controller.batch
                set status = ?, attempts = ?, last_error = ?,
                  delivered_at = coalesce(?, delivered_at)
                where batch_id = ? and receiver = ? and status = 'pending'
                """)) {
      log.setInt(1, attempt);
      log.setTimestamp(2, Timestamp.from(started));
      log.setLong(3, took.toMillis());
      log.setString(4, result.outcome());
      log.setString(5, detail);
      log.setString(6, key.noticeId());
      log.setString(7, key.receiver());
      log.executeUpdate();
      boolean delivered = result == Result.DELIVERED;
      update.setString(1, result.status());
      update.setInt(2, attempt);
      update.setString(3, delivered ? "" : detail);
      update.setTimestamp(4, delivered ? Timestamp.from(started.plus(took)) : null);
      update.setString(5, key.noticeId());
      update.setString(6, key.receiver());
      update.executeUpdate();
    }
  }

  /** A notice is done with: the groups, none or one, that may make their next one. */
  static List<String> close(Connection connection, DeliveryKey key) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "update controller.alert_group set open_batch = null"
                + " where open_batch = ? and receiver = ? returning group_id")) {
      update.setString(1, key.noticeId());
      update.setString(2, key.receiver());
      List<String> groups = new ArrayList<>();
      try (ResultSet rows = update.executeQuery()) {
        while (rows.next()) {
          groups.add(rows.getString(1));
        }
      }
      return groups;
    }
  }

  /** Gives up all that waits for a receiver, which gets nothing any more. */
  static void disable(Connection connection, String receiver, String reason, Instant now)
      throws SQLException {
    try (PreparedStatement disable =
            connection.prepareStatement(
                "update controller.receiver set disabled_at = ?, disabled_reason = ?"
                    + " where receiver = ? and disabled_at is null");
        PreparedStatement failed =
            connection.prepareStatement(
                "update controller.batch set status = 'failed', last_error = ?"
                    + " where receiver = ? and status = 'pending'");
        PreparedStatement unsent =
            connection.prepareStatement(
                "update controller.delivery set status = 'failed', last_error = ?"
                    + " where receiver = ? and status = 'pending'");
        PreparedStatement quiet =
            connection.prepareStatement(
                "update controller.alert_group set open_batch = null, next_at = null"
                    + " where receiver = ?")) {
      disable.setTimestamp(1, Timestamp.from(now));
      disable.setString(2, reason);
      disable.setString(3, receiver);
      disable.executeUpdate();
      failed.setString(1, reason);
      failed.setString(2, receiver);
      failed.executeUpdate();
      unsent.setString(1, reason);
      unsent.setString(2, receiver);
      unsent.executeUpdate();
      quiet.setString(1, receiver);
      quiet.executeUpdate();
    }
  }
}
