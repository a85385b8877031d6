package io.evenkeel.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 of each service in turn while a run goes on. */
class KillST {
  private static final Duration STEP_LIMIT = Duration.ofMinutes(2);
  private static final int STEPS = 400;

  @TempDir Path dir;

  @Test
  void shouldLoseAndDoubleNothingAndKeepTrainingWhenEachServiceIsKilled() throws Exception {
    Path file = dir.resolve("r.json");
    try (Evenkeel evenkeel =
        Evenkeel.up(
            dir.resolve("data"), "--steps", Integer.toString(STEPS), "--report", file.toString())) {
      int step = 10;
      for (String service :
          List.of("writer", "analytics", "controller", "postgres", "kafka", "ui")) {
        int reached = step;
        evenkeel.awaitNumber(
            "select coalesce(max(last_step), 0) from ui_v1_telemetry_counts",
            last -> last >= reached,
            STEP_LIMIT);
        evenkeel.kill(service);
        evenkeel.awaitLine(
            service.equals("postgres")
                ? "database    runs again"
                : service + " ended with status 137",
            STEP_LIMIT);
        step += 40;
      }
      evenkeel.awaitLine("Report: ", Duration.ofMinutes(6));
      JsonNode report = Evenkeel.json(file);

      assertThat(report.at("/telemetry/sent").asLong()).isEqualTo(STEPS);
      assertThat(report.at("/telemetry/stored").asLong()).isEqualTo(STEPS);
      assertThat(report.at("/telemetry/dropped").asLong()).isZero();
      assertThat(report.at("/steps").asLong()).isEqualTo(STEPS);
      assertThat(report.at("/webhooks/delivered")).isEqualTo(report.at("/webhooks/accepted"));
      assertNothingTwice(evenkeel);
      assertTrainingNeverPaused(evenkeel);
    }
  }

  private static void assertNothingTwice(Evenkeel evenkeel) throws Exception {
    assertThat(
            evenkeel.number(
                "select count(*) - count(distinct (run, incarnation, step)) from ui_v1_run_steps"))
        .isZero();
    assertThat(
            evenkeel.number(
                "select count(*) from (select 1 from ui_v1_alerts group by run, incarnation, rule, scope, first_step"
                    + " having count(*) > 1) as doubled"))
        .isZero();
    // Each change of alpha that the trainer reports is one applied command, and the other way
    // round.
    double changes =
        evenkeel.number(
            "select count(*) from (select value, lag(value) over (partition by run, scope order by step) as before"
                + " from ui_v1_knob_steps where knob = 'load_balance.alpha') as steps where value <> before");
    double applied =
        evenkeel.number(
            "select count(*) from ui_v1_commands where knob = 'load_balance.alpha' and status = 'applied'"
                + " and ack_from <> ack_to and applied_step < "
                + STEPS);
    assertThat(changes).isEqualTo(applied);
  }

  private static void assertTrainingNeverPaused(Evenkeel evenkeel) throws Exception {
    double longestGapSeconds =
        evenkeel.number(
            "select max(extract(epoch from at - before)) from"
                + " (select at, lag(at) over (order by step) as before from ui_v1_run_steps) as steps");
    assertThat(longestGapSeconds).isLessThan(5);
  }
}
