package io.evenkeel.standalone.up;

import io.evenkeel.standalone.scenario.Scenario;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of the trainer for a scenario. */
final class TrainerArguments {
  /**
   * Without {@code --steps}: about an hour at a pace that a person can follow and a laptop can
   * bear.
   */
  private static final List<String> UNHURRIED =
      List.of("--steps", "20000", "--min-step-millis", "200");

  private TrainerArguments() {}

  static List<String> of(UpOptions options, Scenario scenario, Path report) {
    List<String> arguments =
        new ArrayList<>(List.of("--preset", scenario.preset(), "--backend", options.backend()));
    arguments.addAll(
        options.steps().isPresent()
            ? List.of("--steps", Long.toString(options.steps().getAsLong()))
            : UNHURRIED);
    scenario
        .knobs()
        .forEach((knob, value) -> arguments.addAll(List.of("--set", knob + "=" + value)));
    arguments.addAll(List.of("--report", report.toString()));
    return arguments;
  }
}
