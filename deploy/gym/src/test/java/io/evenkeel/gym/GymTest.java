package io.evenkeel.gym;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    return playText(SCENARIO.formatted(margin), report);
  }

  private JsonNode playText(String scenario, String report) throws Exception {
    Path file = Files.writeString(folder.resolve("short.yaml"), scenario);
    Path json = folder.resolve(report);
    int status =
        gym(
            "--scenario",
            file.toString(),
            "--seed",
            "3",
            "--report",
            json.toString(),
            "--html",
            folder.resolve("page.html").toString());
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
    assertThat(Files.readString(folder.resolve("page.html")))
        .contains("alpha is mis-set to 10", "gradient norm ratio", "without Evenkeel")
        .contains("class=\"mark onset\"", "class=\"mark order\"", "load_balance.alpha")
        .contains("<path class=\"line controlled\"", "<path class=\"line uncontrolled\"")
        .doesNotContain("<!--", "NaN", "http:", "https:", "<script", "src=");
  }

  @Test
  void shouldGoOnFromTheLogWhenTheControllerIsKilled() throws Exception {
    String text = SCENARIO.formatted("100") + "controller: {killed: 16, away: 8}\n";
    JsonNode result = playText(text, "killed.json");
    List<Long> steps = new ArrayList<>();
    double alpha = 10;
    for (JsonNode command : result.path("commands")) {
      if (command.path("what").asText().equals("load_balance.alpha")) {
        steps.add(command.path("step").asLong());
        assertThat(command.path("status").asText()).isEqualTo("APPLIED");
        // Each begins where the one before it left off: nothing was lost, nothing came twice.
        assertThat(command.path("from").asDouble()).isEqualTo(alpha);
        alpha = command.path("to").asDouble();
      }
    }
    assertThat(steps).anyMatch(step -> step <= 16).anyMatch(step -> step >= 24);
    assertThat(steps).noneMatch(step -> step > 17 && step < 24).doesNotHaveDuplicates();
    assertThat(alpha).isLessThan(0.1);
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
