package io.evenkeel.gym.scenario;

import io.evenkeel.contract.error.ErrorId;
import java.util.List;

/** A scenario with problems; all of them. */
public final class ScenarioException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  ScenarioException(String scenario, List<String> problems) {
    super(scenario + ": " + String.join("; ", problems));
    this.problems = problems.stream().map(problem -> scenario + ": " + problem).toList();
  }

  /** Each with its id and remedy, for the terminal. */
  public List<String> lines() {
    return problems.stream().map(problem -> ErrorId.GYM_SCENARIO.line(problem + ".")).toList();
  }
}
