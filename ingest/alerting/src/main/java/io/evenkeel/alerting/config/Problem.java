package io.evenkeel.alerting.config;

import io.evenkeel.contract.error.ErrorId;
import java.util.Comparator;

/**
 * Something wrong in a file.
 *
 * @param line line, from 1
 * @param column column, from 1
 * @param id error id
 * @param message what, for people
 */
public record Problem(int line, int column, ErrorId id, String message) {

  static final Comparator<Problem> BY_PLACE =
      Comparator.comparingInt(Problem::line)
          .thenComparingInt(Problem::column)
          .thenComparing(Problem::message);

  /** The line that is told, without the file's name. */
  @Override
  public String toString() {
    return line + ":" + column + ": " + id.id() + ": " + message;
  }
}
