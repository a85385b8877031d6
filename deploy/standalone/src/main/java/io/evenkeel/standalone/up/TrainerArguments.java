package io.evenkeel.standalone.up;

import io.evenkeel.standalone.scenario.Scenario;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of the trainer for a scenario. */
final class TrainerArguments {
  private TrainerArguments() {}

  static List<String> of(UpOptions options, Scenario scenario, Path report) {
    List<String> arguments =
        new ArrayList<>(List.of("--preset", scenario.preset(), "--backend", options.backend()));
    options.steps().ifPresent(steps -> arguments.addAll(List.of("--steps", Long.toString(steps))));
    scenario
        .knobs()
        .forEach((knob, value) -> arguments.addAll(List.of("--set", knob + "=" + value)));
    arguments.addAll(List.of("--report", report.toString()));
    return arguments;
  }
}
