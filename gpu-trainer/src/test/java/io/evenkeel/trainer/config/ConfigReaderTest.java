package io.evenkeel.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigReaderTest {
  @ParameterizedTest
  @ValueSource(strings = {"tiny", "demo"})
  void shouldReadEveryPreset(String name) throws ConfigException {
    TrainerConfig config = ConfigReader.read(name);

    assertThat(config.name()).isEqualTo(name);
    assertThat(config.learningRate(0))
        .isEqualTo(config.optimizer().learningRate() / config.warmUpSteps());
    assertThat(config.learningRate(1000)).isEqualTo(config.optimizer().learningRate());
  }

  @Test
  void shouldLayAFileOverItsPreset() throws ConfigException {
    TrainerConfig config =
        ConfigReader.parseText(
            "preset: tiny\nname: mine\nbalance: {alpha: 1e-2}\ntraining: {steps: 7}");

    assertThat(config.name()).isEqualTo("mine");
    assertThat(config.alpha()).isEqualTo(0.01);
    assertThat(config.optimizer().mu0()).isEqualTo(0.02);
    assertThat(config.training().steps()).isEqualTo(7);
  }

  @Test
  void shouldTellEveryProblemAtOnce() {
    ConfigException problems =
        catchThrowableOfType(
            ConfigException.class,
            () ->
                ConfigReader.parseText(
                    "preset: tiny\nmodel: {width: 15, top_k: none, colour: red}\n"
                        + "balance: {alpha: -1}\ntraining: {steps: 1.5}\nextra: 1"));

    assertThat(problems.problems())
        .anyMatch(p -> p.contains("model.top_k"))
        .anyMatch(p -> p.contains("model.colour is unknown"))
        .anyMatch(p -> p.contains("balance.alpha"))
        .anyMatch(p -> p.contains("training.steps must be a whole number"))
        .anyMatch(p -> p.contains("extra is unknown"))
        .anyMatch(p -> p.contains("width must be a multiple of heads"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "- 1", "just text", "model: 3", "preset: none", "a: [", "name:"})
  void shouldRefuseWhatIsNoConfiguration(String text) {
    assertThat(catchThrowableOfType(ConfigException.class, () -> ConfigReader.parseText(text)))
        .isNotNull();
  }
}
