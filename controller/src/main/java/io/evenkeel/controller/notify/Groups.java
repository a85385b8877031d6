package io.evenkeel.controller.notify;

import io.evenkeel.alerting.route.AlertLabels;
import io.evenkeel.alerting.route.Cadence;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import io.evenkeel.controller.notify.Outbox.DeliveryKey;
import io.evenkeel.controller.notify.Untold.Suppressed;
import io.evenkeel.controller.notify.Untold.Told;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Makes a group's next notice, if it is due, in the transaction of the caller. */
final class Groups {

  /** What has fired for longer is not told again. */
  private static final Duration OLDEST = Duration.ofDays(7);

  private static final Duration LOOK_AGAIN = Duration.ofSeconds(15);

  private Groups() {}

  /**
   * Looks at a group: makes its notice or says when to look again.
   *
   * @return the delivery, if there is a notice
   */
  static Optional<DeliveryKey> look(Connection connection, String id, Mutes mutes, Instant now)
      throws SQLException {
    GroupRow group = GroupRow.lock(connection, id).orElse(null);
    if (group == null) {
      return Optional.empty();
    }
    if (group.disabled() || group.openBatch().isPresent()) {
      group.lookAt(connection, Optional.empty());
      return Optional.empty();
    }
    Optional<Instant> due =
        since(connection, id)
            // Another thread or controller may have taken it in by a later clock.
            .map(since -> since.isAfter(now) ? now : since)
            .map(since -> Cadence.newsDue(group.timing(), group.toldAt(), since))
            .filter(at -> at.isAfter(now));
    if (due.isPresent()) {
      group.lookAt(connection, due);
      return Optional.empty();
    }
    Untold untold = Untold.read(connection, group, mutes);
    suppress(connection, group, untold.suppressed());
    List<Known> known =
        group.timing().eachByItself()
            ? List.of()
            : known(connection, group, Untold.MOST - untold.told().size(), now);
    if (!untold.told().isEmpty()) {
      List<Told> still = known.stream().map(Known::told).toList();
      return Optional.of(batch(connection, group, untold, still, now));
    }
    List<Told> open = known.stream().filter(k -> k.care() == Care.NOBODY).map(Known::told).toList();
    List<Told> again =
        Cadence.repeats(group.timing(), group.toldAt(), now)
            ? audible(connection, open, mutes)
            : List.of();
    if (!again.isEmpty()) {
      return Optional.of(batch(connection, group, untold, again, now));
    }
    Cadence.Standing standing =
        new Cadence.Standing(group.toldAt(), Optional.empty(), untold.muted(), !open.isEmpty());
    group.lookAt(connection, Cadence.next(group.timing(), standing, now).map(at -> later(at, now)));
    return Optional.empty();
  }

  /** What is due already and was not told now is silenced: it is looked at again a little later. */
  private static Instant later(Instant at, Instant now) {
    return at.isAfter(now) ? at : now.plus(LOOK_AGAIN);
  }

