package io.evenkeel.ui.rundetail;

import static io.evenkeel.ui.store.Columns.figure;
import static io.evenkeel.ui.store.Columns.text;
import static io.evenkeel.ui.store.Columns.time;
import static io.evenkeel.ui.store.Columns.whole;

import io.evenkeel.contract.rule.Runbook;
import io.evenkeel.ui.chart.Figures;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads what happened at a mark, and why. Thread-safe. */
@Component
public class RunEvents {
  static final String ALERT = "alert/";
  static final String COMMAND = "command/";
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int MOST_EVENTS = 100;
  private static final int MOST_LINES = 8;

  private final JdbcClient database;

  RunEvents(JdbcClient database) {
    this.database = database;
  }

  /**
   * All alerts that fired and commands that took effect, the latest first; without their reasons.
   */
  public static List<Heading> headings(RunState state) {
    List<Heading> all = new ArrayList<>();
    for (AlertSpan alert : state.alerts()) {
      if (alert.firedStep() != null) {
        all.add(
            new Heading(
                alert.id(),
                alert.firedStep(),
                alert.severity() + ": " + alert.rule() + " " + alert.scope(),
                alert.severity()));
      }
    }
    for (CommandMark command : state.commands()) {
      all.add(new Heading(command.id(), command.step(), command.label(), "command"));
    }
    all.sort((a, b) -> Long.compare(b.step(), a.step()));
    return all.size() > MOST_EVENTS ? all.subList(0, MOST_EVENTS) : all;
  }

  /** What happened at these marks; unknown ids are left out. */
  public List<Happening> read(String run, List<String> ids) {
    List<Happening> found = new ArrayList<>();
    for (String id : ids) {
      if (id.startsWith(ALERT)) {
        alert(run, id.substring(ALERT.length())).ifPresent(found::add);
      } else if (id.startsWith(COMMAND)) {
        String[] parts = id.substring(COMMAND.length()).split("/", -1);
        if (parts.length == 2 && isNumber(parts[0]) && isNumber(parts[1])) {
          command(run, Long.parseLong(parts[0]), Long.parseLong(parts[1])).ifPresent(found::add);
        }
      }
    }
    return found;
  }

  private static boolean isNumber(String text) {
    return text.matches("[0-9]{1,18}");
  }

  private Optional<Happening> alert(String run, String alertId) {
    return database
        .sql("select * from ui_v1_alerts where run = :run and alert_id = :id")
        .param("run", run)
        .param("id", alertId)
        .query((row, number) -> alert(run, row))
        .optional();
  }

  private Happening alert(String run, ResultSet row) throws SQLException {
    Map<String, String> facts = new LinkedHashMap<>();
    Long fired = whole(row, "fired_step");
    Long resolved = whole(row, "resolved_step");
    long first = row.getLong("first_step");
    facts.put("Where", text(row, "scope"));
    facts.put("State", text(row, "state"));
    facts.put(
        "Value when it fired",
        Figures.figure(figure(row, "value"))
            + ", limit "
            + Figures.figure(figure(row, "threshold")));
    facts.put(
        "Steps",
        "from "
            + Figures.count(first)
            + (resolved == null ? "" : " to " + Figures.count(resolved)));
    at(facts, "Fired", time(row, "fired_at"));
    at(facts, "Resolved", time(row, "resolved_at"));
    evidence(facts, text(row, "labels"));
    long end = resolved == null ? (fired == null ? first : fired) + 100 : resolved;
    return new Happening(
        "Alert " + text(row, "rule"),
        text(row, "severity"),
        text(row, "summary"),
        facts,
        decisions(
            "select * from ui_v1_audit where run = :run and step between :first and :last"
                + " and decision <> 'observed' order by step, at limit "
                + MOST_LINES,
            run,
            first,
            end),
        Runbook.page(text(row, "rule")),
        first,
        end);
  }

  private Optional<Happening> command(String run, long epoch, long sequence) {
    return database
        .sql("select * from ui_v1_commands where run = :run and epoch = :epoch and sequence = :seq")
        .param("run", run)
        .param("epoch", epoch)
        .param("seq", sequence)
        .query((row, number) -> command(run, epoch, sequence, row))
        .optional();
  }

