package io.evenkeel.writer.upkeep;

import io.evenkeel.writer.upkeep.UpkeepListener.Backlog;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;

/** Counts what is not rolled up, and tells. Not thread-safe. */
final class BacklogCount {

  // As the roller decides, see Roller.RIPE.
  private static final String COUNT =
      """
      select count(*),
        coalesce(greatest(0, max(extract(epoch from now() - d.marked_at) * 1000
          - case when d.block < i.last_step >> 10 then ? else ? end)), 0)::bigint
      from (
        select run_id, incarnation, block, max(marked_at) as marked_at
        from evenkeel_store.rollup_dirty group by 1, 2, 3) d
      left join evenkeel_store.incarnation i
        on i.run_id = d.run_id and i.incarnation = d.incarnation
      """;

  private final DataSource database;
  private final Ripeness ripeness;
  private final UpkeepListener listener;

  BacklogCount(DataSource database, Ripeness ripeness, UpkeepListener listener) {
    this.database = database;
    this.ripeness = ripeness;
    this.listener = listener;
  }

  /**
   * Counts once.
   *
   * @throws SQLException as the database fails; then the listener has heard that nothing is known
   */
  void count() throws SQLException {
    Optional<Backlog> backlog = Optional.empty();
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(COUNT)) {
      statement.setLong(1, ripeness.quiet().toMillis());
      statement.setLong(2, ripeness.headQuiet().toMillis());
      try (ResultSet rows = statement.executeQuery()) {
        if (rows.next()) {
          backlog = Optional.of(new Backlog(rows.getLong(1), Duration.ofMillis(rows.getLong(2))));
        }
      }
    } finally {
      listener.backlog(backlog);
    }
  }
}