  private static Optional<Instant> since(Connection connection, String id) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select min(accepted_at) from controller.delivery"
                + " where group_id = ? and status = 'pending'")) {
      select.setString(1, id);
      try (ResultSet row = select.executeQuery()) {
        return row.next()
            ? Optional.ofNullable(row.getTimestamp(1)).map(Timestamp::toInstant)
            : Optional.empty();
      }
    }
  }

  /** Whether somebody has taken an incident on, so that it need not be told again. */
  private enum Care {
    NOBODY,
    SOMEBODY
  }

  private record Known(Told told, Care care) {}

  /** What has been told and still fires, the gravest first. */
  private static List<Known> known(Connection connection, GroupRow group, int most, Instant now)
      throws SQLException {
    List<Known> known = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            select n.notice_id, n.alert_id, exists (
                select from controller.acknowledgement a where a.alert_id = n.alert_id)
            from controller.delivery d join controller.notice n using (notice_id)
            where d.group_id = ? and d.status in ('batched', 'delivered') and n.state = 'firing'
              and n.accepted_at > ?
              and not exists (
                select from controller.notice r where r.alert_id = n.alert_id and r.state = 'resolved')
            order by n.severity desc, n.seq limit ?
            """)) {
      select.setString(1, group.id());
      select.setTimestamp(2, Timestamp.from(now.minus(OLDEST)));
      select.setInt(3, most);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          known.add(
              new Known(
                  new Told(rows.getString(1), rows.getString(2)),
                  rows.getBoolean(3) ? Care.SOMEBODY : Care.NOBODY));
        }
      }
    }
    return known;
  }

  /** Of what is known that which is neither silenced nor inhibited. */
  private static List<Told> audible(Connection connection, List<Told> known, Mutes mutes)
      throws SQLException {
    Set<String> silent = new HashSet<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "select notice_id, alert from controller.notice where notice_id = any(?)")) {
      select.setArray(
          1, connection.createArrayOf("text", known.stream().map(Told::noticeId).toArray()));
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          if (mutes.why(AlertLabels.of(Codecs.ALERT_EVENT.decode(rows.getBytes(2)))).isPresent()) {
            silent.add(rows.getString(1));
          }
        }
      }
    } catch (WireException e) {
      throw new SQLException("A stored alert cannot be read", e);
    }
    return known.stream().filter(told -> !silent.contains(told.noticeId())).toList();
  }

  private static void suppress(Connection connection, GroupRow group, List<Suppressed> suppressed)
      throws SQLException {
    if (suppressed.isEmpty()) {
      return;
    }
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            update controller.delivery d set status = 'suppressed', last_error = ?
            from controller.notice n
            where n.notice_id = d.notice_id and n.alert_id = ? and d.group_id = ?
              and d.status = 'pending'
            """)) {
      for (Suppressed one : suppressed) {
        update.setString(1, one.reason());
        update.setString(2, one.alertId());
        update.setString(3, group.id());
        update.addBatch();
      }
      update.executeBatch();
    }
  }

  private static DeliveryKey batch(
      Connection connection, GroupRow group, Untold untold, List<Told> known, Instant now)
      throws SQLException {
    boolean each = group.timing().eachByItself();
    String id =
        each ? untold.told().getFirst().noticeId() : group.id() + "-" + (group.batches() + 1);
    try (PreparedStatement batch =
        connection.prepareStatement(
            "insert into controller.batch (batch_id, receiver, group_id, status, remaining,"
                + " made_at) values (?, ?, ?, 'pending', ?, ?)")) {
      batch.setString(1, id);
      batch.setString(2, group.receiver());
      batch.setString(3, group.id());
      batch.setInt(4, untold.remaining());
      batch.setTimestamp(5, Timestamp.from(now));
      batch.executeUpdate();
    }
    items(connection, group, id, untold.told(), "new");
    items(connection, group, id, known, "known");
    String mine = each ? "n.notice_id" : "n.alert_id";
    Object[] claimed = untold.told().stream().map(each ? Told::noticeId : Told::alertId).toArray();
    try (PreparedStatement claim =
        connection.prepareStatement(
            """
            update controller.delivery d set status = 'batched', batch_id = ?
            from controller.notice n
            where n.notice_id = d.notice_id and d.group_id = ? and d.status = 'pending'
              and %s = any(?)
            """
                .formatted(mine))) {
      claim.setString(1, id);
      claim.setString(2, group.id());
      claim.setArray(3, connection.createArrayOf("text", claimed));
      claim.executeUpdate();
    }
    group.open(connection, id, now);
    return new DeliveryKey(id, group.receiver());
  }

  private static void items(
      Connection connection, GroupRow group, String batch, List<Told> told, String role)
      throws SQLException {
    if (told.isEmpty()) {
      return;
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into controller.batch_item (batch_id, receiver, notice_id, role)"
                + " select ?, ?, unnest(?::text[]), ?")) {
      insert.setString(1, batch);
      insert.setString(2, group.receiver());
      insert.setArray(
          3, connection.createArrayOf("text", told.stream().map(Told::noticeId).toArray()));
      insert.setString(4, role);
      insert.executeUpdate();
    }
  }
}
