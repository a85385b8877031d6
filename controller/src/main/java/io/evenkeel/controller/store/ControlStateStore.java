package io.evenkeel.controller.store;

import io.evenkeel.contract.command.Mode;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.controller.operator.ControlSettings;
import io.evenkeel.controller.steer.StateListener;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the modes, holds and kill switches that the UI shows. Best effort: of each run the newest
 * state is written as soon as the database allows; Kafka holds the truth. {@link #changed} may be
 * called from any thread and never blocks; {@link #run} is its own thread.
 */
public final class ControlStateStore implements StateListener, Runnable, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ControlStateStore.class);
  private static final long RETRY_MILLIS = 2_000;

  private record Row(
      String knob, Mode mode, boolean held, boolean killed, String changedBy, Instant changedAt) {}

  private final DataSource source;
  private final Map<String, List<Row>> waiting = new LinkedHashMap<>();
  private boolean closing;

  /** Writes through {@code source}, once its schema is ready. */
  public ControlStateStore(DataSource source) {
    this.source = source;
  }

  @Override
  public void changed(String run, ControlSettings settings) {
    List<Row> rows = new ArrayList<>();
    rows.add(row("", settings.mode(), settings));
    TreeSet<String> knobs = new TreeSet<>(settings.knobModes().keySet());
    knobs.addAll(settings.held());
    knobs.forEach(knob -> rows.add(row(knob, settings.mode(knob), settings)));
    synchronized (waiting) {
      waiting.put(run, rows);
      waiting.notifyAll();
    }
  }

  private static Row row(String knob, Mode mode, ControlSettings settings) {
    return new Row(
        knob,
        mode,
        settings.isHeld(knob),
        settings.isKilled(),
        settings.changedBy(),
        settings.changedAt());
  }

  @Override
  public void run() {
    try {
      for (Map<String, List<Row>> batch = take(); !batch.isEmpty(); batch = take()) {
        save(batch);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Map<String, List<Row>> take() throws InterruptedException {
    synchronized (waiting) {
      while (waiting.isEmpty() && !closing) {
        waiting.wait();
      }
      if (closing) {
        return Map.of();
      }
      Map<String, List<Row>> batch = new LinkedHashMap<>(waiting);
      waiting.clear();
      return batch;
    }
  }

  private void save(Map<String, List<Row>> batch) throws InterruptedException {
    try (Connection connection = source.getConnection()) {
      connection.setAutoCommit(false);
      for (Map.Entry<String, List<Row>> entry : batch.entrySet()) {
        write(connection, entry.getKey(), entry.getValue());
      }
      connection.commit();
    } catch (SQLException e) {
      LOG.warn(ErrorId.DB_UNAVAILABLE.line("The control state waits: " + e.getMessage() + "."));
      synchronized (waiting) {
        batch.forEach(waiting::putIfAbsent);
        if (!closing) {
          waiting.wait(RETRY_MILLIS);
        }
      }
    }
  }

  private static void write(Connection connection, String run, List<Row> rows) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("delete from controller.control_state where run = ?")) {
      delete.setString(1, run);
      delete.executeUpdate();
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            insert into controller.control_state
              (run, knob, mode, held, kill_switch, changed_by, changed_at)
            values (?, ?, ?, ?, ?, ?, ?)
            """)) {
      for (Row row : rows) {
        insert.setString(1, run);
        insert.setString(2, row.knob());
        insert.setString(3, row.mode().name().toLowerCase(Locale.ROOT));
        insert.setBoolean(4, row.held());
        insert.setBoolean(5, row.killed());
        insert.setString(6, row.changedBy());
        insert.setTimestamp(7, Timestamp.from(row.changedAt()));
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  @Override
  public void close() {
    synchronized (waiting) {
      closing = true;
      waiting.notifyAll();
    }
  }
}
