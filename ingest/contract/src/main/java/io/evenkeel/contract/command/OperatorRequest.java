package io.evenkeel.contract.command;

import io.evenkeel.contract.error.Check;
import java.time.Instant;
import java.util.Objects;

/**
 * What a person, or a program with a token, asks the controller to do.
 *
 * @param requestId id; the same id twice is the same request
 * @param run run id; empty if an {@link AlertRequest} is bound to none. It is the record's key on
 *     its topic, also when empty.
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

  /** Validates. */
  public OperatorRequest {
    Check.name("requestId", requestId);
    Check.runOrNone(run);
    Check.name("operator", operator);
    wallTime = Check.instant("wallTime", wallTime);
    Objects.requireNonNull(body, "body");
    Check.that(!run.isEmpty() || body instanceof AlertRequest, "the request needs a run");
    Check.text("comment", comment);
  }
}
