package io.evenkeel.controller.notify;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Notices and their deliveries in the database. What {@link #accept} has returned for is kept until
 * it is delivered or given up. Thread-safe.
 */
public final class Outbox {

  /**
   * One notice for one receiver.
   *
   * @param noticeId notice
   * @param receiver receiver
   */
  public record DeliveryKey(String noticeId, String receiver) {

    /** The key as one word. */
    public String encode() {
      return receiver + " " + noticeId;
    }

    /** Reads {@link #encode} back. */
    public static DeliveryKey decode(String text) {
      int space = text.indexOf(' ');
      return new DeliveryKey(text.substring(space + 1), text.substring(0, space));
    }
  }

  /**
   * A delivery that is still to be made.
   *
   * @param notice what
   * @param attempts tries so far
   * @param acceptedAt since when it waits
   * @param order whether it may go now
   */
  public record Pending(Notice notice, int attempts, Instant acceptedAt, Order order) {}

  /** Whether a delivery may go now. */
  public enum Order {
    /** It may. */
    NOW,
    /** The incident's beginning has not been told yet: its end must not come first. */
    AFTER_FIRING
  }

  /** How a try ended, for the delivery log. */
  public enum Result {
    DELIVERED("delivered"),
    RETRY("pending"),
    GONE("failed"),
    GAVE_UP("failed");

    private final String status;

    Result(String status) {
      this.status = status;
    }

    private String outcome() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final DataSource source;

  /** An outbox in {@code source}. */
  public Outbox(DataSource source) {
    this.source = source;
  }

  /** Makes the receivers known. */
  public void register(Collection<Receiver> receivers) throws SQLException {
    try (Connection connection = source.getConnection();
        PreparedStatement insert =
            connection.prepareStatement(
                "insert into controller.receiver (receiver, url) values (?, ?)"
                    + " on conflict (receiver) do update set url = excluded.url")) {
      for (Receiver receiver : receivers) {
        insert.setString(1, receiver.id());
        insert.setString(2, receiver.shownUrl());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  /**
   * Takes alert events in, in one transaction; events taken in before change nothing.
   *
   * @return the deliveries that are new
   */
  public List<DeliveryKey> accept(
      List<AlertEvent> alerts, Collection<Receiver> receivers, Instant now) throws SQLException {
    List<DeliveryKey> fresh = new ArrayList<>();
    try (Connection connection = source.getConnection()) {
      connection.setAutoCommit(false);
      try (PreparedStatement notice = connection.prepareStatement(INSERT_NOTICE);
          PreparedStatement delivery = connection.prepareStatement(INSERT_DELIVERY)) {
        for (AlertEvent alert : alerts) {
          String id = Notice.idOf(alert);
          insertNotice(notice, id, alert, now);
          for (Receiver receiver : receivers) {
            delivery.setString(1, id);
            delivery.setTimestamp(2, Timestamp.from(now));
            delivery.setString(3, receiver.id());
            delivery.setString(4, id);
            if (delivery.executeUpdate() == 1) {
              fresh.add(new DeliveryKey(id, receiver.id()));
            }
          }
        }
        connection.commit();
      } catch (SQLException e) {
        connection.rollback();
        throw e;
      }
    }
    return fresh;
  }

  // A condition that lapses before it fires ends too, but nobody has heard of it.
  private static final String INSERT_NOTICE =
      """
      insert into controller.notice
        (notice_id, alert_id, run, rule, scope, state, wall_time, alert, accepted_at)
      select v.* from (values (?, ?, ?, ?, ?, ?, ?::timestamptz, ?::bytea, ?::timestamptz))
        as v (notice_id, alert_id, run, rule, scope, state, wall_time, alert, accepted_at)
      where v.state = 'firing'
        or exists (
          select from controller.notice f where f.alert_id = v.alert_id and f.state = 'firing')
      on conflict (notice_id) do nothing
      """;

  // A receiver that has answered 410 gets nothing any more.
  private static final String INSERT_DELIVERY =
      """
      insert into controller.delivery (notice_id, receiver, status, accepted_at)
      select ?, receiver, 'pending', ? from controller.receiver
      where receiver = ? and disabled_at is null
        and exists (select from controller.notice where notice_id = ?)
      on conflict (notice_id, receiver) do nothing
      """;

  private static void insertNotice(
      PreparedStatement insert, String id, AlertEvent alert, Instant now) throws SQLException {
    insert.setString(1, id);
    insert.setString(2, alert.alertId());
    insert.setString(3, alert.run());
    insert.setString(4, alert.rule());
    insert.setString(5, alert.scope());
    insert.setString(6, alert.state().name().toLowerCase(Locale.ROOT));
    insert.setTimestamp(7, Timestamp.from(alert.wallTime()));
    insert.setBytes(8, Codecs.ALERT_EVENT.encode(alert));
    insert.setTimestamp(9, Timestamp.from(now));
    insert.executeUpdate();
  }

  /** The delivery, if it is still to be made. */
  public Optional<Pending> find(DeliveryKey key) throws SQLException {
    try (Connection connection = source.getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                """
                select n.alert, d.attempts, d.accepted_at,
                       coalesce(f.wall_time, n.wall_time) as starts_at,
                       n.state = 'resolved' and coalesce(b.status = 'pending', false) as early
                from controller.delivery d
                join controller.notice n using (notice_id)
                left join controller.notice f on f.alert_id = n.alert_id and f.state = 'firing'
                left join controller.delivery b
                  on b.notice_id = f.notice_id and b.receiver = d.receiver
                where d.notice_id = ? and d.receiver = ? and d.status = 'pending'
                """)) {
      select.setString(1, key.noticeId());
      select.setString(2, key.receiver());
      try (ResultSet rows = select.executeQuery()) {
        if (!rows.next()) {
          return Optional.empty();
        }
        AlertEvent alert = Codecs.ALERT_EVENT.decode(rows.getBytes(1));
        Notice notice = new Notice(key.noticeId(), alert, rows.getTimestamp(4).toInstant());
        return Optional.of(
            new Pending(
                notice,
                rows.getInt(2),
                rows.getTimestamp(3).toInstant(),
                rows.getBoolean(5) ? Order.AFTER_FIRING : Order.NOW));
      } catch (WireException e) {
        throw new SQLException("The stored alert cannot be read", e);
      }
    }
  }

  /** Notes a try. */
  public void attempted(
      DeliveryKey key, int attempt, Instant started, Duration took, Result result, String detail)
      throws SQLException {
    try (Connection connection = source.getConnection()) {
      connection.setAutoCommit(false);
      try (PreparedStatement log =
              connection.prepareStatement(
                  """
                  insert into controller.delivery_attempt
                    (notice_id, receiver, attempt, started_at, millis, outcome, detail)
                  values (?, ?, ?, ?, ?, ?, ?)
                  """);
          PreparedStatement update =
              connection.prepareStatement(
                  """
                  update controller.delivery
                  set status = ?, attempts = ?, last_error = ?, delivered_at = ?
                  where notice_id = ? and receiver = ?
                  """)) {
        log.setString(1, key.noticeId());
        log.setString(2, key.receiver());
        log.setInt(3, attempt);
        log.setTimestamp(4, Timestamp.from(started));
        log.setLong(5, took.toMillis());
        log.setString(6, result.outcome());
        log.setString(7, detail);
        log.executeUpdate();
        boolean delivered = result == Result.DELIVERED;
        update.setString(1, result.status);
        update.setInt(2, attempt);
        update.setString(3, delivered ? "" : detail);
        update.setTimestamp(4, delivered ? Timestamp.from(started.plus(took)) : null);
        update.setString(5, key.noticeId());
        update.setString(6, key.receiver());
        update.executeUpdate();
        connection.commit();
      } catch (SQLException e) {
        connection.rollback();
        throw e;
      }
    }
  }

  /** Disables a receiver, and gives up what waits for it. */
  public void disable(String receiver, String reason, Instant now) throws SQLException {
    try (Connection connection = source.getConnection();
        PreparedStatement disable =
            connection.prepareStatement(
                "update controller.receiver set disabled_at = ?, disabled_reason = ?"
                    + " where receiver = ? and disabled_at is null");
        PreparedStatement fail =
            connection.prepareStatement(
                "update controller.delivery set status = 'failed', last_error = ?"
                    + " where receiver = ? and status = 'pending'")) {
      disable.setTimestamp(1, Timestamp.from(now));
      disable.setString(2, reason);
      disable.setString(3, receiver);
      disable.executeUpdate();
      fail.setString(1, reason);
      fail.setString(2, receiver);
      fail.executeUpdate();
    }
  }

  /** Deliveries that wait, oldest first. */
  public List<DeliveryKey> waiting(int limit) throws SQLException {
    try (Connection connection = source.getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                "select notice_id, receiver from controller.delivery"
                    + " where status = 'pending' order by accepted_at limit ?")) {
      select.setInt(1, limit);
      List<DeliveryKey> keys = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          keys.add(new DeliveryKey(rows.getString(1), rows.getString(2)));
        }
      }
      return keys;
    }
  }

  /** Whether people are to be told of an event. */
  static boolean isNews(AlertEvent alert, Instant now) {
    boolean stale = alert.emitted().isBefore(now.minus(Backoff.GIVE_UP));
    return alert.state() != AlertState.PENDING && !stale;
  }
}
