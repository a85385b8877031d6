package io.evenkeel.contract.command;

import io.evenkeel.contract.error.Check;

/**
 * Put another configuration of receivers and routes in force, if nobody else has meanwhile.
 *
 * @param baseVersion the version that was edited; 0 for none. The request is refused if it is not
 *     the newest any more.
 * @param text the configuration, YAML; names secrets, holds none
 */
public record SaveAlertConfig(long baseVersion, String text) implements AlertRequest {

  /** Longest configuration, in characters. */
  public static final int MAX_TEXT = 262_144;

  /**
   * Validates; whether the configuration is in order is for the controller to say.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public SaveAlertConfig {
    Check.notNegative("baseVersion", baseVersion);
    Check.text("text", text, MAX_TEXT);
  }

  @Override
  public String toString() {
    return "SaveAlertConfig[baseVersion=%d, %d characters]".formatted(baseVersion, text.length());
  }
}
