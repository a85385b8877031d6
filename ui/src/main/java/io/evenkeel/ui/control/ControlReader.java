package io.evenkeel.ui.control;

import static io.evenkeel.ui.store.Columns.figure;
import static io.evenkeel.ui.store.Columns.text;
import static io.evenkeel.ui.store.Columns.time;
import static io.evenkeel.ui.store.Columns.whole;

import io.evenkeel.contract.command.HoldState;
import io.evenkeel.ui.runs.Knob;
import io.evenkeel.ui.runs.RunHeader;
import io.evenkeel.ui.runs.RunsReader;
import io.evenkeel.ui.store.NoSuchRun;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads how runs are steered. */
@Component
public class ControlReader {
  private static final int MOST = 200;

  /** As long as the controller lets a proposal wait. */
  public static final Duration PROPOSAL_LIFE = Duration.ofMinutes(10);

  private static final Set<String> ANSWERS = Set.of("acted", "changed", "reviewed");

  private final JdbcClient database;
  private final RunsReader runs;
  private final AuditReader trail;
  private final Clock clock;

  /** A reader of the database. */
  public ControlReader(JdbcClient database, RunsReader runs, AuditReader trail, Clock clock) {
    this.database = database;
    this.runs = runs;
    this.trail = trail;
    this.clock = clock;
  }

  /** How a run is steered now. */
  public ControlState read(String run) {
    RunHeader header = runs.find(run).orElseThrow(() -> new NoSuchRun(run));
    Map<String, Setting> settings = settings(run);
    Setting ofRun = settings.getOrDefault("", Setting.NONE);
    Map<String, Double> values = values(run);
    Map<String, Changes> changes = changes(run);
    List<KnobState> knobs = new ArrayList<>();
    for (Knob knob : header.knobs()) {
      Setting setting = settings.getOrDefault(knob.knob(), Setting.NONE);
      Changes changed = changes.getOrDefault(knob.label(), Changes.NONE);
      knobs.add(
          new KnobState(
              knob,
              values.get(knob.label()),
              // A hold alone stores a mode too; only one that differs from the run's says anything.
              setting.mode().equals(ofRun.mode()) ? "" : setting.mode(),
              setting.hold(),
              setting.changedBy(),
              changed.last(),
              changed.lastHour(),
              changed.flight()));
    }
    List<AuditLine> audit = trail.newest(AuditFilter.ofRun(run), MOST).lines();
    return new ControlState(
        header,
        ofRun.mode(),
        ofRun.killSwitch(),
        knobs,
        open(audit, header.incarnation(), clock.instant()),
        actions(run),
        commands(run),
        audit);
  }

  /** How far the kill switches are pulled, over all runs. */
  KillStanding killStanding() {
    List<AuditLine> answers = trail.newest(AuditFilter.ALL, MOST).lines();
    try {
      return database
          .sql(
              "select count(*) as running, count(*) filter (where c.kill_switch) as stopped"
                  + " from ui_v1_runs r left join ui_v1_control_state c on c.run = r.run and c.knob = ''"
                  + " where r.ended_at is null")
          .query(
              (row, number) ->
                  new KillStanding(row.getInt("running"), row.getInt("stopped"), answers))
          .single();
    } catch (BadSqlGrammarException e) {
      return new KillStanding(0, 0, answers);
    }
  }

  /** The proposals of an audit trail, newest first, that nobody has answered and that can be. */
  static List<AuditLine> open(List<AuditLine> newestFirst, int incarnation, Instant now) {
    List<AuditLine> open = new ArrayList<>();
    Set<String> settled = new HashSet<>();
    for (AuditLine line : newestFirst) {
      boolean proposal = line.decision().equals("proposed");
      boolean alive =
          line.at() != null
              && line.incarnation() == incarnation
              && now.isBefore(line.at().plus(PROPOSAL_LIFE));
      if (proposal && alive && !settled.contains(line.target())) {
        open.add(line);
      }
      // A later proposal for the same knob replaces an earlier one; an action settles it.
      if (proposal || ANSWERS.contains(line.decision())) {
        settled.add(line.target());
      }
    }
    return open;
  }

