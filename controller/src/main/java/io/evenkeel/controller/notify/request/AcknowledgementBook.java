package io.evenkeel.controller.notify.request;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.controller.notify.request.Verdict.Done;
import io.evenkeel.controller.notify.request.Verdict.Refused;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;

/** Who has taken which alert on, in the transaction of the caller. The first who does counts. */
final class AcknowledgementBook {

  /**
   * An alert that fires.
   *
   * @param run its run
   * @param rule its rule
   */
  record Firing(String run, String rule) {}

  private AcknowledgementBook() {}

  static Optional<Firing> firing(Connection connection, String alertId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            select f.run, f.rule from controller.notice f
            where f.alert_id = ? and f.state = 'firing' and not exists (
              select from controller.notice r where r.alert_id = f.alert_id and r.state = 'resolved')
            """)) {
      select.setString(1, alertId);
      try (ResultSet row = select.executeQuery()) {
        return row.next()
            ? Optional.of(new Firing(row.getString(1), row.getString(2)))
            : Optional.empty();
      }
    }
  }

  static Verdict add(
      Connection connection, String alertId, Firing alert, String who, String note, Instant now)
      throws SQLException {
    try (PreparedStatement insert =
            connection.prepareStatement(
                "insert into controller.acknowledgement (alert_id, run, who, at, note)"
                    + " values (?, ?, ?, ?, ?) on conflict do nothing");
        PreparedStatement select =
            connection.prepareStatement(
                "select who, at from controller.acknowledgement where alert_id = ?")) {
      insert.setString(1, alertId);
      insert.setString(2, alert.run());
      insert.setString(3, who);
      insert.setTimestamp(4, Timestamp.from(now));
      insert.setString(5, note);
      if (insert.executeUpdate() == 1) {
        return new Done(
            "The alert %s of run %s is acknowledged: it is not told again until it is over."
                .formatted(alert.rule(), alert.run()));
      }
      select.setString(1, alertId);
      try (ResultSet row = select.executeQuery()) {
        String first = row.next() ? row.getString(1) : "somebody";
        return new Refused(
            ErrorId.ALERT_ACKNOWLEDGED, "The alert was acknowledged by " + first + " before.");
      }
    }
  }
}
