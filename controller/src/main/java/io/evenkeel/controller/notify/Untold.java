package io.evenkeel.controller.notify;

import io.evenkeel.alerting.route.AlertLabels;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What waits in a group: which of it is told now, which waits on, and which nobody needs to hear of
 * any more. Holds at most {@link #MOST} incidents, however many wait.
 */
final class Untold {

  /** Most incidents of one notice. */
  static final int MOST = 500;

  private static final int FETCH = 200;

  /**
   * An event that is told.
   *
   * @param noticeId the event that is shown: an incident's end, if it is over
   * @param alertId its incident
   */
  record Told(String noticeId, String alertId) {}

  /**
   * An incident that began and ended while nobody was to be told.
   *
   * @param alertId the incident
   * @param reason why
   */
  record Suppressed(String alertId, String reason) {}

  private final Mutes mutes;
  private final boolean eachByItself;
  private final List<Told> told = new ArrayList<>();
  private final List<Suppressed> suppressed = new ArrayList<>();
  private boolean muted;
  private int remaining;

  private Untold(Mutes mutes, boolean eachByItself) {
    this.mutes = mutes;
    this.eachByItself = eachByItself;
  }

  List<Told> told() {
    return told;
  }

  List<Suppressed> suppressed() {
    return suppressed;
  }

  /** Whether something waits that is silenced or inhibited. */
  boolean muted() {
    return muted;
  }

  /** Incidents that have no room in this notice. */
  int remaining() {
    return remaining;
  }

  // The gravest first; one by one, in the order in which they came.
  private static final String SELECT =
      """
      select n.notice_id, n.alert_id, n.state, n.alert, r.notice_id as over_id, b.status as begun
      from controller.delivery d
      join controller.notice n using (notice_id)
      left join controller.notice r
        on r.alert_id = n.alert_id and r.state = 'resolved' and n.state = 'firing'
      left join controller.notice f
        on f.alert_id = n.alert_id and f.state = 'firing' and n.state = 'resolved'
      left join controller.delivery b on b.notice_id = f.notice_id and b.receiver = d.receiver
      where d.group_id = ? and d.status = 'pending'
      order by
      """;

  /** Looks through a group. */
  static Untold read(Connection connection, GroupRow group, Mutes mutes) throws SQLException {
    Untold untold = new Untold(mutes, group.timing().eachByItself());
    String order = untold.eachByItself ? " n.seq" : " n.severity desc, n.seq";
    try (PreparedStatement select = connection.prepareStatement(SELECT + order)) {
      select.setFetchSize(FETCH);
      select.setString(1, group.id());
      try (ResultSet row = select.executeQuery()) {
        while (row.next() && !(untold.eachByItself && !untold.told.isEmpty())) {
          untold.look(row);
        }
      }
    } catch (WireException e) {
      throw new SQLException("A stored alert cannot be read", e);
    }
    return untold;
  }

  private void look(ResultSet row) throws SQLException, WireException {
    String notice = row.getString(1);
    String alert = row.getString(2);
    String begun = Optional.ofNullable(row.getString(6)).orElse("");
    if (row.getString(3).equals("resolved")) {
      end(notice, alert, begun);
    } else if (told.size() == MOST) {
      remaining++;
    } else {
      begin(row, notice, alert);
    }
  }

  private void end(String notice, String alert, String begun) {
    switch (begun) {
      case "pending" -> {
        // Its beginning waits here too, and decides for both.
      }
      case "", "suppressed" ->
          suppressed.add(new Suppressed(alert, "nobody here has heard that it began"));
      default -> {
        // Who was told that it began is told that it is over, silenced or not.
        if (told.size() == MOST) {
          remaining++;
        } else {
          told.add(new Told(notice, alert));
        }
      }
    }
  }

  private void begin(ResultSet row, String notice, String alert)
      throws SQLException, WireException {
    Optional<String> over = Optional.ofNullable(row.getString(5));
    Optional<String> why = mutes.why(AlertLabels.of(Codecs.ALERT_EVENT.decode(row.getBytes(4))));
    if (why.isEmpty()) {
      told.add(new Told(eachByItself ? notice : over.orElse(notice), alert));
    } else if (over.isPresent()) {
      suppressed.add(new Suppressed(alert, why.get()));
    } else {
      muted = true;
    }
  }
}
