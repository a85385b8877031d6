package io.evenkeel.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.evenkeel.trainer.fault.Course;
import io.evenkeel.trainer.fault.DataFault;
import io.evenkeel.trainer.fault.Fault;
import io.evenkeel.trainer.fault.FaultKnob;
import io.evenkeel.trainer.fault.FaultPlan;
import io.evenkeel.trainer.fault.GradientFault;
import io.evenkeel.trainer.fault.InitialFault;
import io.evenkeel.trainer.fault.KnobFault;
import io.evenkeel.trainer.fault.ProcessFault;
import io.evenkeel.trainer.fault.StateFault;
import io.evenkeel.trainer.fault.StepRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FaultReaderTest {
  private static FaultPlan parse(String... items) throws ConfigException {
    return ConfigReader.parseText(yaml(items)).faults();
  }

  private static String yaml(String... items) {
    StringBuilder text = new StringBuilder("preset: tiny\nfaults:\n");
    for (String item : items) {
      text.append("  - {").append(item).append("}\n");
    }
    return text.toString();
  }

  @Test
  void shouldReadEveryKind() throws ConfigException {
    FaultPlan plan =
        parse(
            "kind: knob, knob: alpha, mode: mis_set, set: 30, from: 200",
            "kind: knob, knob: adam.epsilon, scale: {start: 1, end: 1e6}, from: 5, until: 9",
            "kind: noise_batch, step: 130",
            "kind: data_mix, weights: [0, 0, 1, 0], from: 1, until: 2",
            "kind: gradient, tensor: layers.1.attn2.wq, element: 3, value: -inf, step: 4",
            "kind: cloned_router_rows, layer: 1, difference: 0.1, step: 7",
            "kind: cloned_router_rows, step: 7",
            "kind: expert_bias, layer: 1, expert: 5, step: 7",
            "kind: router_init",
            "kind: embed_init, std: 20",
            "kind: gamma, value: 8",
            "kind: common_offset, symbols: 32",
            "kind: slow_rank, rank: 1, delay_millis: 10, from: 2",
            "kind: missing_rank, rank: 2",
            "kind: telemetry_gap, from: 2, until: 4",
            "kind: duplicate_telemetry",
            "kind: reordered_telemetry, window: 8");

    assertThat(plan.faults())
        .containsExactly(
            new KnobFault(
                FaultKnob.ALPHA,
                KnobFault.Mode.MIS_SET,
                KnobFault.Change.SET,
                new Course.Constant(30),
                new StepRange(200, StepRange.OPEN)),
            new KnobFault(
                FaultKnob.EPSILON,
                KnobFault.Mode.OVERRIDE,
                KnobFault.Change.SCALE,
                new Course.Ramp(1, 1e6, Course.RampShape.GEOMETRIC),
                new StepRange(5, 9)),
            new DataFault.NoiseBatch(StepRange.at(130)),
            new DataFault.ShiftedMix(List.of(0.0, 0.0, 1.0, 0.0), new StepRange(1, 2)),
            new GradientFault("layers.1.attn2.wq", 3, Double.NEGATIVE_INFINITY, StepRange.at(4)),
            new StateFault.ClonedRouterRows(1, 0.1, StepRange.at(7)),
            new StateFault.ClonedRouterRows(StateFault.ALL_LAYERS, 0.05, StepRange.at(7)),
            new StateFault.ExpertBias(1, 5, -1, StepRange.at(7)),
            new InitialFault.RouterScale(10),
            new InitialFault.EmbeddingScale(20),
            new InitialFault.Gamma(8),
            new InitialFault.CommonOffset(3, 32),
            new ProcessFault.SlowRank(1, 10, new StepRange(2, StepRange.OPEN)),
            new ProcessFault.MissingRank(2, StepRange.always()),
            new ProcessFault.TelemetryGap(new StepRange(2, 4)),
            new ProcessFault.DuplicatedTelemetry(2, StepRange.always()),
            new ProcessFault.ReorderedTelemetry(8, StepRange.always()));
    assertThat(plan.faults()).extracting(Fault::describe).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kind: knob, knob: beta3, set: 1 | EVK-TRAINER-FAULT-KNOB: faults[1].knob must be one of",
        "kind: knob, knob: learning_rate, mode: mis_set, set: 1 | EVK-TRAINER-FAULT-KNOB: faults[1].mode",
        "kind: knob, knob: alpha | EVK-TRAINER-FAULT-VALUE: faults[1].set or scale",
        "kind: knob, knob: alpha, set: 1, scale: 2 | EVK-TRAINER-FAULT-VALUE: faults[1].set or scale",
        "kind: knob, knob: alpha, set: -1 | EVK-TRAINER-CONFIG: faults[1].set must be a number",
        "kind: knob, knob: alpha, set: {start: 0, end: 1}, until: 5 | EVK-TRAINER-FAULT-VALUE: faults[1].start",
        "kind: knob, knob: alpha, set: {start: 1, end: 2} | EVK-TRAINER-FAULT-STEPS: faults[1].until is missing",
        "kind: knob, knob: alpha, set: {start: 1, end: 2, form: x}, until: 5 | faults[1].set.form is unknown",
        "kind: noise_batch, from: 7, until: 7 | EVK-TRAINER-FAULT-STEPS: faults[1].until must be greater",
        "kind: noise_batch, from: -1, until: 7 | EVK-TRAINER-FAULT-STEPS: faults[1].from must be at least 0",
        "kind: noise_batch, step: 3, until: 7 | EVK-TRAINER-FAULT-STEPS: faults[1].step",
        "kind: noise_batch, setp: 3 | EVK-TRAINER-CONFIG: faults[1].setp is unknown",
        "kind: gradient, tensor: layers.9.router, value: nan | EVK-TRAINER-FAULT-TENSOR: faults[1].tensor",
        "kind: gradient, tensor: norm_final, element: 16, value: nan | EVK-TRAINER-FAULT-TENSOR: faults[1].element",
        "kind: gradient, tensor: norm_final, value: 3 | EVK-TRAINER-FAULT-VALUE: faults[1].value",
        "kind: cloned_router_rows, layer: 2, step: 1 | EVK-TRAINER-FAULT-TENSOR: faults[1].layer",
        "kind: cloned_router_rows, from: 1 | EVK-TRAINER-FAULT-STEPS: faults[1].step is missing",
        "kind: expert_bias, layer: 0, expert: 6, step: 1 | EVK-TRAINER-FAULT-TENSOR: faults[1].expert",
        "kind: common_offset, symbols: 257 | EVK-TRAINER-FAULT-TENSOR: faults[1].symbols",
        "kind: data_mix, weights: [0, 0] | EVK-TRAINER-FAULT-VALUE: faults[1].weights",
        "kind: data_mix, weights: 3 | faults[1].weights must be a list of numbers",
        "kind: telemetry_gpa | EVK-TRAINER-FAULT-KIND: faults[1].kind must be one of"
      })
  void shouldNameThePathOfAMistake(String item, String expected) {
    ConfigException problems =
        catchThrowableOfType(
            ConfigException.class, () -> parse("kind: noise_batch, step: 1", item));

    assertThat(problems.lines()).anyMatch(line -> line.contains(expected));
  }

  @Test
  void shouldTellTheMistakesOfAllFaultsAtOnce() {
    ConfigException problems =
        catchThrowableOfType(
            ConfigException.class,
            () ->
                parse("kind: knob, knob: no, set: 1", "kind: none", "kind: noise_batch, step: x"));

    assertThat(problems.problems()).hasSize(3);
  }

  @Test
  void shouldReadEveryPlanThatComesWithTheTrainerAndListEach() throws Exception {
    TrainerConfig demo = ConfigReader.read("demo");
    List<String> inTheBuild = new ArrayList<>();
    Path folder = Path.of(ConfigReader.class.getResource("/faults").toURI());
    try (Stream<Path> files = Files.list(folder)) {
      files.forEach(file -> inTheBuild.add(file.getFileName().toString().replace(".yaml", "")));
    }
    assertThat(ConfigReader.READY_FAULTS).containsExactlyInAnyOrderElementsOf(inTheBuild);
    for (String name : ConfigReader.READY_FAULTS) {
      assertThat(ConfigReader.readFaults(name, demo.model()).faults()).as(name).isNotEmpty();
    }
  }

  @Test
  void shouldReadAPlanFromAFileOfItsOwn(@org.junit.jupiter.api.io.TempDir Path folder)
      throws IOException, ConfigException {
    Path file = folder.resolve("mine.yaml");
    Files.writeString(file, "faults:\n  - {kind: noise_batch, step: 2}\n");

    assertThat(ConfigReader.readFaults(file.toString(), ConfigReader.read("tiny").model()).faults())
        .containsExactly(new DataFault.NoiseBatch(StepRange.at(2)));
    assertThat(
            catchThrowableOfType(
                    ConfigException.class,
                    () ->
                        ConfigReader.readFaults("no-such-plan", ConfigReader.read("tiny").model()))
                .problems())
        .anyMatch(problem -> problem.contains("alpha-ramp"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "alpha=10 | kind: knob, knob: alpha, mode: mis_set, set: 10",
        "load_balance.alpha=10 | kind: knob, knob: alpha, mode: mis_set, set: 10",
        "alpha=30@200 | kind: knob, knob: alpha, mode: mis_set, set: 30, from: 200",
        "alpha=1e-3..30@50..450 | kind: knob, knob: alpha, mode: mis_set, set: {start: 1e-3, end: 30}, from: 50, until: 450",
        "mu=0..1@5..9 | kind: knob, knob: mu, mode: mis_set, set: {start: 0, end: 1, shape: linear}, from: 5, until: 9",
        "learning_rate*=10@130..135 | kind: knob, knob: learning_rate, scale: 10, from: 130, until: 135",
        "weight_decay=0 | kind: knob, knob: weight_decay, set: 0",
        "noise@130 | kind: noise_batch, step: 130",
        "noise@130..132 | kind: noise_batch, from: 130, until: 132",
        "nan:layers.0.router@4 | kind: gradient, tensor: layers.0.router, value: nan, step: 4",
        "-inf:head/7@4 | kind: gradient, tensor: head, element: 7, value: -inf, step: 4"
      })
  void shouldReadOneWordAsItsYaml(String word, String yaml) throws ConfigException {
    TrainerConfig tiny = ConfigReader.read("tiny");

    assertThat(ConfigReader.injected(List.of(word.strip()), tiny.model())).isEqualTo(parse(yaml));
  }

  @ParameterizedTest
  @CsvSource({
    "alpha=ten,EVK-TRAINER-FAULT-VALUE",
    "alpha=1@x,EVK-TRAINER-FAULT-STEPS",
    "beta=1,EVK-TRAINER-FAULT-KNOB",
    "noise,EVK-TRAINER-FAULT-KIND",
    "nan:nothing@3,EVK-TRAINER-FAULT-TENSOR",
    "noise@5..3,EVK-TRAINER-FAULT-STEPS",
    "'',EVK-TRAINER-FAULT-KIND"
  })
  void shouldRefuseAWordWithItsId(String word, String id) throws ConfigException {
    TrainerConfig tiny = ConfigReader.read("tiny");
    ConfigException refused =
        catchThrowableOfType(
            ConfigException.class, () -> ConfigReader.injected(List.of(word), tiny.model()));

    assertThat(refused.lines()).singleElement().asString().startsWith(id + ": " + word + ": ");
  }

  @Test
  void shouldTakeTheNameOfAPlanForAWord() throws ConfigException {
    TrainerConfig tiny = ConfigReader.read("tiny");

    assertThat(
            tiny.withFaults(ConfigReader.injected(List.of("alpha-ramp", "noise@3"), tiny.model()))
                .faults()
                .faults())
        .hasSize(2);
  }
}
