package io.evenkeel.controller.notify;

import io.evenkeel.alerting.config.AlertsConfig;
import io.evenkeel.alerting.route.InhibitRule;
import io.evenkeel.alerting.route.Route;
import io.evenkeel.contract.alert.AlertEvent;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Alert events, their groups and notices in the database. What {@link #accept} has returned for is
 * kept until it is delivered or given up: an event waits in its group, and leaves in a notice that
 * is made in one transaction. Thread-safe.
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
   * @param notice what; without items if its run has been deleted meanwhile
   * @param attempts tries so far
   * @param acceptedAt since when it waits
   */
  public record Pending(Notice notice, int attempts, Instant acceptedAt) {}

  /** How a try ended, for the delivery log. */
  public enum Result {
    DELIVERED("delivered"),
    RETRY("pending"),
    GONE("failed"),
    GAVE_UP("failed");

    private final String status;

    String status() {
      return status;
    }

    Result(String status) {
      this.status = status;
    }

    String outcome() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Who is told of what, of one configuration. */
  private record Plan(
      Route route,
      List<InhibitRule> inhibitRules,
      Map<String, List<EventIntake.Endpoint>> endpoints) {

    static Plan of(AlertsConfig config) {
      Map<String, List<EventIntake.Endpoint>> endpoints = new HashMap<>();
      config
          .receivers()
          .forEach(
              (name, channels) ->
                  endpoints.put(
                      name,
                      channels.stream()
                          .map(c -> new EventIntake.Endpoint(c.id(name), c.options().resolved()))
                          .toList()));
      return new Plan(config.route(), config.inhibitRules(), endpoints);
    }
  }

  private final DataSource source;
  private volatile Plan plan;

  /** An outbox in {@code source}, for the receivers and by the routes of {@code config}. */
  public Outbox(DataSource source, AlertsConfig config) {
    this.source = source;
    this.plan = Plan.of(config);
  }

  /**
   * Routes by another configuration from now on. What waits keeps its groups; what waits for a
   * receiver that is not there any more stays until it is there again or too old.
   */
  public void use(AlertsConfig config) {
    this.plan = Plan.of(config);
  }

  /** Makes the receivers known, these and no others as configured. */
  public void register(Collection<Receiver> receivers) throws SQLException {
    try (Connection connection = source.getConnection();
        PreparedStatement insert =
            connection.prepareStatement(
                "insert into controller.receiver (receiver, url) values (?, ?)"
                    + " on conflict (receiver) do update set url = excluded.url");
        PreparedStatement mark =
            connection.prepareStatement(
                "update controller.receiver set configured = (receiver = any(?))"
                    + " where configured <> (receiver = any(?))")) {
      for (Receiver receiver : receivers) {
        insert.setString(1, receiver.id());
        insert.setString(2, receiver.shownUrl());
        insert.addBatch();
      }
      insert.executeBatch();
      Array ids = connection.createArrayOf("text", receivers.stream().map(Receiver::id).toArray());
      mark.setArray(1, ids);
      mark.setArray(2, ids);
      mark.executeUpdate();
    }
  }

  /**
   * Takes alert events in, in one transaction; events taken in before change nothing.
   *
   * @return the deliveries that are due at once
   */
  public List<DeliveryKey> accept(List<AlertEvent> alerts, Instant now) throws SQLException {
    try (Connection connection = source.getConnection()) {
      connection.setAutoCommit(false);
      Plan used = plan;
      try (EventIntake intake = new EventIntake(connection, used.route(), used.endpoints(), now)) {
        for (AlertEvent alert : alerts) {
          intake.take(alert);
        }
        List<DeliveryKey> keys = look(connection, intake.touched(), now);
        connection.commit();
        return keys;
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      }
    }
  }

  private List<DeliveryKey> look(Connection connection, Collection<String> groups, Instant now)
      throws SQLException {
    List<DeliveryKey> keys = new ArrayList<>();
    if (!groups.isEmpty()) {
      Mutes mutes = new Mutes(connection, plan.inhibitRules(), now);
      for (String group : groups) {
        Groups.look(connection, group, mutes, now).ifPresent(keys::add);
      }
    }
    return keys;
  }

  /**
   * Makes the notices that are due.
   *
   * @param limit most groups to look at
   * @return the deliveries, and whether there may be more
   */
  public Due due(Instant now, int limit) throws SQLException {
    try (Connection connection = source.getConnection()) {
      connection.setAutoCommit(false);
      try {
        List<String> groups = dueGroups(connection, now, limit);
        List<DeliveryKey> keys = look(connection, groups, now);
        connection.commit();
        return new Due(keys, groups.size() == limit);
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      }
    }
  }

  /**
   * Notices that were due.
   *
   * @param keys the deliveries
   * @param more whether there may be more
   */
  public record Due(List<DeliveryKey> keys, boolean more) {
    /** Copies. */
    public Due {
      keys = List.copyOf(keys);
    }
  }

  private List<String> dueGroups(Connection connection, Instant now, int limit)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select group_id from controller.alert_group where next_at <= ?"
                + " and receiver = any(?) order by next_at limit ? for update skip locked")) {
      Object[] ids =
          plan.endpoints().values().stream()
              .flatMap(List::stream)
              .map(EventIntake.Endpoint::id)
              .toArray();
      select.setTimestamp(1, Timestamp.from(now));
      select.setArray(2, connection.createArrayOf("text", ids));
      select.setInt(3, limit);
      List<String> groups = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          groups.add(rows.getString(1));
        }
      }
      return groups;
    }
  }

  /** The delivery, if it is still to be made. */
  public Optional<Pending> find(DeliveryKey key) throws SQLException {
    try (Connection connection = source.getConnection()) {
      return Batches.find(connection, key);
    }
  }

  /**
   * Notes a try. One that was the last makes way for the group's next notice.
   *
   * @return the deliveries that are due at once thereby
   */
  public List<DeliveryKey> attempted(
      DeliveryKey key,
      int attempt,
      Instant started,
      Duration took,
      Result result,
      String detail,
      Instant now)
      throws SQLException {
    try (Connection connection = source.getConnection()) {
      connection.setAutoCommit(false);
      try {
        Batches.note(connection, key, attempt, started, took, result, detail);
        List<DeliveryKey> keys =
            result == Result.RETRY
                ? List.of()
                : look(connection, Batches.close(connection, key), now);
        connection.commit();
        return keys;
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      }
    }
  }

  /** Disables a receiver, and gives up what waits for it. */
  public void disable(String receiver, String reason, Instant now) throws SQLException {
    try (Connection connection = source.getConnection()) {
      connection.setAutoCommit(false);
      try {
        Batches.disable(connection, receiver, reason, now);
        connection.commit();
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      }
    }
  }

  /**
   * Has a stored notice delivered once more, in the transaction of the caller.
   *
   * @param by who asks
   * @return whether it will be, or why not
   */
  public static Replays.Answer replay(
      Connection connection, DeliveryKey key, String by, Instant now) throws SQLException {
    return Replays.ask(connection, key, by, now);
  }

  /**
   * Deliveries that wait without a task, oldest first, of notices made or asked for anew before a
   * moment.
   */
  public List<DeliveryKey> waiting(int limit, Instant madeBefore) throws SQLException {
    try (Connection connection = source.getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                """
                select batch_id, receiver from controller.batch
                where status = 'pending' and coalesce(replayed_at, made_at) < ?
                  and not exists (
                    select from controller.scheduled_tasks
                    where task_name = 'delivery' and task_instance = receiver || ' ' || batch_id)
                order by made_at limit ?
                """)) {
      select.setTimestamp(1, Timestamp.from(madeBefore));
      select.setInt(2, limit);
      List<DeliveryKey> keys = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          keys.add(new DeliveryKey(rows.getString(1), rows.getString(2)));
        }
      }
      return keys;
    }
  }

  /**
   * Whether people are to be told of an event. An end is news however late it comes: without it an
   * incident would be told as firing again and again.
   */
  static boolean isNews(AlertEvent alert, Instant now) {
    boolean stale = alert.emitted().isBefore(now.minus(Backoff.GIVE_UP));
    return switch (alert.state()) {
      case PENDING -> false;
      case FIRING -> !stale;
      case RESOLVED -> true;
    };
  }
}