  private List<CommandLine> commands(String run) {
    return database
        .sql(
            "select * from ui_v1_commands where run = :run order by epoch desc, sequence desc limit "
                + MOST)
        .param("run", run)
        .query(
            (row, number) -> {
              String action = text(row, "action");
              String knob = label(text(row, "knob"), text(row, "scope"));
              return new CommandLine(
                  row.getLong("epoch"),
                  row.getLong("sequence"),
                  action.isEmpty() ? knob : action,
                  figure(row, "value_from"),
                  figure(row, "value_to"),
                  text(row, "origin"),
                  text(row, "reason"),
                  row.getLong("issued_step"),
                  time(row, "issued_at"),
                  text(row, "status"),
                  whole(row, "applied_step"),
                  (text(row, "error_id") + " " + text(row, "ack_reason")).strip());
            })
        .list();
  }

  // What a run offers is a list of names.
  private List<String> actions(String run) {
    return database
        .sql(
            "select action from ui_v1_runs, jsonb_array_elements_text(actions) with ordinality a (action, place)"
                + " where run = :run order by place limit 50")
        .param("run", run)
        .query(String.class)
        .list();
  }

  private Map<String, Changes> changes(String run) {
    Map<String, Changes> changes = new HashMap<>();
    database
        .sql(
            "select * from (select distinct on (knob, scope) knob, scope, value_from, ack_from,"
                + " value_to, ack_to, applied_step, applied_at, origin, status,"
                + " count(*) filter (where issued_at > now() - interval '1 hour' and status in ('applied', 'pending'))"
                + " over every as last_hour, bool_or(status = 'pending') over every as under_way"
                + " from ui_v1_commands where run = :run and knob <> ''"
                + " window every as (partition by knob, scope)"
                + " order by knob, scope, status = 'applied' desc, epoch desc, sequence desc) newest limit 1000")
        .param("run", run)
        .query(
            row -> {
              changes.put(
                  label(text(row, "knob"), text(row, "scope")),
                  new Changes(
                      "applied".equals(text(row, "status")) ? lastChange(row) : null,
                      row.getInt("last_hour"),
                      row.getBoolean("under_way")
                          ? KnobState.Flight.UNDER_WAY
                          : KnobState.Flight.NONE));
            });
    return changes;
  }

  private static LastChange lastChange(ResultSet row) throws SQLException {
    Double from = figure(row, "ack_from");
    Double to = figure(row, "ack_to");
    return new LastChange(
        row.getLong("applied_step"),
        time(row, "applied_at"),
        from == null ? figure(row, "value_from") : from,
        to == null ? figure(row, "value_to") : to,
        text(row, "origin"));
  }

  private static String label(String knob, String scope) {
    return scope.isEmpty() ? knob : knob + " · " + scope;
  }

  private Map<String, Double> values(String run) {
    Map<String, Double> values = new HashMap<>();
    database
        .sql(
            "select knob, scope, value from ui_v1_knob_steps where run = :run"
                + " and step = (select max(step) from ui_v1_run_steps where run = :run and step >"
                + " (select last_step from ui_v1_runs where run = :run) - 1024)")
        .param("run", run)
        .query(
            row -> {
              values.put(label(text(row, "knob"), text(row, "scope")), row.getDouble("value"));
            });
    return values;
  }

  // The controller makes its view when it first starts; until then nothing is set.
  private Map<String, Setting> settings(String run) {
    Map<String, Setting> settings = new HashMap<>();
    try {
      database
          .sql("select * from ui_v1_control_state where run = :run")
          .param("run", run)
          .query(
              row -> {
                settings.put(
                    text(row, "knob"),
                    new Setting(
                        text(row, "mode"),
                        row.getBoolean("held") ? HoldState.HELD : HoldState.RELEASED,
                        row.getBoolean("kill_switch") ? HoldState.HELD : HoldState.RELEASED,
                        text(row, "changed_by")));
              });
    } catch (BadSqlGrammarException e) {
      return Map.of();
    }
    return settings;
  }

  private record Changes(@Nullable LastChange last, int lastHour, KnobState.Flight flight) {
    private static final Changes NONE = new Changes(null, 0, KnobState.Flight.NONE);
  }

  private record Setting(String mode, HoldState hold, HoldState killSwitch, String changedBy) {
    private static final Setting NONE = new Setting("", HoldState.RELEASED, HoldState.RELEASED, "");
  }
}
