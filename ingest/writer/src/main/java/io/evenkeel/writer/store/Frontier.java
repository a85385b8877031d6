package io.evenkeel.writer.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How far each stream of steps is known to be stored: what lies beyond is new, most likely, and is
 * copied straight into its table; what does not is compared with what is there. A wrong guess costs
 * a transaction, never a row: the unique keys of the tables decide.
 *
 * <p>Remembers a bounded number of streams; must be {@linkplain #forget() told to forget} when what
 * it has seen committed may not be all that is there. Not thread-safe.
 */
final class Frontier {

  /** Streams remembered; past that all are forgotten and learnt again. */
  static final int LIMIT = 100_000;

  private static final String SELECT =
      "select run_id, incarnation, coalesce(last_step, -1) from evenkeel_store.incarnation"
          + " where run_id = any(?)";

  private final Map<Incarnation, Long> stored = new HashMap<>();
  private final Map<Stream, Long> streams = new HashMap<>();

  /** An incarnation of a run. */
  record Incarnation(int runId, int incarnation) {}

  /**
   * Steps that come in ascending order, if nothing is repeated.
   *
   * @param rank whose observations; {@link #SIGNALS} for the signals of all
   */
  record Stream(Incarnation incarnation, int rank) {

    /** Stands for the signals in the place of a rank. */
    static final int SIGNALS = -1;
  }

  /** Learns how far the database is with incarnations that are not known yet. */
  void learn(Connection connection, Set<Incarnation> incarnations) throws SQLException {
    if (streams.size() > LIMIT || stored.size() > LIMIT) {
      forget();
    }
    Set<Incarnation> missing = new HashSet<>(incarnations);
    missing.removeAll(stored.keySet());
    if (missing.isEmpty()) {
      return;
    }
    Object[] runIds = missing.stream().map(Incarnation::runId).distinct().toArray();
    Map<Incarnation, Long> found = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(SELECT)) {
      statement.setArray(1, connection.createArrayOf("integer", runIds));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.put(new Incarnation(rows.getInt(1), rows.getInt(2)), rows.getLong(3));
        }
      }
    }
    missing.forEach(key -> stored.put(key, found.getOrDefault(key, -1L)));
  }

  /** Whether a step of the stream is beyond all that is known to be stored of it. */
  boolean isAhead(Stream stream, long step) {
    Long known = streams.get(stream);
    if (known == null) {
      known = stored.get(stream.incarnation());
    }
    return known != null && step > known;
  }

  /** After a commit: the last step of each stream in it. */
  void advance(Map<Stream, Long> committed) {
    committed.forEach((stream, step) -> streams.merge(stream, step, Math::max));
  }

  /** Knows nothing any more: nothing is ahead before it is learnt again. */
  void forget() {
    stored.clear();
    streams.clear();
  }
}
