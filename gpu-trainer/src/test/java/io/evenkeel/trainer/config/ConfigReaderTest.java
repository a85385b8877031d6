package io.evenkeel.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.evenkeel.trainer.data.DataSettings;
import io.evenkeel.trainer.data.Languages;
import io.evenkeel.trainer.optim.LearningRateSchedule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigReaderTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "tiny",
        "demo",
        "calibration",
        "harm-f",
        "harm-z",
        "harm-s",
        "small",
        "longcat-flash"
      })
  void shouldReadEveryPreset(String name) throws ConfigException {
    TrainerConfig config = ConfigReader.read(name);

    assertThat(config.name()).isEqualTo(name);
    assertThat(config.learningRate(0))
        .isEqualTo(config.optimizer().learningRate() / config.schedule().warmUpSteps());
    assertThat(config.learningRate(config.schedule().warmUpSteps()))
        .isEqualTo(config.optimizer().learningRate());
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
  void shouldReadDataScheduleTransferAndGamma() throws ConfigException {
    TrainerConfig config =
        ConfigReader.parseText(
            """
            preset: harm-z
            model: {gamma: auto, gamma_split: 4, vocabulary: 64}
            data: {source: random}
            optimizer: {schedule: {course: cosine, floor: 0.2, steps: 100}}
            transfer: {proxy_width: 16}
            """);

    assertThat(config.model().gamma()).isEqualTo(4);
    assertThat(config.model().vocabulary()).isEqualTo(64);
    assertThat(config.data()).isEqualTo(new DataSettings.RandomSymbols());
    assertThat(config.schedule())
        .isEqualTo(new LearningRateSchedule(20, new LearningRateSchedule.Cosine(0.2), 100));
    assertThat(config.transfer().factor("layers.0.router", 32)).isEqualTo(0.5);
    assertThat(config.transfer().factor("embed", 32)).isEqualTo(1);
    assertThat(ConfigReader.read("harm-z").data()).isEqualTo(new Languages(8, 32, 4, 1234));
    assertThat(ConfigReader.read("tiny").data()).isEqualTo(new DataSettings.Bundled());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "data: {source: text, files: [/no/such/file]} | data.files: /no/such/file is no file",
        "data: {source: text} | data.files must be a list of texts",
        "data: {source: texts} | data.source must be one of bundled, text, languages, random",
        "data: {source: languages, symbols: 3} | data.languages: needs",
        "data: {source: languages, symbols: 250} | model.vocabulary must be at least 258",
        "model: {vocabulary: 40} | model.vocabulary must be at least 256",
        "model: {gamma: automatic} | model.gamma must be a number",
        "optimizer: {schedule: {course: steps}} | optimizer.schedule.course must be one of",
        "optimizer: {schedule: {course: cosine, floor: 2}} | optimizer.schedule.floor",
        "transfer: {width: 3} | transfer.proxy_width is missing"
      })
  void shouldNameTheFieldThatIsWrong(String text, String expected) {
    ConfigException problems =
        catchThrowableOfType(
            ConfigException.class, () -> ConfigReader.parseText("preset: tiny\n" + text));

    assertThat(problems.problems()).anyMatch(p -> p.contains(expected));
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
