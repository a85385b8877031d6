package io.evenkeel.writer.store;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.audit.AuditEntry;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.StepTelemetry;

/** A record of the contract that can be stored. Immutable. */
public sealed interface Entry {

  /** A run's declaration; of one incarnation the last wins, but no run goes back to running. */
  record Declaration(RunSpec spec) implements Entry {}

  /** A rank's observation of a step; the first wins. */
  record Observation(StepTelemetry telemetry) implements Entry {}

  /** A step's signals; those of the most ranks win, of equals the first. */
  record Signals(StepSignals signals) implements Entry {}

  /** An incident's event; of one state the first wins. */
  record Alert(AlertEvent event) implements Entry {}

  /** A command; the first wins. Leases are not stored. */
  record Issued(Command command) implements Entry {}

  /** What became of a command; applied wins, otherwise the first. */
  record Answer(CommandAck ack) implements Entry {}

  /** A decision of the controller; the first wins. */
  record Decision(AuditEntry audit) implements Entry {}

  /** A record that could not be read or stored; the first of each service wins. */
  record Letter(DeadLetter letter) implements Entry {}
}
