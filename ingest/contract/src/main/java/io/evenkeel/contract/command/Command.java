package io.evenkeel.contract.command;

import io.evenkeel.contract.error.Check;
import java.time.Instant;
import java.util.Objects;

/**
 * A command of the controller to a trainer.
 *
 * @param run run id
 * @param incarnation the incarnation that it is meant for
 * @param position epoch and sequence; the sequence is 0 for a lease alone
 * @param issued when it was issued
 * @param expires the trainer refuses it from then on
 * @param issuedStep step of the signals that the decision rests on
 * @param body what to do
 * @param origin the policy, {@code operator:NAME}, or {@code operator:NAME for POLICY} where a
 *     person has approved what a policy proposed
 * @param reason a sentence for people
 */
public record Command(
    String run,
    int incarnation,
    CommandPosition position,
    Instant issued,
    Instant expires,
    long issuedStep,
    CommandBody body,
    String origin,
    String reason) {

  /** Validates. */
  public Command {
    Check.run(run);
    Check.notNegative("incarnation", incarnation);
    Objects.requireNonNull(position, "position");
    issued = Check.instant("issued", issued);
    expires = Check.instant("expires", expires);
    Check.notNegative("issuedStep", issuedStep);
    Objects.requireNonNull(body, "body");
    Check.name("origin", origin);
    Check.text("reason", reason);
    Check.that(position.epoch() >= 1, "epoch must be at least 1");
    Check.that(
        (body instanceof Lease) == (position.sequence() == 0),
        "a lease has sequence 0, every other command at least 1");
  }
}
