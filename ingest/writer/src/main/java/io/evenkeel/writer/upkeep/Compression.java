package io.evenkeel.writer.upkeep;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * Compresses the chunks of TimescaleDB's hypertables in whose range of steps no run is at work.
 * Rows that come later are stored all the same, and compressed the next time. Does nothing on plain
 * PostgreSQL. Not thread-safe.
 */
public final class Compression {

  private static final String HAS_CHUNKS =
      "select to_regclass('timescaledb_information.chunks') is not null";

  // A chunk's status: 1 compressed; 2 and 8 tell of rows that came since.
  private static final String IDLE =
      """
      select format('%I.%I', k.chunk_schema, k.chunk_name)
      from timescaledb_information.chunks k
      join _timescaledb_catalog.chunk c
        on c.schema_name = k.chunk_schema and c.table_name = k.chunk_name
      join timescaledb_information.hypertables h
        on h.hypertable_schema = k.hypertable_schema and h.hypertable_name = k.hypertable_name
      where k.hypertable_schema = 'evenkeel_store' and h.compression_enabled
        and ((c.status & 1) = 0 or (c.status & 10) <> 0)
        and not exists (
          select from evenkeel_store.incarnation i
          where i.touched_at > now() - ? * interval '1 millisecond'
            and i.last_step >= k.range_start_integer - 1024
            and i.last_step < k.range_end_integer + 4096)
      order by k.range_start_integer, 1
      """;

  private final DataSource database;
  private final Duration silence;

  /**
   * Compression.
   *
   * @param silence after so long without a record a run is not at work
   */
  public Compression(DataSource database, Duration silence) {
    this.database = database;
    this.silence = silence;
  }

  /**
   * Compresses what is idle, a chunk a transaction.
   *
   * @return chunks compressed
   * @throws SQLException as the database fails; what is done stays done
   */
  public int compress() throws SQLException {
    try (Connection connection = database.getConnection()) {
      List<String> chunks = idle(connection);
      for (String chunk : chunks) {
        try (PreparedStatement statement =
            connection.prepareStatement(
                "select compress_chunk(?::regclass, if_not_compressed => true)")) {
          statement.setString(1, chunk);
          statement.execute();
        }
      }
      return chunks.size();
    }
  }

  private List<String> idle(Connection connection) throws SQLException {
    List<String> chunks = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet known = statement.executeQuery(HAS_CHUNKS)) {
      if (!known.next() || !known.getBoolean(1)) {
        return chunks;
      }
    }
    try (PreparedStatement statement = connection.prepareStatement(IDLE)) {
      statement.setLong(1, silence.toMillis());
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          chunks.add(rows.getString(1));
        }
      }
    }
    return chunks;
  }
}
