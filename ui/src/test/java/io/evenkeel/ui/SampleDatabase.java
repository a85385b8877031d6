package io.evenkeel.ui;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/**
 * Serves a database with sample runs, one of which goes on, to look at the pages by hand.
 * Arguments: folder for the data, milliseconds between two steps.
 */
public final class SampleDatabase {
  private SampleDatabase() {}

  /** Runs until it is stopped. */
  public static void main(String[] arguments) throws Exception {
    long pause = Long.parseLong(arguments[1]);
    WriterDatabase database = WriterDatabase.start(Path.of(arguments[0]));
    try (Connection connection = database.connect()) {
      SampleRun live = fill(connection);
      System.out.println("URL " + database.url() + " " + database.password());
      for (long step = 420; ; step++) {
        live.steps(step, step + 1);
        LockSupport.parkNanos(pause * 1_000_000);
      }
    }
  }

  /**
   * Writes the runs: {@code alpha-too-high-1} of 420 steps, which may go on, with alerts, commands,
   * proposals and notices, and {@code night-2}, which is over and has a hostile name.
   *
   * @param connection commits by hand from now on
   * @return the first
   */
  public static SampleRun fill(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    Instant start = Instant.now().minusMillis(250 * 420);
    var live = new SampleRun(connection, "alpha-too-high-1", "alpha too high", 4, 16, 4, start);
    live.steps(0, 420);
    live.audit(
        "p-1",
        410,
        Instant.now(),
        "policy:epsilon",
        "proposed",
        "advise",
        "adam.epsilon",
        1e-8,
        1e-9,
        "Epsilon is within ten times of the gradient RMS of embed: bring it down by ten",
        "");
    live.audit(
        "p-2",
        412,
        Instant.now(),
        "policy:mu",
        "blocked",
        "auto",
        "expert_bias.mu",
        0.008,
        0.004,
        "The bias has settled: let mu decay",
        "EVK-KNOB-COOLDOWN");
    live.alert(
        "a-eps",
        2,
        "epsilon-over-rms",
        "tensors/embed",
        "warning",
        380,
        384,
        0.15,
        0.1,
        "Epsilon is near the gradient RMS of embed",
        Instant.now());
    var old =
        new SampleRun(
            connection,
            "night-2",
            "<img src=x onerror=alert(1)>",
            2,
            8,
            2,
            start.minusSeconds(86_400));
    old.steps(0, 200);
    try (var statement = connection.createStatement()) {
      statement.execute(
          "update evenkeel_store.declaration set status = 'finished', ended_at = now() where name like '<img%'");
      statement.execute(
          "insert into controller.receiver values ('webhook', 'http://127.0.0.1:9/hook', null, null)");
      String[] notices = {
        "'n-1', 'alpha-too-high-1a-rg', 'alpha-too-high-1', 'gradient-norm-ratio', 'layers/1', 'firing'",
        "'n-2', 'alpha-too-high-1a-rg', 'alpha-too-high-1', 'gradient-norm-ratio', 'layers/1', 'resolved'",
        "'n-3', 'alpha-too-high-1a-eps', 'alpha-too-high-1', 'epsilon-over-rms', 'tensors/embed', 'firing'"
      };
      for (String notice : notices) {
        statement.execute(
            "insert into controller.notice values (" + notice + ", now(), '', now())");
      }
      statement.execute(
          "insert into controller.delivery values ('n-1', 'webhook', 'delivered', 1, '', now() - interval '2 min', now()),"
              + " ('n-2', 'webhook', 'delivered', 2, 'EVK-WEBHOOK-FAILED: 503', now() - interval '1 min', now()),"
              + " ('n-3', 'webhook', 'pending', 3, 'connection refused', now() - interval '5 s', null)");
      statement.execute(
          "insert into controller.alert_group (group_id, receiver, group_key, group_labels, run, wait_millis, interval_millis,"
              + " told_at, batches) values ('g-1', 'webhook', '{}:{}', '{}', 'alpha-too-high-1', 0, 0, now(), 3)");
      statement.execute(
          "insert into controller.batch (batch_id, receiver, group_id, status, attempts, last_error, made_at, delivered_at)"
              + " select notice_id, receiver, 'g-1', status, attempts, last_error, accepted_at, delivered_at"
              + " from controller.delivery");
      statement.execute(
          "insert into controller.batch_item select notice_id, receiver, notice_id, 'new' from controller.delivery");
      statement.execute(
          "update controller.delivery set status = 'batched', batch_id = notice_id, group_id = 'g-1'");
    }
    live.setting("", "auto", false, false);
    live.setting("adam.epsilon", "advise", false, false);
    live.setting("hidden_z.lambda", "auto", true, false);
    connection.commit();
    return live;
  }
}
