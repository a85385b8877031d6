package io.evenkeel.controller.notify.request;

import io.evenkeel.contract.audit.AuditEntry;
import io.evenkeel.contract.audit.Decision;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.Mode;
import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.contract.error.Check;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import io.evenkeel.controller.audit.AuditOutlet;
import io.evenkeel.controller.notify.request.Verdict.Refused;
import io.evenkeel.controller.operator.RequestBook;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** Answers to requests, one each, and whether the audit trail has them. */
final class AnswerBook {

  private static final int MOST = 200;

  private final DataSource source;
  private final AuditOutlet outlet;

  AnswerBook(DataSource source, AuditOutlet outlet) {
    this.source = source;
    this.outlet = outlet;
  }

  /** Whether a request has been answered before. Holds others of its id until the end. */
  static boolean isAnswered(Connection connection, OperatorRequest request) throws SQLException {
    try (PreparedStatement lock =
            connection.prepareStatement("select pg_advisory_xact_lock(hashtextextended(?, 7))");
        PreparedStatement select =
            connection.prepareStatement(
                "select from controller.alert_request where request_id = ?")) {
      lock.setString(1, request.requestId());
      lock.execute();
      select.setString(1, request.requestId());
      try (ResultSet row = select.executeQuery()) {
        return row.next();
      }
    }
  }

  /**
   * Answers a request; told from {@code tellAt} on, unless another answer comes before.
   *
   * @param run the run that it is about; empty for none
   */
  static void answer(
      Connection connection,
      OperatorRequest request,
      String run,
      Verdict verdict,
      Instant now,
      Instant tellAt)
      throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            """
            insert into controller.alert_request as r (request_id, taken_at, answer, tell_at)
            values (?, ?, ?, ?)
            on conflict (request_id) do update set answer = excluded.answer, tell_at = excluded.tell_at
            where not r.told
            """)) {
      upsert.setString(1, request.requestId());
      upsert.setTimestamp(2, Timestamp.from(now));
      upsert.setBytes(3, Codecs.AUDIT_ENTRY.encode(entry(request, run, verdict, now)));
      upsert.setTimestamp(4, Timestamp.from(tellAt));
      upsert.executeUpdate();
    }
  }

  private static AuditEntry entry(
      OperatorRequest request, String run, Verdict verdict, Instant now) {
    String actor = "operator:" + request.operator();
    boolean refused = verdict instanceof Refused;
    return new AuditEntry(
        RequestBook.auditId(request.requestId()),
        run,
        0,
        0,
        now,
        actor.length() <= Check.MAX_NAME ? actor : actor.substring(0, Check.MAX_NAME),
        refused ? Decision.REFUSED : Decision.CHANGED,
        Mode.OBSERVE,
        "",
        "",
        null,
        null,
        Check.legible(
            request.comment().isEmpty()
                ? verdict.sentence()
                : verdict.sentence() + " " + request.comment()),
        verdict instanceof Refused no ? no.id().id() : "",
        Map.of(),
        CommandPosition.NONE);
  }

  /**
   * Tells the audit trail what it has not heard. Told twice when killed in between, by one id.
   *
   * @return whether there may be more
   */
  boolean tell(Instant now) throws SQLException, IOException, InterruptedException {
    List<String> ids = new ArrayList<>();
    List<AuditEntry> entries = new ArrayList<>();
    try (Connection connection = source.getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                "select request_id, answer from controller.alert_request"
                    + " where not told and tell_at <= ? order by tell_at limit "
                    + MOST)) {
      select.setTimestamp(1, Timestamp.from(now));
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          ids.add(rows.getString(1));
          entries.add(Codecs.AUDIT_ENTRY.decode(rows.getBytes(2)));
        }
      }
    } catch (WireException e) {
      throw new SQLException("A stored answer cannot be read", e);
    }
    if (ids.isEmpty()) {
      return false;
    }
    outlet.write(entries);
    try (Connection connection = source.getConnection();
        PreparedStatement update =
            connection.prepareStatement(
                "update controller.alert_request set told = true where request_id = any(?)")) {
      update.setArray(1, connection.createArrayOf("text", ids.toArray()));
      update.executeUpdate();
    }
    return ids.size() == MOST;
  }
}
