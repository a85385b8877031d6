package io.evenkeel.standalone.up;

import io.evenkeel.standalone.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;

/** The command line of the trainer for a scenario. */
final class TrainerArguments {
  private TrainerArguments() {}

  static List<String> of(UpOptions options, Scenario scenario) {
    List<String> arguments =
        new ArrayList<>(List.of("--preset", scenario.preset(), "--backend", options.backend()));
    options.steps().ifPresent(steps -> arguments.addAll(List.of("--steps", Long.toString(steps))));
    return arguments;
  }
}
