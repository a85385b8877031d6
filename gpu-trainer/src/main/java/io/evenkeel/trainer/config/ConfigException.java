package io.evenkeel.trainer.config;

import io.evenkeel.contract.error.ErrorId;
import java.util.List;
import java.util.stream.Collectors;

/** A configuration with problems; all of them. */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  /**
   * One problem.
   *
   * @param id of the catalogue
   * @param text names the field, without a full stop
   */
  public record Problem(ErrorId id, String text) {
    /** One line: id, problem, remedy. */
    public String line() {
      return id.line(text + ".");
    }
  }

  ConfigException(List<Problem> problems) {
    super(problems.stream().map(Problem::text).collect(Collectors.joining("; ")));
    this.problems = List.copyOf(problems);
  }

  static ConfigException of(String text) {
    return new ConfigException(List.of(new Problem(ErrorId.TRAINER_CONFIG, text)));
  }

  /** Each a sentence that names the field. */
  public List<String> problems() {
    return problems.stream().map(Problem::text).toList();
  }

  /** Each with its id and remedy, for the terminal. */
  public List<String> lines() {
    return problems.stream().map(Problem::line).toList();
  }
}
