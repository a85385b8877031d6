package io.evenkeel.gym;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command as a user gives it, on a run of seconds. */
class GymTest {
  private static final String SCENARIO =
      """
      name: short
      why: "alpha is mis-set to 10"
      steps: 70
      config: {preset: tiny}
      faults:
        - {kind: knob, knob: alpha, mode: mis_set, set: 10, from: 10}
      onset: 10
      expect:
        alerts:
          - {rules: [gradient-norm-ratio, logit-gradient-ratio], within: 40}
        loss_margin: %s
      """;

  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int gym(String... arguments) {
    CommandLine gym = GymMain.commandLine();
    gym.setOut(new PrintWriter(out));
    gym.setErr(new PrintWriter(err));
    return gym.execute(arguments);
  }

  private JsonNode play(String margin, String report) throws Exception {
    Path file = Files.writeString(folder.resolve("short.yaml"), SCENARIO.formatted(margin));
    Path json = folder.resolve(report);
    int status = gym("--scenario", file.toString(), "--seed", "3", "--report", json.toString());
    JsonNode document = new JsonMapper().readTree(Files.readAllBytes(json));
    assertThat(status).isEqualTo(document.path("missed").asInt() == 0 ? 0 : 1);
    return document.path("results").path(0);
  }

  @Test
  void shouldSteerTheRealTrainerAndGiveTheSameFiguresTwice() throws Exception {
    JsonNode result = play("100", "first.json");
    assertThat(result.path("passed").asBoolean()).isTrue();
    assertThat(result.path("detected").asBoolean()).isTrue();
    assertThat(result.path("delay_steps").asLong()).isBetween(0L, 40L);
    assertThat(result.path("false_alarms").asInt()).isZero();
    assertThat(result.path("loss_controlled").asDouble()).isPositive();
    assertThat(result.path("loss_uncontrolled").asDouble())
        .isNotEqualTo(result.path("loss_healthy").asDouble());
    JsonNode first = result.path("commands").path(0);
    assertThat(first.path("what").asText()).isEqualTo("load_balance.alpha");
    assertThat(first.path("from").asDouble()).isEqualTo(10);
    assertThat(first.path("to").asDouble()).isEqualTo(1);
    assertThat(first.path("status").asText()).isEqualTo("APPLIED");

    assertThat(play("100", "second.json")).isEqualTo(result);
  }

  @Test
  void shouldEndWithOneWhenAnExpectationIsMissed() throws Exception {
    JsonNode result = play("-5", "missed.json");
    assertThat(result.path("misses")).hasSize(1);
    assertThat(out.toString()).contains("MISSED").contains("nats off healthy");
  }

  @Test
  void shouldSayWhatIsWrongWithItsArguments() {
    assertThat(gym("--scenario", "no-such")).isEqualTo(2);
    assertThat(err.toString()).startsWith("EVK-GYM-SCENARIO: no-such: is neither healthy, ");
    assertThat(gym("--threads", "0")).isEqualTo(2);
    assertThat(gym("--seed", "x")).isEqualTo(2);
  }

  @Test
  void shouldListWhatThereIs() {
    assertThat(gym("--list")).isZero();
    assertThat(out.toString()).contains("healthy", "study-z-ramp");
  }
}
