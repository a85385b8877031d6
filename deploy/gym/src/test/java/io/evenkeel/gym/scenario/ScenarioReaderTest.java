package io.evenkeel.gym.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.evenkeel.contract.alert.Severity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScenarioReaderTest {
  private static final String WHOLE =
      """
      name: mine
      why: "alpha is mis-set"
      steps: 80
      ranks: 2
      config: {preset: tiny}
      faults:
        - {kind: knob, knob: alpha, mode: mis_set, set: 10, from: 20}
      onset: 20
      until: 70
      expect:
        alerts:
          - {rules: [gradient-norm-ratio], within: 30, severity: info}
        recovered: {signal: gradient_norm_ratio, limit: 0.1, within: 60}
        loss_margin: 0.05
        commands_only: [load_balance.alpha]
      """;

  @TempDir Path folder;

  private static List<String> problems(String yaml) {
    try {
      ScenarioReader.read("s", yaml);
    } catch (ScenarioException e) {
      assertThat(e.lines()).allMatch(line -> line.startsWith("EVK-GYM-SCENARIO: s: "));
      return e.lines();
    }
    return List.of();
  }

  @Test
  void shouldReadEveryField() throws ScenarioException {
    Scenario scenario = ScenarioReader.read("s", WHOLE);
    assertThat(scenario.steps()).isEqualTo(80);
    assertThat(scenario.ranks()).isEqualTo(2);
    assertThat(scenario.onset()).isEqualTo(20);
    assertThat(scenario.until()).isEqualTo(70);
    assertThat(scenario.isHealthy()).isFalse();
    assertThat(scenario.healthy(5).faults().faults()).isEmpty();
    assertThat(scenario.faulty(5).faults().faults()).hasSize(1);
    assertThat(scenario.faulty(5).training().seed()).isEqualTo(5);
    assertThat(scenario.expected().mustFire().getFirst().least()).isEqualTo(Severity.INFO);
    assertThat(scenario.expected().recovered())
        .isEqualTo(new Band(BandSignal.GRADIENT_NORM_RATIO, 0.1, 60));
    assertThat(scenario.expected().knobs()).containsExactly("load_balance.alpha");
  }

  @Test
  void shouldTellAllProblemsAtOnce() {
    assertThat(
            problems(
                """
                name: Mine!
                why: ""
                steps: 0
                ranks: 99
                config: {preset: nobody}
                onset: 5
                expect:
                  alerts:
                    - {rules: [no-such-rule], within: -1, severity: loud}
                  recovered: {signal: loss_gap, limit: -1, within: 0}
                """))
        .hasSizeGreaterThanOrEqualTo(9)
        .anyMatch(line -> line.contains("name must be"))
        .anyMatch(line -> line.contains("steps must be"))
        .anyMatch(line -> line.contains("preset nobody"))
        .anyMatch(line -> line.contains("no rule no-such-rule"))
        .anyMatch(line -> line.contains("onset and faults belong together"))
        .anyMatch(line -> line.contains("expect.recovered"));
  }

  @Test
  void shouldReadWhatIsTrueOfTheConfigurationByItself() throws ScenarioException {
    String may =
        """
          may:
            - rules: [dead-expert]
              from: 5
              until: 19
              while: {signal: dead_experts, above: 0}
              why: "mu is 0"
        """;
    assertThat(ScenarioReader.read("s", WHOLE + may).expected().mayFire())
        .containsExactly(
            new Foreseen(
                Set.of("dead-expert"),
                5,
                19,
                new Foreseen.Above(BandSignal.DEAD_EXPERTS, 0),
                "mu is 0"));
    assertThat(problems(WHOLE + may.replace("until: 19", "until: 4"))).hasSize(1);
    assertThat(problems(WHOLE + may.replace("dead-expert", "dead"))).hasSize(1);
    assertThat(problems(WHOLE + may.replace("      why: \"mu is 0\"\n", ""))).hasSize(1);
    assertThat(problems(WHOLE + may.replaceAll("(?m)^ *while.*\n", "")))
        .singleElement()
        .asString()
        .contains("while needs");
    String healthy = "name: h\nwhy: x\nsteps: 80\nconfig: {preset: tiny}\nexpect:\n";
    assertThat(problems(healthy + may))
        .singleElement()
        .asString()
        .contains("of a healthy run no alarm is foreseen");
  }

  @Test
  void shouldRefuseWhatIsNoScenario() {
    assertThat(problems("")).hasSize(1);
    assertThat(problems("[1, 2]")).hasSize(1);
    assertThat(problems("name: [")).hasSize(1);
    assertThat(problems(WHOLE + "colour: red\n")).hasSize(1).first().asString().contains("colour");
    assertThat(problems(WHOLE.replace("limit: 0.1", "limit: .nan"))).hasSize(1);
    assertThat(problems(WHOLE.replace("onset: 20", "onset: 80"))).isNotEmpty();
    assertThat(problems(WHOLE + "controller: {killed: 900, away: 0}\n"))
        .first()
        .asString()
        .contains("controller");
    assertThat(problems(WHOLE.replace("kind: knob", "kind: knop")))
        .first()
        .asString()
        .contains("kind");
    assertThat(
            problems(
                WHOLE.replace(
                    "{kind: knob, knob: alpha, mode: mis_set, set: 10, from: 20}",
                    "{kind: missing_rank, rank: 2, from: 20}")))
        .first()
        .asString()
        .contains("rank");
  }

  @Test
  void shouldFindScenariosByNameAndByFile() throws Exception {
    Path file = Files.writeString(folder.resolve("mine.yaml"), WHOLE);
    List<Scenario> found = Catalogue.find(List.of("alpha-10", file.toString()));
    assertThat(found).extracting(Scenario::name).containsExactly("alpha-10", "mine");
    assertThatThrownBy(() -> Catalogue.find(List.of("no-such")))
        .asInstanceOf(type(ScenarioException.class))
        .satisfies(e -> assertThat(e.lines().getFirst()).contains("alpha-10"));
  }

  @Test
  void shouldReadEveryScenarioThatComesWithTheGym() throws Exception {
    List<Scenario> all = Catalogue.find(List.of("all"));
    assertThat(all).extracting(Scenario::name).isEqualTo(Catalogue.names());
    assertThat(all).filteredOn(Scenario::isHealthy).isNotEmpty();
    Path resources = Path.of("src/main/resources/gym");
    try (Stream<Path> files = Files.list(resources)) {
      assertThat(files.map(f -> f.getFileName().toString()).filter(f -> f.endsWith(".yaml")))
          .as("files that scenarios.txt does not name")
          .allMatch(f -> Catalogue.names().contains(f.replace(".yaml", "")));
    }
  }
}
