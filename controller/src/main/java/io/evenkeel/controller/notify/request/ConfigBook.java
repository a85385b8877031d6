package io.evenkeel.controller.notify.request;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Versions of receivers and routes, in the transaction of the caller. */
final class ConfigBook {

  /** Where a version came from. */
  enum Origin {
    FILE,
    OPERATOR;

    private String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * A version.
   *
   * @param version number, from 1
   * @param text what it says, without secrets
   * @param origin where it came from
   * @param author who saved it
   * @param savedAt when
   */
  record Version(long version, String text, Origin origin, String author, Instant savedAt) {}

  private static final String COLUMNS =
      "select version, text, origin, author, saved_at from controller.alerts_config ";

  private ConfigBook() {}

  /** The newest versions, newest first. */
  static List<Version> newest(Connection connection, int most) throws SQLException {
    return read(connection, COLUMNS + "order by version desc limit " + most);
  }

  /** The newest that was a file. */
  static Optional<Version> newestFile(Connection connection) throws SQLException {
    return read(connection, COLUMNS + "where origin = 'file' order by version desc limit 1")
        .stream()
        .findFirst();
  }

  /** The number of the newest; 0 if there is none. */
  static long version(Connection connection) throws SQLException {
    try (PreparedStatement select =
            connection.prepareStatement(
                "select coalesce(max(version), 0) from controller.alerts_config");
        ResultSet row = select.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  private static List<Version> read(Connection connection, String sql) throws SQLException {
    List<Version> versions = new ArrayList<>();
    try (PreparedStatement select = connection.prepareStatement(sql);
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        versions.add(
            new Version(
                rows.getLong(1),
                rows.getString(2),
                rows.getString(3).equals("file") ? Origin.FILE : Origin.OPERATOR,
                rows.getString(4),
                rows.getTimestamp(5).toInstant()));
      }
    }
    return versions;
  }

  /** Adds a version if nobody has added one meanwhile; waits for who is about to. */
  static boolean add(Connection connection, Version version, String comment) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            insert into controller.alerts_config (version, text, origin, author, comment, saved_at)
            select ?, ?, ?, ?, ?, ?
            where (select coalesce(max(version), 0) from controller.alerts_config) = ?
            on conflict do nothing
            """)) {
      insert.setLong(1, version.version());
      insert.setString(2, version.text());
      insert.setString(3, version.origin().word());
      insert.setString(4, version.author());
      insert.setString(5, comment);
      insert.setTimestamp(6, Timestamp.from(version.savedAt()));
      insert.setLong(7, version.version() - 1);
      return insert.executeUpdate() == 1;
    }
  }
}
