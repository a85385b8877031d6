package io.evenkeel.controller.notify;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.controller.notify.Notice.Item;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What Evenkeel did or proposed since an incident began, from the audit trail that the writer keeps
 * in the same database. It is there to help: where it is away, slow or not there yet, a notice goes
 * without it.
 */
final class ControlNews {

  /** Notices of many incidents tell of the gravest few. */
  private static final int MOST_ITEMS = 3;

  private static final int MOST_SENTENCES = 3;
  private static final Duration BEFORE = Duration.ofMinutes(1);
  private static final String THERE = "select to_regclass('public.ui_v1_audit') is not null";

  private ControlNews() {}

  static List<Item> added(Connection connection, List<Item> items) throws SQLException {
    boolean auto = connection.getAutoCommit();
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("set local statement_timeout = '200ms'");
      if (!isThere(statement)) {
        return items;
      }
      List<Item> told = new ArrayList<>(items);
      for (int i = 0; i < Math.min(MOST_ITEMS, told.size()); i++) {
        Item item = told.get(i);
        told.set(
            i, new Item(item.alert(), item.startsAt(), item.role(), sentences(connection, item)));
      }
      return told;
    } catch (SQLException e) {
      return items;
    } finally {
      connection.rollback();
      connection.setAutoCommit(auto);
    }
  }

  private static boolean isThere(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery(THERE)) {
      return row.next() && row.getBoolean(1);
    }
  }

  private static List<String> sentences(Connection connection, Item item) throws SQLException {
    AlertEvent alert = item.alert();
    List<String> sentences = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            select lower(decision), step, reason from public.ui_v1_audit
            where run = ? and incarnation = ? and at >= ? and step >= ?
              and lower(decision) in ('acted', 'proposed', 'observed', 'blocked', 'reviewed')
            order by at desc limit ?
            """)) {
      select.setString(1, alert.run());
      select.setInt(2, alert.incarnation());
      select.setTimestamp(3, Timestamp.from(item.startsAt().minus(BEFORE)));
      select.setLong(4, alert.firstStep());
      select.setInt(5, MOST_SENTENCES);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          sentences.add(
              rows.getString(1) + " at step " + rows.getLong(2) + ": " + rows.getString(3));
        }
      }
    }
    return sentences;
  }
}
