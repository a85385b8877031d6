package io.evenkeel.bench.store;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The rows of the tables in InfluxDB's line protocol: a line a row, the keys as tags, every other
 * number a field, vectors by element ({@code load_0}, {@code load_1}, ...). What is null or not
 * finite, which the protocol cannot say, is left out. Time is that of the step, four a second.
 */
final class LineProtocol {
  /** Lines of a request, as InfluxDB's documentation advises. */
  private static final int LINES_A_REQUEST = 5_000;

  private static final long STEP_NANOS = 250_000_000;

  private static final Set<String> TAGS =
      Set.of(
          "run_id",
          "incarnation",
          "rank",
          "layer",
          "site",
          "tensor_id",
          "knob_id",
          "scope_id",
          "name_id");

  private final Path folder;
  private final long startNanos;
  private final List<Path> requests = new ArrayList<>();
  private final StringBuilder body = new StringBuilder();
  private int lines;
  private long samples;

  private LineProtocol(Path folder, long startNanos) {
    this.folder = folder;
    this.startNanos = startNanos;
  }

  /**
   * Bodies of requests, in order.
   *
   * @param samples fields in all of them
   */
  record Requests(List<Path> bodies, long samples) {}

  /** Writes what the tables hold into files of a folder, ascending by step within each table. */
  static Requests write(Tables tables, Path folder, long startNanos)
      throws SQLException, IOException {
    LineProtocol protocol = new LineProtocol(folder, startNanos);
    try (Connection connection = tables.connect()) {
      // Otherwise the driver fetches whole tables.
      connection.setAutoCommit(false);
      for (String table : Tables.NAMES) {
        protocol.add(connection, table);
      }
    }
    protocol.end();
    return new Requests(protocol.requests, protocol.samples);
  }

  private void add(Connection connection, String table) throws SQLException, IOException {
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(LINES_A_REQUEST);
      try (ResultSet rows =
          statement.executeQuery("select * from " + Tables.SCHEMA + table + " order by step")) {
        ResultSetMetaData columns = rows.getMetaData();
        while (rows.next()) {
          add(table, rows, columns);
        }
      }
    }
  }

  private void add(String table, ResultSet rows, ResultSetMetaData columns)
      throws SQLException, IOException {
    int begin = body.length();
    body.append(table);
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      if (TAGS.contains(columns.getColumnName(i))) {
        body.append(',').append(columns.getColumnName(i)).append('=').append(rows.getString(i));
      }
    }
    int fields = 0;
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      if (!TAGS.contains(columns.getColumnName(i)) && !"step".equals(columns.getColumnName(i))) {
        fields += field(fields, columns.getColumnName(i), columns.getColumnType(i), rows, i);
      }
    }
    if (fields == 0) {
      body.setLength(begin);
      return;
    }
    body.append(' ').append(startNanos + rows.getLong("step") * STEP_NANOS).append('\n');
    samples += fields;
    if (++lines % LINES_A_REQUEST == 0) {
      end();
    }
  }

  /** Fields added. */
  private int field(int before, String name, int type, ResultSet rows, int column)
      throws SQLException {
    switch (type) {
      case Types.ARRAY -> {
        if (rows.getArray(column) == null) {
          return 0;
        }
        Object[] values = (Object[]) rows.getArray(column).getArray();
        int added = 0;
        for (int i = 0; i < values.length; i++) {
          added += number(before + added, name + '_' + i, ((Float) values[i]).doubleValue());
        }
        return added;
      }
      case Types.DOUBLE, Types.INTEGER, Types.BIGINT -> {
        double value = rows.getDouble(column);
        return rows.wasNull() ? 0 : number(before, name, value);
      }
      default -> {
        return 0;
      }
    }
  }

  private int number(int before, String name, double value) {
    if (!Double.isFinite(value)) {
      return 0;
    }
    body.append(before == 0 ? ' ' : ',').append(name).append('=').append(value);
    return 1;
  }

  private void end() throws IOException {
    if (body.isEmpty()) {
      return;
    }
    Path file = folder.resolve("lines-" + requests.size());
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      out.write(body.toString().getBytes(StandardCharsets.UTF_8));
    }
    requests.add(file);
    body.setLength(0);
  }
}
