package io.evenkeel.trainer.config;

import java.util.List;

/** A configuration with problems; all of them. */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  ConfigException(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  /** Each a sentence that names the field. */
  public List<String> problems() {
    return problems;
  }
}
