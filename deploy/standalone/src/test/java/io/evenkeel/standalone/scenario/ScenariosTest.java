package io.evenkeel.standalone.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ScenariosTest {
  private static final String GOOD =
      "name: x\nsummary: s\npreset: demo\nknobs: {load_balance.alpha: 2}\nmode: auto\nwebhook: sink\n";

  @Test
  void shouldReadEveryScenarioWhenAskedByName() {
    for (String name : Scenarios.NAMES) {
      assertThat(Scenarios.find(name)).get().extracting(Scenario::name).isEqualTo(name);
    }
    assertThat(Scenarios.find("../evil")).isEmpty();
    assertThat(Scenarios.find("alpha-too-high").orElseThrow().expectation()).isPresent();
    assertThat(Scenarios.find("none").orElseThrow().mode()).isEqualTo("observe");
  }

  @Test
  void shouldNameTheFieldWhenOneIsUnknownOrMissingOrOutOfRange() throws Exception {
    assertThat(parse(GOOD).knobs()).containsEntry("load_balance.alpha", 2.0);
    assertThatThrownBy(() -> parse(GOOD + "colour: red\n")).hasMessageContaining("colour");
    assertThatThrownBy(() -> parse(GOOD.replace("preset: demo\n", "")))
        .hasMessageContaining("preset");
    assertThatThrownBy(() -> parse(GOOD.replace("auto", "wild")))
        .hasMessageContaining("mode: wild");
    assertThatThrownBy(() -> parse(GOOD.replace("2}", "1e999}")))
        .hasMessageContaining("not finite");
  }

  private static Scenario parse(String yaml) throws Exception {
    return Scenarios.parse(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
  }
}
