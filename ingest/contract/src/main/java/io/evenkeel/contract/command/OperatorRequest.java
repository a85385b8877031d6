package io.evenkeel.contract.command;

import io.evenkeel.contract.error.Check;
import java.time.Instant;
import java.util.Objects;

/**
 * What a person, or a program with a token, asks the controller to do.
 *
 * @param requestId id; the same id twice is the same request
 * @param run run id; empty if an {@link AlertRequest} is bound to none, and for a {@link
 *     KillSwitch} of all runs, those to come too. It is the record's key on its topic, also when
 *     empty.
 * @param operator who asks
 * @param wallTime when
 * @param body what
 * @param comment why, in the operator's words; may be empty
 */
public record OperatorRequest(
    String requestId,
    String run,
    String operator,
    Instant wallTime,
    RequestBody body,
    String comment) {

  /** With a run's id behind it, a request's id still is a name. */
  private static final int LONGEST_SHARED_ID = 120;

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public OperatorRequest {
    Check.name("requestId", requestId);
    Check.runOrNone(run);
    Check.name("operator", operator);
    wallTime = Check.instant("wallTime", wallTime);
    Objects.requireNonNull(body, "body");
    Check.that(
        !run.isEmpty() || body instanceof AlertRequest || body instanceof KillSwitch,
        "the request needs a run");
    Check.text("comment", comment);
  }

  /** Whether it is for all runs. */
  public boolean isForAllRuns() {
    return run.isEmpty() && body instanceof KillSwitch;
  }

  /** The same for all runs under an id that is one run's own, by which that run answers it. */
  public OperatorRequest forRun(String id) {
    String first = requestId.substring(0, Math.min(requestId.length(), LONGEST_SHARED_ID));
    return new OperatorRequest(first + "@" + id, run, operator, wallTime, body, comment);
  }
}
