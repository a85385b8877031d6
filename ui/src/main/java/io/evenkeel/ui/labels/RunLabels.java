package io.evenkeel.ui.labels;

import static io.evenkeel.ui.store.Columns.text;
import static io.evenkeel.ui.store.Columns.time;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.activity.ActivityLog;
import io.evenkeel.ui.problem.Refusal;
import io.evenkeel.ui.problem.Refusal.Flaw;
import io.evenkeel.ui.security.Access;
import io.evenkeel.ui.security.Role;
import io.evenkeel.ui.store.OwnTables;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Tags, notes and the archive of runs. Everybody who is logged in may read; changing needs the role
 * operator, and is told in the activity log. Two who change the same thing at once: the last wins,
 * of each of tags, note and archive by itself.
 */
@Component
public class RunLabels {
  /** Longest note, in characters. */
  public static final int LONGEST_NOTE = 4_000;

  /** Longest tag, in characters. */
  public static final int LONGEST_TAG = 40;

  /** Most tags of a run. */
  public static final int MOST_TAGS = 20;

  private final OwnTables tables;
  private final ActivityLog activity;
  private final Access access;
  private final Clock clock;

  /** Labels in {@code tables}. */
  public RunLabels(OwnTables tables, ActivityLog activity, Access access, Clock clock) {
    this.tables = tables;
    this.activity = activity;
    this.access = access;
    this.clock = clock;
  }

  /**
   * The labels of all runs that have any, by run id.
   *
   * @throws org.springframework.dao.DataAccessException if the database is away
   */
  public Map<String, RunLabel> all() {
    Map<String, RunLabel> labels = new HashMap<>();
    tables
        .client()
        .sql("select * from dashboard.run_label")
        .query((row, number) -> label(row))
        .list()
        .forEach(label -> labels.put(label.run(), label));
    return labels;
  }

  /** The label of a run; {@link RunLabel#none} if nobody has said anything of it. */
  public RunLabel of(String run) {
    return tables
        .client()
        .sql("select * from dashboard.run_label where run = :run")
        .param("run", run)
        .query((row, number) -> label(row))
        .optional()
        .orElseGet(() -> RunLabel.none(run));
  }

  /** All tags in use, in alphabetical order. */
  public List<String> tagsInUse() {
    return tables
        .client()
        .sql("select distinct unnest(tags) as tag from dashboard.run_label order by tag")
        .query(String.class)
        .list();
  }

  /**
   * Gives a run these tags in the place of those it has.
   *
   * @throws Refusal if a tag is not allowed, or there is no such run
   */
  public void tag(String run, Collection<String> tags) {
    access.require(Role.OPERATOR);
    TreeSet<String> clean = new TreeSet<>();
    List<Flaw> flaws = new ArrayList<>();
    for (String tag : tags) {
      String stripped = tag.strip();
      if (stripped.isEmpty() || stripped.length() > LONGEST_TAG || hasControls(stripped)) {
        flaws.add(
            new Flaw("tags", "A tag has 1 to " + LONGEST_TAG + " characters, all on one line."));
      }
      clean.add(stripped);
    }
    if (clean.size() > MOST_TAGS) {
      flaws.add(new Flaw("tags", "A run has at most " + MOST_TAGS + " tags."));
    }
    if (!flaws.isEmpty()) {
      throw Refusal.invalid(ErrorId.API_INVALID, flaws);
    }
    change(run, "tags", clean.toArray(String[]::new), "run.tag", String.join(", ", clean));
  }

  /**
   * Writes a run's note; an empty one takes it away.
   *
   * @throws Refusal if it is too long, or there is no such run
   */
  public void write(String run, String note) {
    access.require(Role.OPERATOR);
    String clean = note.strip();
    if (clean.length() > LONGEST_NOTE || clean.indexOf(0) >= 0) {
      throw Refusal.invalid(
          ErrorId.API_INVALID,
          List.of(new Flaw("note", "A note has at most " + LONGEST_NOTE + " characters.")));
    }
    change(run, "note", clean, "run.note", clean);
  }

  /** Puts a run away; lists leave it out unless asked for it. Its data stay as they are. */
  public void archive(String run) {
    access.require(Role.OPERATOR);
    change(run, "archived_at", Timestamp.from(clock.instant()), "run.archive", "");
  }

  /** Takes a run out of the archive. */
  public void restore(String run) {
    access.require(Role.OPERATOR);
    change(run, "archived_at", null, "run.restore", "");
  }

  // The column is one of three constants of this class.
  private void change(
      String run,
      String column,
      @org.jspecify.annotations.Nullable Object value,
      String action,
      String detail) {
    String by = access.user();
    tables.inTransaction(
        database -> {
          requireRun(database, run);
          database
              .sql(
                  "insert into dashboard.run_label (run, note, tags, changed_by, changed_at)"
                      + " values (:run, '', '{}', :by, :now) on conflict (run) do nothing")
              .param("run", run)
              .param("by", by)
              .param("now", Timestamp.from(clock.instant()))
              .update();
          var update =
              database
                  .sql(
                      "update dashboard.run_label set "
                          + column
                          + " = :value, changed_by = :by, changed_at = :now where run = :run")
                  .param("by", by)
                  .param("now", Timestamp.from(clock.instant()))
                  .param("run", run);
          update =
              value == null
                  ? update.param("value", null, java.sql.Types.TIMESTAMP)
                  : update.param("value", value);
          int rows = update.update();
          activity.done(database, by, action, run, detail);
          return rows;
        });
  }

  private static void requireRun(JdbcClient database, String run) {
    if (database
        .sql("select 1 from ui_v1_runs where run = :run")
        .param("run", run)
        .query(Integer.class)
        .optional()
        .isEmpty()) {
      throw Refusal.notFound(ErrorId.RUN_UNKNOWN, "There is no run of this name.");
    }
  }

  private static boolean hasControls(String text) {
    return text.chars().anyMatch(Character::isISOControl);
  }

  private static RunLabel label(ResultSet row) throws SQLException {
    List<String> tags = new ArrayList<>();
    for (Object tag : (Object[]) row.getArray("tags").getArray()) {
      tags.add(String.valueOf(tag));
    }
    return new RunLabel(
        row.getString("run"),
        tags,
        text(row, "note"),
        time(row, "archived_at"),
        text(row, "changed_by"),
        time(row, "changed_at"));
  }
}
