package io.evenkeel.writer.store;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The small integers that stand for texts. Names are remembered, a bounded number of them, until
 * the database {@linkplain #forget() may be another one}; runs may be deleted, and are asked for
 * with every batch. Not thread-safe.
 */
final class Identifiers {

  /** Texts remembered; past that all are forgotten and learnt again. */
  static final int LIMIT = 100_000;

  private static final String HOLD = "select run_id, run from evenkeel_store.hold_runs(?)";

  private final String select;
  private final String insert;
  private final Map<String, Integer> known = new HashMap<>();

  private Identifiers(String table, String id, String text) {
    this.select = "select %1$s, %2$s from %3$s where %2$s = any(?)".formatted(id, text, table);
    this.insert =
        "insert into %1$s (%2$s) select unnest(?::text[]) on conflict do nothing"
            .formatted(table, text);
  }

  /** Of runs, which are {@linkplain #hold held}. */
  static Identifiers ofRuns() {
    return new Identifiers("evenkeel_store.run", "run_id", "run");
  }

  /** Of names, which are {@linkplain #learn learnt}. */
  static Identifiers ofNames() {
    return new Identifiers("evenkeel_store.name", "name_id", "name");
  }

  /**
   * Makes every text known, in transactions of their own: a text's number stays, whatever becomes
   * of the batch that brought it.
   *
   * @param connection in auto-commit mode
   */
  void learn(Connection connection, Collection<String> texts) throws SQLException {
    if (known.size() > LIMIT) {
      known.clear();
    }
    // Sorted, so that two writers that bring the same texts do not wait for each other in a ring.
    List<String> missing =
        new ArrayList<>(
            texts.stream()
                .map(CopyBuffer::clean)
                .filter(text -> !known.containsKey(text))
                .distinct()
                .sorted()
                .toList());
    if (missing.isEmpty()) {
      return;
    }
    Array all = connection.createArrayOf("text", missing.toArray());
    look(connection, all);
    missing.removeAll(known.keySet());
    if (!missing.isEmpty()) {
      Array fresh = connection.createArrayOf("text", missing.toArray());
      try (PreparedStatement statement = connection.prepareStatement(insert)) {
        statement.setArray(1, fresh);
        statement.executeUpdate();
      }
      look(connection, fresh);
    }
  }

  /**
   * Makes these runs known, and no others: nobody deletes them until the transaction ends, and
   * there are partitions for their rows.
   *
   * @param connection in a transaction
   */
  void hold(Connection connection, Collection<String> texts) throws SQLException {
    known.clear();
    if (texts.isEmpty()) {
      return;
    }
    Array all =
        connection.createArrayOf(
            "text", texts.stream().map(CopyBuffer::clean).distinct().toArray());
    try (PreparedStatement statement = connection.prepareStatement(HOLD)) {
      statement.setArray(1, all);
      remember(statement);
    }
  }

  /** The number of a text that {@link #learn} or {@link #hold} has seen. */
  int of(String text) {
    Integer id = known.get(CopyBuffer.clean(text));
    if (id == null) {
      throw new IllegalStateException("not learnt: " + text);
    }
    return id;
  }

  void forget() {
    known.clear();
  }

  private void look(Connection connection, Array texts) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(select)) {
      statement.setArray(1, texts);
      remember(statement);
    }
  }

  private void remember(PreparedStatement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        known.put(rows.getString(2), rows.getInt(1));
      }
    }
  }
}
