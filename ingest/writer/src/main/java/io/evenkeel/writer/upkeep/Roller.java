package io.evenkeel.writer.upkeep;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * Rolls up blocks of 1024 steps that have changed, some at a time: as many as take about {@link
 * #AIM}, so that no transaction is long. Several rollers, in one process or many, may work on one
 * database; one incarnation is rolled up by one of them at a time. Not thread-safe.
 */
public final class Roller {

  private static final Duration AIM = Duration.ofMillis(200);
  private static final int MOST_BLOCKS = 64;
  private static final int VALID_LIMIT_SECONDS = 2;

  /** Blocks of one incarnation that one look at the marks returns. */
  private static final int LOOK_LIMIT = 1_024;

  private static final String RIPE =
      """
      select run_id, incarnation, block from (
        select d.run_id, d.incarnation, d.block,
          row_number() over (partition by d.run_id, d.incarnation order by d.block) as place
        from (
          select run_id, incarnation, block, max(marked_at) as marked_at
          from evenkeel_store.rollup_dirty group by 1, 2, 3) d
        left join evenkeel_store.incarnation i
          on i.run_id = d.run_id and i.incarnation = d.incarnation
        where d.marked_at <= now() - case when d.block < i.last_step >> 10 then ? else ? end
          * interval '1 millisecond') ripe
      where place <= ?
      order by run_id, incarnation, block
      """;

  private final DataSource database;
  private final Ripeness ripeness;
  private int blocksAtOnce = 1;
  private long rolled;

  /** Neighbouring blocks of one incarnation, both ends included. */
  private record Range(int runId, int incarnation, long first, long last) {

    boolean isContinuedBy(int nextRunId, int nextIncarnation, long block) {
      return nextRunId == runId && nextIncarnation == incarnation && block == last + 1;
    }

    /** At most so many blocks of it, from one on. */
    Range part(long from, int most) {
      return new Range(runId, incarnation, from, Math.min(last, from + most - 1));
    }

    long blocks() {
      return last - first + 1;
    }
  }

  /** A roller of the blocks that are ripe. */
  public Roller(DataSource database, Ripeness ripeness) {
    this.database = database;
    this.ripeness = ripeness;
  }

  /** Between two transactions. */
  @FunctionalInterface
  public interface Pause {

    /**
     * May wait.
     *
     * @param work how long the last transaction took
     * @return whether to go on
     */
    boolean goOn(Duration work);
  }

  /**
   * Rolls up what is ripe now. What the database refuses to roll up holds nothing else up.
   *
   * @param pause called after each transaction
   * @return blocks rolled up; 0 when there was nothing to do, or others are at it
   * @throws SQLException as the database fails, after all else has been tried; what is done stays
   *     done
   */
  public long roll(Pause pause) throws SQLException {
    rolled = 0;
    SQLException refused = null;
    try (Connection connection = database.getConnection()) {
      for (Range range : ripe(connection)) {
        try {
          if (!roll(connection, range, pause)) {
            return rolled;
          }
        } catch (SQLException e) {
          blocksAtOnce = 1;
          if (!connection.isValid(VALID_LIMIT_SECONDS)) {
            throw e;
          }
          refused = e;
        }
      }
    }
    if (refused != null) {
      throw refused;
    }
    return rolled;
  }

  /** Whether to go on. */
  private boolean roll(Connection connection, Range range, Pause pause) throws SQLException {
    for (long first = range.first(); first <= range.last(); ) {
      Range part = range.part(first, blocksAtOnce);
      long began = System.nanoTime();
      if (!rollUp(connection, part)) {
        return true;
      }
      Duration work = Duration.ofNanos(System.nanoTime() - began);
      rolled += part.blocks();
      first = part.last() + 1;
      adapt(part, work);
      if (!pause.goOn(work)) {
        return false;
      }
    }
    return true;
  }

  private void adapt(Range part, Duration work) {
    if (work.compareTo(AIM) > 0) {
      blocksAtOnce = Math.max(1, blocksAtOnce / 2);
    } else if (part.blocks() == blocksAtOnce && work.multipliedBy(2).compareTo(AIM) < 0) {
      blocksAtOnce = Math.min(MOST_BLOCKS, blocksAtOnce * 2);
    }
  }

  private List<Range> ripe(Connection connection) throws SQLException {
    List<Range> ranges = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(RIPE)) {
      statement.setLong(1, ripeness.quiet().toMillis());
      statement.setLong(2, ripeness.headQuiet().toMillis());
      statement.setInt(3, LOOK_LIMIT);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          add(ranges, rows.getInt(1), rows.getInt(2), rows.getLong(3));
        }
      }
    }
    return ranges;
  }

  private static void add(List<Range> ranges, int runId, int incarnation, long block) {
    Range last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
    if (last != null && last.isContinuedBy(runId, incarnation, block)) {
      ranges.set(ranges.size() - 1, new Range(runId, incarnation, last.first(), block));
    } else {
      ranges.add(new Range(runId, incarnation, block, block));
    }
  }

  /** False if somebody else is rolling up this incarnation. */
  private static boolean rollUp(Connection connection, Range range) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("select evenkeel_store.roll_up(?, ?, ?, ?)")) {
      statement.setInt(1, range.runId());
      statement.setInt(2, range.incarnation());
      statement.setLong(3, range.first());
      statement.setLong(4, range.last());
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() && rows.getBoolean(1);
      }
    }
  }
}
