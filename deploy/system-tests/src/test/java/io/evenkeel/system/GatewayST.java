package io.evenkeel.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Somebody else's trainer, over HTTP: seen, told about, steered. */
@ExtendWith(SharedStack.class)
@Order(10)
class GatewayST {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  @Test
  void shouldSeeTellAndSteerWhenATrainerSendsOverHttp(Evenkeel evenkeel) throws Exception {
    String data = evenkeel.data().toString();
    String token =
        Evenkeel.run("token", "create", "--runs", "outside-*", "--id", "walk", "--data", data)
            .strip();
    GatewayClient gateway = new GatewayClient(evenkeel.gateway(), token);
    String run = "outside-moe";
    HttpTrainer trainer = new HttpTrainer(gateway, run);
    String cursor = gateway.get("api/v1/runs/" + run + "/alerts").json().at("/next").asText();

    trainer.declare();
    trainer.trainUntilApplied(3, 1200);
    trainer.train(60);
    trainer.finish();

    String of = " where run = '" + run + "'";
    evenkeel.awaitNumber(
        "select count(*) from ui_v1_run_steps" + of, steps -> steps >= trainer.steps(), LIMIT);
    evenkeel.awaitNumber(
        "select count(*) from ui_v1_runs" + of + " and status = 'finished'", n -> n == 1, LIMIT);
    evenkeel.awaitNumber(
        "select count(*) from ui_v1_commands"
            + of
            + " and status = 'applied' and kind = 'set_knob'",
        applied -> applied == trainer.applied(),
        LIMIT);
    assertThat(
            evenkeel.number(
                "select ack_to from ui_v1_commands"
                    + of
                    + " and status = 'applied' order by sequence desc limit 1"))
        .isEqualTo(trainer.alpha());
    assertThat(
            evenkeel.number(
                "select gradient_norm_ratio_max from ui_v1_run_steps"
                    + of
                    + " order by step limit 1"))
        .isBetween(1.49, 1.51);
    evenkeel.awaitNumber(
        "select count(*) from ui_v1_alerts"
            + of
            + " and rule = 'gradient-norm-ratio' and fired_step is not null",
        fired -> fired >= 1,
        LIMIT);
    assertThat(rulesTold(gateway, run, cursor)).contains("gradient-norm-ratio");
  }

  @Test
  void shouldRefuseByTheirOwnIdsWhenRecordsOrTokensAreWrong(Evenkeel evenkeel) throws Exception {
    String data = evenkeel.data().toString();
    String token =
        Evenkeel.run("token", "create", "--runs", "narrow", "--id", "narrow", "--data", data)
            .strip();
    GatewayClient gateway = new GatewayClient(evenkeel.gateway(), token);
    Observation good = new Observation("narrow", 0, 0, 1, 1_800_000_000_000_000L);
    double deadLetters = evenkeel.number("select count(*) from ui_v1_dead_letters");

    GatewayClient.Answer mixed =
        gateway.post(
            "api/v1/telemetry",
            GatewayClient.NDJSON,
            (good.json() + "\n" + good.json().replace("\"rank\":0", "\"rank\":5") + "\n")
                .getBytes(StandardCharsets.UTF_8));

    assertThat(mixed.status()).as(mixed.body()).isEqualTo(207);
    assertThat(mixed.json().at("/accepted").asInt()).isEqualTo(1);
    assertThat(mixed.json().at("/rejections/0/index").asInt()).isEqualTo(1);
    assertThat(mixed.json().at("/rejections/0/errorId").asText()).isEqualTo("EVK-WIRE-INVALID");
    evenkeel.awaitNumber(
        "select count(*) from ui_v1_dead_letters where error_id = 'EVK-WIRE-INVALID'",
        letters -> letters >= 1,
        LIMIT);
    evenkeel.awaitNumber(
        "select coalesce(sum(stored), 0) from ui_v1_telemetry_counts where run = 'narrow'",
        stored -> stored == 1,
        LIMIT);
    assertThat(evenkeel.number("select count(*) from ui_v1_dead_letters"))
        .isEqualTo(deadLetters + 1);

    refused(
        gateway.post("api/v1/telemetry", good.json().replace("narrow", "wide")),
        403,
        "EVK-GATEWAY-SCOPE");
    refused(
        new GatewayClient(evenkeel.gateway(), token + "x").post("api/v1/telemetry", good.json()),
        401,
        "EVK-GATEWAY-TOKEN");
    Evenkeel.run("token", "revoke", "narrow", "--data", data);
    GatewayClient.Answer last = gateway.post("api/v1/telemetry", good.json());
    for (int i = 0; i < 100 && last.status() == 200; i++) {
      last = gateway.get("api/v1/runs/narrow/commands?wait=1");
    }
    refused(last, 401, "EVK-GATEWAY-TOKEN");
  }

  private static void refused(GatewayClient.Answer answer, int status, String errorId)
      throws Exception {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.json().at("/errorId").asText()).isEqualTo(errorId);
  }

  private static List<String> rulesTold(GatewayClient gateway, String run, String cursor)
      throws Exception {
    JsonNode alerts =
        gateway.get("api/v1/runs/" + run + "/alerts?after=" + cursor + "&wait=10").json();
    return alerts.at("/alerts").findValuesAsText("rule");
  }
}
