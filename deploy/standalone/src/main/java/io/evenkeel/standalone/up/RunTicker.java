package io.evenkeel.standalone.up;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells on the console how the newest run goes: a line every few seconds, and one for each alert
 * and command.
 *
 * <p>What it cannot read is left out: the run does not depend on it.
 */
final class RunTicker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunTicker.class);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final int LOOKS_A_LINE = 5;
  private static final int EVENT_LIMIT = 10_000;

  private final DatabaseAddress database;
  private final Console console;
  private final Instant since;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Set<String> told = new HashSet<>();
  private final Thread thread;
  private long lastStep = -1;

  private RunTicker(DatabaseAddress database, Console console, Instant since) {
    this.database = database;
    this.console = console;
    this.since = since;
    this.thread = Thread.ofPlatform().daemon().name("run-ticker").unstarted(this::tick);
  }

  /**
   * Starts it.
   *
   * @param database where to look
   * @param console where to tell
   * @param since runs that started before are not told of
   */
  static RunTicker start(DatabaseAddress database, Console console, Instant since) {
    RunTicker ticker = new RunTicker(database, console, since);
    ticker.thread.start();
    return ticker;
  }

  @Override
  public void close() {
    stopping.countDown();
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tick() {
    try {
      for (int look = 0; !stopping.await(LOOK.toMillis(), TimeUnit.MILLISECONDS); look++) {
        try (Connection connection = database.connect()) {
          events(connection);
          if (look % LOOKS_A_LINE == 0) {
            progress(connection);
          }
        } catch (SQLException e) {
          LOG.debug("no news from the database", e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void progress(Connection connection) throws SQLException {
    String sql =
        "select s.step, r.planned_steps, s.loss_lm, s.gradient_norm_ratio_max,"
            + " (select k.value from ui_v1_knob_steps k where k.run = s.run and k.step = s.step"
            + "   and k.knob = 'load_balance.alpha' order by k.scope limit 1)"
            + " from ui_v1_run_steps s join ui_v1_runs r on r.run = s.run and r.incarnation = s.incarnation"
            + " where r.started_at >= ? order by r.started_at desc, s.step desc limit 1";
    try (PreparedStatement statement = since(connection, sql);
        ResultSet row = statement.executeQuery()) {
      if (row.next() && row.getLong(1) != lastStep) {
        lastStep = row.getLong(1);
        long planned = row.getLong(2);
        console.line(
            "training",
            String.format(
                Locale.ROOT,
                "step %d%s  loss %.3f  R_g %.3g  alpha %.3g",
                lastStep,
                planned > 0 ? "/" + planned : "",
                row.getDouble(3),
                row.getDouble(4),
                row.getDouble(5)));
      }
    }
  }

  private void events(Connection connection) throws SQLException {
    String alerts =
        "select a.alert_id || a.state, 'alert', a.rule || ' (' || a.scope || ') ' || a.state || ' at step '"
            + " || coalesce(a.resolved_step, a.fired_step) from ui_v1_alerts a join ui_v1_runs r"
            + " on r.run = a.run and r.incarnation = a.incarnation"
            + " where r.started_at >= ? and a.state in ('firing', 'resolved') order by coalesce(a.resolved_step, a.fired_step)";
    String commands =
        "select c.run || c.epoch || '/' || c.sequence || c.status, 'command', coalesce(c.knob, c.action) || ' '"
            + " || coalesce(to_char(c.value_from, 'FM999990.0999999') || ' -> ', '')"
            + " || coalesce(to_char(c.value_to, 'FM999990.0999999'), '') || ' ' || c.status"
            + " || coalesce(' at step ' || c.applied_step, '') from ui_v1_commands c join ui_v1_runs r"
            + " on r.run = c.run and r.incarnation = c.incarnation"
            + " where r.started_at >= ? and c.status <> 'pending' order by c.sequence";
    for (String sql : new String[] {alerts, commands}) {
      try (PreparedStatement statement = since(connection, sql);
          ResultSet row = statement.executeQuery()) {
        while (row.next() && told.size() < EVENT_LIMIT) {
          if (told.add(row.getString(1))) {
            console.line(row.getString(2), row.getString(3));
          }
        }
      }
    }
  }

  private PreparedStatement since(Connection connection, String sql) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    statement.setTimestamp(1, Timestamp.from(since));
    return statement;
  }
}
