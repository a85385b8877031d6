package io.evenkeel.controller.notify;

import io.evenkeel.alerting.route.AlertLabels;
import io.evenkeel.alerting.route.InhibitRule;
import io.evenkeel.alerting.route.Inhibition;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import io.evenkeel.controller.notify.silence.Silence;
import io.evenkeel.controller.notify.silence.SilenceBook;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What nobody is to be told now, by silences and by what else fires, as one transaction sees it.
 * Reads what it needs when first asked, of the runs that it is asked about. Not thread-safe.
 */
final class Mutes {

  private static final int FETCH = 500;
  private static final String ALL = "";

  private final Connection connection;
  private final List<InhibitRule> rules;
  private final List<Silence> silences;
  private final Inhibition inhibition;
  private final Set<String> read = new HashSet<>();

  Mutes(Connection connection, List<InhibitRule> rules, Instant now) throws SQLException {
    this.connection = connection;
    this.rules = rules;
    this.silences = SilenceBook.active(connection, now);
    this.inhibition = new Inhibition(rules);
  }

  /** Why an alert of these labels is not told now; empty if it is. */
  Optional<String> why(Map<String, String> labels) throws SQLException {
    for (Silence silence : silences) {
      if (silence.matches(labels)) {
        return Optional.of("silenced by " + silence.creator() + ", " + silence.id());
      }
    }
    if (rules.isEmpty()) {
      return Optional.empty();
    }
    String run = Inhibition.withinRuns(rules) ? labels.getOrDefault(AlertLabels.RUN, ALL) : ALL;
    if (read.add(run)) {
      readFiring(run);
    }
    return inhibition.mutes(labels);
  }

  private void readFiring(String run) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            select f.alert from controller.notice f
            where f.state = 'firing' and (? = '' or f.run = ?)
              and not exists (
                select from controller.notice r where r.alert_id = f.alert_id and r.state = 'resolved')
            """)) {
      select.setFetchSize(FETCH);
      select.setString(1, run);
      select.setString(2, run);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          inhibition.fires(AlertLabels.of(Codecs.ALERT_EVENT.decode(rows.getBytes(1))));
        }
      }
    } catch (WireException e) {
      throw new SQLException("A stored alert cannot be read", e);
    }
  }
}