  private Happening command(String run, long epoch, long sequence, ResultSet row)
      throws SQLException {
    Map<String, String> facts = new LinkedHashMap<>();
    String action = text(row, "action");
    String what =
        action.isEmpty()
            ? RunReader.label(text(row, "knob"), text(row, "scope"))
                + " "
                + Figures.figure(figure(row, "value_from"))
                + " → "
                + Figures.figure(figure(row, "value_to"))
            : action;
    Long applied = whole(row, "applied_step");
    long issued = row.getLong("issued_step");
    facts.put("By", text(row, "origin"));
    facts.put("Status", text(row, "status"));
    facts.put("Decided at step", Figures.count(issued));
    facts.put("In force from step", Figures.count(applied));
    at(facts, "Applied", time(row, "applied_at"));
    database
        .sql(
            "select evidence from ui_v1_audit where run = :run and command_epoch = :epoch"
                + " and command_sequence = :seq order by at limit 1")
        .param("run", run)
        .param("epoch", epoch)
        .param("seq", sequence)
        .query((evidence, number) -> text(evidence, "evidence"))
        .optional()
        .ifPresent(evidence -> evidence(facts, evidence));
    long at = applied == null ? issued : applied;
    return new Happening(
        "Command #" + sequence + ": " + what,
        "command",
        text(row, "reason"),
        facts,
        decisions(
            "select * from ui_v1_audit where run = :run and command_epoch = :first"
                + " and command_sequence = :last order by at limit "
                + MOST_LINES,
            run,
            epoch,
            sequence),
        "",
        at,
        at);
  }

  private List<String> decisions(String sql, String run, long first, long last) {
    return database
        .sql(sql)
        .param("run", run)
        .param("first", first)
        .param("last", last)
        .query((row, number) -> decision(row))
        .list();
  }

  private static String decision(ResultSet row) throws SQLException {
    String knob = text(row, "knob");
    String change =
        knob.isEmpty()
            ? ""
            : " "
                + RunReader.label(knob, text(row, "scope"))
                + " "
                + Figures.figure(figure(row, "value_from"))
                + " → "
                + Figures.figure(figure(row, "value_to"));
    String error = text(row, "error_id");
    return "Step "
        + Figures.count(row.getLong("step"))
        + ", "
        + text(row, "actor")
        + " "
        + text(row, "decision")
        + change
        + ": "
        + text(row, "reason")
        + (error.isEmpty() ? "" : " (" + error + ")");
  }

  private static void at(Map<String, String> facts, String name, @Nullable Instant time) {
    if (time != null) {
      facts.put(name, time.truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString());
    }
  }

  private static void evidence(Map<String, String> facts, String json) {
    try {
      JsonNode evidence = JSON.readTree(json.isEmpty() ? "{}" : json);
      evidence
          .properties()
          .forEach(
              entry -> {
                JsonNode value = entry.getValue();
                facts.put(
                    entry.getKey(),
                    value.isNumber()
                        ? Figures.figure(value.asDouble())
                        : value.isString() ? value.asString("") : value.toString());
              });
    } catch (JacksonException e) {
      facts.put("Evidence", json);
    }
  }

  /**
   * A mark in a list.
   *
   * @param id what it is asked for with
   * @param step where it is
   * @param text what it is; text from outside
   * @param weight critical, warning, info or command
   */
  public record Heading(String id, long step, String text, String weight) {}

  /**
   * What happened, and why; all text may come from outside.
   *
   * @param title what
   * @param weight critical, warning, info or command
   * @param sentence in a sentence
   * @param facts by name
   * @param decisions what Evenkeel or a person did about it, from the audit trail
   * @param runbook page that says what to do; may be empty
   * @param from first step
   * @param to last step
   */
  public record Happening(
      String title,
      String weight,
      String sentence,
      Map<String, String> facts,
      List<String> decisions,
      String runbook,
      long from,
      long to) {

    /** Copies. */
    public Happening {
      facts = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(facts));
      decisions = List.copyOf(decisions);
    }
  }
}
