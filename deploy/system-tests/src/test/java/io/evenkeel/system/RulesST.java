package io.evenkeel.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rules of one's own, put into a run that goes on: they fire, they are taken back, one that fails
 * harms nobody, and a backtest finds the same.
 */
@ExtendWith(SharedStack.class)
@Order(30)
class RulesST {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final String RUN = "ruled";
  private static final double COLD = 20;
  private static final double HOT = 60;

  /** At which the rule that throws divides by zero. */
  private static final double ODD = 33;

  /**
   * By this rank 1 is slower than rank 0: a skew of 0.2, where the built-in rule warns from 0.3 on.
   */
  private static final double SLOWER = 0.5;

  private static final String RULES =
      """
      rules:
        - rule: st-hot
          run: ruled
          expression: scalars.temperature
          threshold: 50
          clear_threshold: 40
          for: 3
          clear_for: 2
          severity: critical
          summary: It is hot.
          labels: {team: tests}
        - rule: st-throws
          run: ruled
          expression: 100 / (int(scalars.temperature) - 33) > 1000
        - rule: straggler-rank
          run: ruled
          threshold: 0.1
          severity: info
        - rule: st-seen
          run: ruled
          expression: step >= 0
      """;

  @TempDir Path dir;

  private Evenkeel evenkeel;
  private GatewayClient gateway;
  private long step;

  @Test
  void shouldHoldFromTheNextStepOnAndHarmNobodyAndBeFoundAgainByABacktest(Evenkeel shared)
      throws Exception {
    evenkeel = shared;
    gateway = new GatewayClient(evenkeel.gateway(), evenkeel.firstToken());
    String data = evenkeel.data().toString();
    Path file = Files.writeString(dir.resolve("rules.yaml"), RULES);
    send(30, COLD);
    evenkeel.awaitNumber("select count(*) from ui_v1_run_steps" + of(), n -> n == step, LIMIT);
    long analytics = analyticsPid();

    assertThat(Evenkeel.run("rules", "check", file.toString())).contains("4 rules, all fine");
    Evenkeel.run("rules", "apply", file.toString(), "--data", data);
    sendUntilFired("st-seen");
    sendUntilFired("straggler-rank");

    long hot = step;
    send(10, HOT);
    send(5, COLD);
    evenkeel.awaitNumber(
        "select coalesce(max(resolved_step), -1) from ui_v1_alerts" + of("st-hot"),
        resolved -> resolved == hot + 11,
        LIMIT);
    assertThat(number("select fired_step", "st-hot")).isEqualTo(hot + 2);
    assertThat(
            evenkeel.number(
                "select count(*) from ui_v1_alerts"
                    + of("st-hot")
                    + " and severity = 'critical' and value = 60 and threshold = 50"
                    + " and labels->>'team' = 'tests' and labels->>'summary' = 'It is hot.'"))
        .isEqualTo(1);
    assertThat(
            evenkeel.number(
                "select count(*) from ui_v1_alerts"
                    + of("straggler-rank")
                    + " and severity = 'info' and threshold = 0.1"
                    + " and summary like 'Rank 1 is the slowest%'"))
        .isEqualTo(1);

    long odd = step;
    send(1, ODD);
    send(5, COLD);
    evenkeel.awaitNumber(
        "select count(*) from ui_v1_alerts"
            + of("st-throws")
            + " and scope = 'rule' and fired_step = "
            + odd
            + " and summary like '%EVK-RULE-FAILED%'",
        failures -> failures == 1,
        LIMIT);
    send(1, ODD);
    send(5, HOT);
    evenkeel.awaitNumber(
        "select count(*) from ui_v1_alerts" + of("st-hot") + " and state = 'firing'",
        firing -> firing == 1,
        LIMIT);
    assertThat(number("select count(*)", "st-throws"))
        .as("disabled: it fails no second time")
        .isEqualTo(1);
    evenkeel.awaitNumber("select count(*) from ui_v1_run_steps" + of(), n -> n == step, LIMIT);
    assertThat(analyticsPid()).as("the job has gone on").isEqualTo(analytics);

    assertBacktestFindsTheSame(file, data, odd);

    Evenkeel.run("rules", "delete", "st-hot", "--run", RUN, "--data", data);
    // No step comes: taking a rule back closes what it has open.
    evenkeel.awaitNumber(
        "select count(*) from ui_v1_alerts" + of("st-hot") + " and state = 'resolved'",
        resolved -> resolved == 2,
        LIMIT);
    assertThat(Evenkeel.run("rules", "list", "--data", data))
        .contains("st-throws", "st-seen", "straggler-rank")
        .doesNotContain("st-hot");
  }

