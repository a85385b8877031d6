package io.evenkeel.controller.notify;

import io.evenkeel.alerting.config.Channel;
import io.evenkeel.alerting.route.AlertLabels;
import io.evenkeel.alerting.route.Route;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.wire.Codecs;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Takes alert events in and puts each into its groups, in the caller's transaction. Not
 * thread-safe.
 */
final class EventIntake implements AutoCloseable {

  /**
   * Who is behind a receiver's name.
   *
   * @param id id of the channel
   * @param resolved whether it hears of what is over
   */
  record Endpoint(String id, Channel.Resolved resolved) {}

  // A condition that lapses before it fires ends too, but nobody has heard of it.
  private static final String INSERT_NOTICE =
      """
      insert into controller.notice
        (notice_id, alert_id, run, rule, scope, state, wall_time, alert, accepted_at, severity)
      select v.* from
        (values (?, ?, ?, ?, ?, ?, ?::timestamptz, ?::bytea, ?::timestamptz, ?::smallint))
        as v (notice_id, alert_id, run, rule, scope, state, wall_time, alert, accepted_at, severity)
      where v.state = 'firing'
        or exists (
          select from controller.notice f where f.alert_id = v.alert_id and f.state = 'firing')
      on conflict (notice_id) do nothing
      """;

  private static final String INSERT_GROUP =
      """
      insert into controller.alert_group
        (group_id, receiver, group_key, group_labels, run, wait_millis, interval_millis, repeat_millis)
      values (?, ?, ?, ?::jsonb, ?, ?, ?, ?)
      on conflict (group_id) do update set wait_millis = excluded.wait_millis,
        interval_millis = excluded.interval_millis, repeat_millis = excluded.repeat_millis
      """;

  // A receiver that has answered 410 gets nothing any more.
  private static final String INSERT_DELIVERY =
      """
      insert into controller.delivery (notice_id, receiver, status, accepted_at, group_id)
      select ?, receiver, 'pending', ?, ? from controller.receiver
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
    insert.setInt(10, alert.severity().ordinal());
    insert.executeUpdate();
  }

  private final Route route;
  private final Map<String, List<Endpoint>> endpoints;
  private final Instant now;
  private final PreparedStatement notice;
  private final PreparedStatement group;
  private final PreparedStatement delivery;
  private final Set<String> known = new HashSet<>();
  // In one order over all controllers, so that they do not wait for each other in a circle.
  private final TreeSet<String> touched = new TreeSet<>();

  EventIntake(
      Connection connection, Route route, Map<String, List<Endpoint>> endpoints, Instant now)
      throws SQLException {
    this.route = route;
    this.endpoints = endpoints;
    this.now = now;
    this.notice = connection.prepareStatement(INSERT_NOTICE);
    this.group = connection.prepareStatement(INSERT_GROUP);
    this.delivery = connection.prepareStatement(INSERT_DELIVERY);
  }

  void take(AlertEvent alert) throws SQLException {
    String id = Notice.idOf(alert);
    insertNotice(notice, id, alert, now);
    for (Route.Target target : route.targets(AlertLabels.of(alert))) {
      for (Endpoint endpoint : endpoints.getOrDefault(target.receiver(), List.of())) {
        if (alert.state() != AlertState.RESOLVED || endpoint.resolved() == Channel.Resolved.SENT) {
          deliver(id, endpoint, target);
        }
      }
    }
  }

  private void deliver(String notice, Endpoint endpoint, Route.Target target) throws SQLException {
    String groupId = Digests.of(endpoint.id() + " " + target.key());
    if (known.add(groupId)) {
      group.setString(1, groupId);
      group.setString(2, endpoint.id());
      group.setString(3, target.key());
      group.setString(4, GroupLabels.write(target.labels()));
      group.setString(5, target.labels().getOrDefault(AlertLabels.RUN, ""));
      group.setLong(6, target.timing().groupWait().toMillis());
      group.setLong(7, target.timing().groupInterval().toMillis());
      group.setObject(
          8, target.timing().repeatInterval().map(Duration::toMillis).orElse(null), Types.BIGINT);
      group.executeUpdate();
    }
    delivery.setString(1, notice);
    delivery.setTimestamp(2, Timestamp.from(now));
    delivery.setString(3, groupId);
    delivery.setString(4, endpoint.id());
    delivery.setString(5, notice);
    if (delivery.executeUpdate() == 1) {
      touched.add(groupId);
    }
  }

  @Override
  public void close() throws SQLException {
    notice.close();
    group.close();
    delivery.close();
  }

  /** The groups that have something new. */
  SortedSet<String> touched() {
    return Collections.unmodifiableSortedSet(touched);
  }
}
