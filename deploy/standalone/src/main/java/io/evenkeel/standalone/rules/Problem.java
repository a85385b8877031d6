package io.evenkeel.standalone.rules;

import java.util.Comparator;

/**
 * What is wrong with a rule file.
 *
 * @param line from 1
 * @param column from 1
 * @param message a clause for people
 */
record Problem(int line, int column, String message) {

  static final Comparator<Problem> BY_PLACE =
      Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column);
}
