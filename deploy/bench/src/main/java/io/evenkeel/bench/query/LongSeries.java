package io.evenkeel.bench.query;

import com.zaxxer.hikari.HikariDataSource;
import io.evenkeel.embedded.EmbeddedPostgres;
import io.evenkeel.writer.store.Database;
import io.evenkeel.writer.store.StoreException;
import io.evenkeel.writer.upkeep.Ripeness;
import io.evenkeel.writer.upkeep.Roller;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A temporary database with the writer's schema and one series of user scalars: a noisy wave with
 * one step's spike in it, rolled up.
 */
final class LongSeries implements AutoCloseable {
  /** Value of the spike; all others lie within [-2, 2]. */
  static final double SPIKE = 50;

  private static final int BUCKETS = 1_000;
  private static final long STEPS_AT_ONCE = 500_000;

  private static final String LOAD =
      """
      insert into evenkeel_store.scalar_step (run_id, incarnation, step, name_id, value)
      select 1, 0, step, 1, case when step = ? then ? else sin(step / 1e5) + random() end
      from generate_series(?::bigint, ?::bigint) step
      """;

  private static final String FROM_ROLL_UPS =
      "select bucket_step, min, max, mean, last, n"
          + " from ui_v1_series('bench', null, 'scalar.signal', ?, ?, 1000)";

  // What anybody would ask of the rows; it leaves out the last value, which ui_v1_series tells.
  private static final String FROM_ROWS =
      """
      select step / ? as bucket, min(value) filter (where value <> 'NaN'), max(value),
        avg(value) filter (where value > '-Infinity' and value < 'Infinity'), count(*)
      from evenkeel_store.scalar_step
      where run_id = 1 and incarnation = 0 and name_id = 1 and step between ? and ?
      group by 1 order by 1
      """;

  private final Path folder;
  private final EmbeddedPostgres server;
  private final HikariDataSource pool;
  private final Connection connection;
  private final long steps;
  private final double loadSeconds;
  private final double rollSeconds;

  /** Greatest value and number of values of each bucket, and how long the answer took. */
  record Answer(List<Double> max, List<Long> n, double millis) {}

  private LongSeries(
      Path folder,
      EmbeddedPostgres server,
      HikariDataSource pool,
      long steps,
      double loadSeconds,
      double rollSeconds)
      throws SQLException {
    this.folder = folder;
    this.server = server;
    this.pool = pool;
    this.connection = pool.getConnection();
    this.steps = steps;
    this.loadSeconds = loadSeconds;
    this.rollSeconds = rollSeconds;
  }

  static LongSeries create(long steps, PrintWriter out)
      throws IOException, SQLException, StoreException {
    Path folder = Files.createTempDirectory("evenkeel-bench-query");
    EmbeddedPostgres server = null;
    HikariDataSource pool = null;
    try {
      server = EmbeddedPostgres.start(folder);
      Database database = new Database(server.jdbcUrl(), server.user(), server.password());
      database.migrate();
      pool = database.openForUpkeep();
      double loadSeconds = load(pool, steps);
      out.printf("%,d steps loaded in %.1f s%n", steps, loadSeconds);
      out.flush();
      double rollSeconds = roll(pool);
      out.printf("rolled up in %.1f s (%,.0f steps/s)%n", rollSeconds, steps / rollSeconds);
      out.flush();
      return new LongSeries(folder, server, pool, steps, loadSeconds, rollSeconds);
    } catch (IOException | SQLException | StoreException | RuntimeException e) {
      end(pool, server, folder);
      throw e;
    }
  }

  private static double load(HikariDataSource pool, long steps) throws SQLException {
    long began = System.nanoTime();
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "insert into evenkeel_store.run (run) values ('bench');"
              + "insert into evenkeel_store.name (name) values ('signal');"
              + "insert into evenkeel_store.incarnation (run_id, incarnation, first_step, last_step)"
              + " values (1, 0, 0, "
              + (steps - 1)
              + ")");
      try (PreparedStatement insert = connection.prepareStatement(LOAD)) {
        for (long from = 0; from < steps; from += STEPS_AT_ONCE) {
          insert.setLong(1, spike(steps));
          insert.setDouble(2, SPIKE);
          insert.setLong(3, from);
          insert.setLong(4, Math.min(steps, from + STEPS_AT_ONCE) - 1);
          insert.executeUpdate();
        }
      }
      statement.execute(
          "insert into evenkeel_store.rollup_dirty (run_id, incarnation, block)"
              + " select 1, 0, generate_series(0, "
              + ((steps - 1) >> 10)
              + ")");
      // As autovacuum does a little later.
      statement.execute("vacuum analyze evenkeel_store.scalar_step");
    }
    return seconds(began);
  }

  private static double roll(HikariDataSource pool) throws SQLException {
    long began = System.nanoTime();
    Roller roller = new Roller(pool, Ripeness.AT_ONCE);
    long rolled;
    do {
      rolled = roller.roll(work -> true);
    } while (rolled > 0);
    double seconds = seconds(began);
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("vacuum analyze evenkeel_store.rollup");
    }
    return seconds;
  }

  /** Where the spike is. */
  static long spike(long steps) {
    return steps / 3 * 2 + 1;
  }

  long steps() {
    return steps;
  }

  double loadSeconds() {
    return loadSeconds;
  }

  double rollSeconds() {
    return rollSeconds;
  }

  /** The dashboard's question. */
  Answer fromRollUps(long from, long to) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(FROM_ROLL_UPS)) {
      query.setLong(1, from);
      query.setLong(2, to);
      return ask(query, 3, 6);
    }
  }

  /** The same buckets from the rows. */
  Answer fromRows(long from, long to) throws SQLException {
    long width = 1;
    while (to / width - from / width >= BUCKETS) {
      width *= 2;
    }
    try (PreparedStatement query = connection.prepareStatement(FROM_ROWS)) {
      query.setLong(1, width);
      query.setLong(2, from);
      query.setLong(3, to);
      return ask(query, 3, 5);
    }
  }

  private static Answer ask(PreparedStatement query, int max, int n) throws SQLException {
    List<Double> greatest = new ArrayList<>(BUCKETS);
    List<Long> counts = new ArrayList<>(BUCKETS);
    long began = System.nanoTime();
    try (ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        greatest.add(rows.getDouble(max));
        counts.add(rows.getLong(n));
      }
    }
    return new Answer(greatest, counts, (System.nanoTime() - began) / 1e6);
  }

  /** Bytes on disk of the roll-ups, indexes included. */
  long rollUpBytes() throws SQLException {
    return number("select pg_total_relation_size('evenkeel_store.rollup')");
  }

  /** Bytes on disk of the rows, indexes included. */
  long rowBytes() throws SQLException {
    return number(
        "select sum(pg_total_relation_size(relid))::bigint"
            + " from pg_partition_tree('evenkeel_store.scalar_step')");
  }

  private long number(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      if (!rows.next()) {
        throw new SQLException("no answer: " + sql);
      }
      return rows.getLong(1);
    }
  }

  private static double seconds(long began) {
    return (System.nanoTime() - began) / 1e9;
  }

  @Override
  public void close() throws IOException, SQLException {
    connection.close();
    end(pool, server, folder);
  }

  private static void end(
      @Nullable HikariDataSource pool, @Nullable EmbeddedPostgres server, Path folder)
      throws IOException {
    if (pool != null) {
      pool.close();
    }
    if (server != null) {
      server.close();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
