package io.evenkeel.analytics.rule;

import java.time.Duration;

/** What an expression may cost. */
final class RuleLimits {

  /** Longest expression, code points. */
  static final int CODE_POINTS = 4_096;

  /** Parentheses, calls and the like within one another. */
  static final int PARSE_DEPTH = 64;

  /** Parse errors after which the parser gives up. */
  static final int PARSE_ERRORS = 10;

  /** Most nodes, what macros stand for counted. */
  static final int NODES = 500;

  /** Loops ({@code exists}, {@code map}, ...) within one another. */
  static final int LOOP_DEPTH = 3;

  /** Turns of all loops in one evaluation. */
  static final int TURNS = 20_000;

  /**
   * A step on which a rule takes longer, all its layers together, is a slow one; processor time.
   */
  static final long SLOW_NANOS = Duration.ofMillis(50).toNanos();

  /** A rule that has taken so long over a step does not look at the layers that are left. */
  static final long MOST_NANOS = Duration.ofMillis(200).toNanos();

  /** Rules of users that a job evaluates. */
  static final int RULES = 200;

  /** Longest id of a user's rule, characters. */
  static final int ID_LENGTH = 100;

  private RuleLimits() {}
}
