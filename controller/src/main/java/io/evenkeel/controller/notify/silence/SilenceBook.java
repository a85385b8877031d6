package io.evenkeel.controller.notify.silence;

import io.evenkeel.alerting.route.LabelMatcher;
import io.evenkeel.contract.error.Check;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;

/** Silences in the database. People read them in the view {@code ui_v1_silences}. Thread-safe. */
public final class SilenceBook {

  /** Most silences that hold at a time. */
  public static final int MOST = 1_000;

  private final DataSource source;

  /** A book in {@code source}. */
  public SilenceBook(DataSource source) {
    this.source = source;
  }

  /**
   * Silences alerts from now on.
   *
   * @param matchers as they are written, such as {@code run="a"}
   * @param lasting for how long
   * @param reason why, for people
   * @param creator who asks for it
   * @return the silence
   * @throws IllegalArgumentException if a matcher cannot be read or a component is out of its range
   */
  public Silence add(
      List<String> matchers, Duration lasting, String reason, String creator, Instant now)
      throws SQLException {
    Silence silence =
        new Silence(
            UUID.randomUUID().toString(),
            LabelMatcher.parseAll(matchers),
            now,
            now.plus(lasting),
            reason,
            creator);
    try (Connection connection = source.getConnection()) {
      add(connection, silence, now);
    }
    return silence;
  }

  /**
   * Keeps a silence, in the transaction of the caller.
   *
   * @throws IllegalArgumentException if there are too many
   */
  public static void add(Connection connection, Silence silence, Instant now) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into controller.silence (silence_id, matchers, starts_at, ends_at, reason,"
                + " creator, created_at) values (?, ?, ?, ?, ?, ?, ?)")) {
      if (held(connection, now) >= MOST) {
        throw new IllegalArgumentException("there are " + MOST + " silences already: end some");
      }
      String[] texts =
          silence.matchers().stream().map(LabelMatcher::toString).toArray(String[]::new);
      insert.setString(1, silence.id());
      insert.setArray(2, connection.createArrayOf("text", texts));
      insert.setTimestamp(3, Timestamp.from(silence.startsAt()));
      insert.setTimestamp(4, Timestamp.from(silence.endsAt()));
      insert.setString(5, silence.reason());
      insert.setString(6, silence.creator());
      insert.setTimestamp(7, Timestamp.from(now));
      insert.executeUpdate();
    }
  }

  /** Those that hold or are to come. */
  private static int held(Connection connection, Instant now) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("select count(*) from controller.silence where ends_at > ?")) {
      select.setTimestamp(1, Timestamp.from(now));
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }

  /**
   * Ends a silence before its time.
   *
   * @return whether there was one that held
   */
  public boolean end(String id, String by, Instant now) throws SQLException {
    try (Connection connection = source.getConnection()) {
      return end(connection, id, by, now);
    }
  }

  /** The same in the transaction of the caller. */
  public static boolean end(Connection connection, String id, String by, Instant now)
      throws SQLException {
    Check.name("by", by);
    try (PreparedStatement update =
        connection.prepareStatement(
            "update controller.silence set ends_at = greatest(?, starts_at), ended_by = ?"
                + " where silence_id = ? and ends_at > ?")) {
      update.setTimestamp(1, Timestamp.from(now));
      update.setString(2, by);
      update.setString(3, id);
      update.setTimestamp(4, Timestamp.from(now));
      return update.executeUpdate() == 1;
    }
  }

  /** Those that hold. */
  public List<Silence> active(Instant now) throws SQLException {
    try (Connection connection = source.getConnection()) {
      return active(connection, now);
    }
  }

  /** Those that hold, as a transaction sees them. */
  public static List<Silence> active(Connection connection, Instant now) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select silence_id, matchers, starts_at, ends_at, reason, creator"
                + " from controller.silence where ends_at > ? and starts_at <= ?"
                + " order by created_at limit "
                + MOST)) {
      select.setTimestamp(1, Timestamp.from(now));
      select.setTimestamp(2, Timestamp.from(now));
      List<Silence> active = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          active.add(
              new Silence(
                  rows.getString(1),
                  LabelMatcher.parseAll(Arrays.asList((String[]) rows.getArray(2).getArray())),
                  rows.getTimestamp(3).toInstant(),
                  rows.getTimestamp(4).toInstant(),
                  rows.getString(5),
                  rows.getString(6)));
        }
      }
      return active;
    }
  }
}
