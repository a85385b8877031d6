package io.evenkeel.controller.steer;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.audit.AuditEntry;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.signal.StepSignals;
import java.util.function.Predicate;

/** What reaches the control loop. Every record may come twice. */
public sealed interface ControlEvent {

  /** A step's signals. */
  record SignalsRead(StepSignals signals) implements ControlEvent {}

  /** An alert event. */
  record AlertRead(AlertEvent alert) implements ControlEvent {}

  /** A run's declaration. */
  record RunRead(RunSpec spec) implements ControlEvent {}

  /** A command, of whichever controller. */
  record CommandRead(Command command) implements ControlEvent {}

  /** An acknowledgement. */
  record AckRead(CommandAck ack) implements ControlEvent {}

  /** An operator's request. */
  record RequestRead(OperatorRequest request) implements ControlEvent {}

  /** An audit entry, of whichever controller. */
  record AuditRead(AuditEntry entry) implements ControlEvent {}

  /**
   * The runs that are this controller's changed. It acts on none until {@link CaughtUp}.
   *
   * @param generation grows with every change
   * @param owns which runs are its own from now on
   */
  record OwnershipChanged(long generation, Predicate<String> owns) implements ControlEvent {}

  /**
   * All records that were in the log when ownership changed have been handed over.
   *
   * @param generation of the change
   */
  record CaughtUp(long generation) implements ControlEvent {}
}
