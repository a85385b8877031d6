package io.evenkeel.standalone.scenario;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What must have happened when a scenario has run its steps.
 *
 * @param alert rule of an alert that must have fired and resolved
 * @param knob knob that must have been commanded
 * @param appliedCommands at least so many commands for the knob applied
 * @param ratioBound R_g, the largest over layers, starts above it and ends below it
 */
public record Expectation(
    @JsonProperty(required = true) String alert,
    @JsonProperty(required = true) String knob,
    @JsonProperty(value = "applied_commands", required = true) int appliedCommands,
    @JsonProperty(value = "ratio_bound", required = true) double ratioBound) {

  /** Checks the ranges. */
  public Expectation {
    if (appliedCommands < 0) {
      throw new IllegalArgumentException("applied_commands: " + appliedCommands + " is negative");
    }
    if (!(ratioBound > 0)) {
      throw new IllegalArgumentException("ratio_bound: " + ratioBound + " is not positive");
    }
  }
}