  private void assertBacktestFindsTheSame(Path file, String data, long odd) throws Exception {
    Path report = dir.resolve("backtest.json");
    String told =
        Evenkeel.run(
            "rules",
            "backtest",
            file.toString(),
            "--run",
            RUN,
            "--report",
            report.toString(),
            "--data",
            data);
    assertThat(told).contains("Run " + RUN, "st-hot: 2 incident(s)");
    JsonNode found = Evenkeel.json(report);
    assertThat(found.at("/steps").asLong()).isEqualTo(step);
    List<JsonNode> hot = hits(found, "st-hot");
    assertThat(hot).hasSize(2);
    assertThat(hot.get(0).at("/fired_step").asDouble())
        .isEqualTo(number("select min(fired_step)", "st-hot"));
    assertThat(hot.get(0).at("/resolved_step").asDouble())
        .isEqualTo(number("select min(resolved_step)", "st-hot"));
    assertThat(hot.get(1).at("/fired_step").asDouble())
        .isEqualTo(number("select max(fired_step)", "st-hot"));
    assertThat(hot.get(1).at("/resolved_step").isNull()).isTrue();
    assertThat(hits(found, "st-throws"))
        .singleElement()
        .satisfies(
            hit -> {
              assertThat(hit.at("/scope").asText()).isEqualTo("rule");
              assertThat(hit.at("/fired_step").asLong()).isEqualTo(odd);
            });
    // In force from the first step, it fires as soon as it has seen enough of them.
    assertThat(hits(found, "straggler-rank"))
        .singleElement()
        .satisfies(
            hit -> {
              assertThat(hit.at("/summary").asText()).startsWith("Rank 1 is the slowest");
              assertThat(hit.at("/fired_step").asDouble())
                  .isLessThanOrEqualTo(number("select fired_step", "straggler-rank"));
            });
  }

  private static List<JsonNode> hits(JsonNode report, String rule) {
    return StreamSupport.stream(report.at("/hits").spliterator(), false)
        .filter(hit -> hit.at("/rule").asText().equals(rule))
        .toList();
  }

  /** Trains on, cold, until a rule is seen to be in force. */
  private void sendUntilFired(String rule) throws Exception {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (number("select count(fired_step)", rule) == 0) {
      assertThat(System.nanoTime())
          .as("%s has not fired by step %d", rule, step)
          .isLessThan(deadline);
      send(1, COLD);
      LockSupport.parkNanos(100_000_000);
    }
  }

  private void send(int steps, double temperature) throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < steps; i++, step++) {
      for (int rank = 0; rank < 2; rank++) {
        lines.append(
            String.format(
                Locale.ROOT,
                "{\"run\":\"%s\",\"step\":%d,\"rank\":%d,\"worldSize\":2,\"wallTimeMicros\":\"%d\","
                    + "\"stepTimeMillis\":%s,\"tokens\":64,\"losses\":{\"languageModel\":%s},"
                    + "\"gradientNorm\":0.5,\"scalars\":{\"temperature\":%s}}\n",
                RUN,
                step,
                rank,
                System.currentTimeMillis() * 1000,
                100 * (1 + rank * SLOWER),
                2 + 3 / (1 + step / 1000.0),
                temperature));
      }
    }
    GatewayClient.Answer answer =
        gateway.post(
            "api/v1/telemetry",
            GatewayClient.NDJSON,
            lines.toString().getBytes(StandardCharsets.UTF_8));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  private long analyticsPid() throws IOException {
    return Long.parseLong(
        Files.readAllLines(evenkeel.data().resolve("run/analytics.pid")).getFirst());
  }

  private double number(String what, String rule) throws Exception {
    return evenkeel.number(what + " from ui_v1_alerts" + of(rule));
  }

  private static String of() {
    return " where run = '" + RUN + "'";
  }

  private static String of(String rule) {
    return of() + " and rule = '" + rule + "'";
  }
}
