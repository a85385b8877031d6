package io.evenkeel.standalone.supervisor;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * One service to keep running.
 *
 * @param name short name, also that of its log file and in its ready line
 * @param command program and arguments
 * @param environment added to this process's own environment
 * @param readyLimit how long it may take to print {@code EVENKEEL-READY <name>} before it is
 *     reported late
 * @param restart when it is started again
 * @param restartLimit at most so many restarts without a ready line or a long life in between; then
 *     it is given up
 */
public record ServiceSpec(
    String name,
    List<String> command,
    Map<String, String> environment,
    Duration readyLimit,
    Restart restart,
    int restartLimit) {

  /** A service that is never given up. */
  public static final int NO_LIMIT = Integer.MAX_VALUE;

  /** Exit status of one whose work is done, but which could not write down what came of it. */
  public static final int DONE_UNREPORTED = 4;

  /** When a service that has ended is started again. */
  public enum Restart {
    /** Whatever its exit status: a server. */
    ALWAYS,
    /**
     * Only after a failure: exit status 0 means that its work is done, and so does {@link
     * #DONE_UNREPORTED}.
     */
    ON_FAILURE
  }

  /** Copies the collections and checks the components. */
  public ServiceSpec {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
    if (!name.matches("[a-z][a-z0-9-]*")) {
      throw new IllegalArgumentException("not a service name: " + name);
    }
    if (command.isEmpty()) {
      throw new IllegalArgumentException(name + ": the command is empty");
    }
    if (restartLimit < 0) {
      throw new IllegalArgumentException(name + ": the restart limit is negative");
    }
    if (readyLimit.isNegative() || readyLimit.isZero()) {
      throw new IllegalArgumentException(name + ": the ready limit must be positive");
    }
  }

  String readyLine() {
    return "EVENKEEL-READY " + name;
  }
}
