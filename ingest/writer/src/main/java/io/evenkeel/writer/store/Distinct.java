package io.evenkeel.writer.store;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.audit.AuditEntry;
import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.Lease;
import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.StepKey;
import io.evenkeel.contract.telemetry.StepTelemetry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A batch with at most one entry an identity, where one statement could not take two: the same
 * rules as the merging statements of {@link Staging} have, so that it does not matter how records
 * fall into batches.
 */
record Distinct(
    Collection<StepTelemetry> observations,
    Collection<StepSignals> signals,
    Collection<RunSpec> declarations,
    Collection<CommandAck> acks,
    List<Command> commands,
    List<AlertEvent> alerts,
    List<AuditEntry> audit,
    List<DeadLetter> letters) {

  private record IncarnationKey(String run, int incarnation) {}

  private record AckKey(String run, CommandPosition position) {}

  static Distinct of(List<Entry> entries) {
    Map<ObservationKey, StepTelemetry> observations = new LinkedHashMap<>();
    Map<StepKey, StepSignals> signals = new LinkedHashMap<>();
    Map<IncarnationKey, RunSpec> declarations = new LinkedHashMap<>();
    Map<AckKey, CommandAck> acks = new LinkedHashMap<>();
    List<Command> commands = new ArrayList<>();
    List<AlertEvent> alerts = new ArrayList<>();
    List<AuditEntry> audit = new ArrayList<>();
    List<DeadLetter> letters = new ArrayList<>();
    for (Entry entry : entries) {
      switch (entry) {
        case Entry.Observation(var value) -> observations.putIfAbsent(value.key(), value);
        case Entry.Signals(var value) -> signals.merge(value.key(), value, Distinct::moreRanks);
        case Entry.Declaration(var value) ->
            declarations.merge(
                new IncarnationKey(value.run(), value.incarnation()), value, Distinct::later);
        case Entry.Answer(var value) ->
            acks.merge(new AckKey(value.run(), value.position()), value, Distinct::applied);
        case Entry.Issued(var value) -> {
          if (!(value.body() instanceof Lease)) {
            commands.add(value);
          }
        }
        case Entry.Alert(var value) -> alerts.add(value);
        case Entry.Decision(var value) -> audit.add(value);
        case Entry.Letter(var value) -> letters.add(value);
      }
    }
    return new Distinct(
        observations.values(),
        signals.values(),
        declarations.values(),
        acks.values(),
        commands,
        alerts,
        audit,
        letters);
  }

  private static StepSignals moreRanks(StepSignals known, StepSignals next) {
    return next.ranksSeen() > known.ranksSeen() ? next : known;
  }

  private static RunSpec later(RunSpec known, RunSpec next) {
    return !known.status().isLive() && next.status().isLive() ? known : next;
  }

  private static CommandAck applied(CommandAck known, CommandAck next) {
    return known.status() != AckStatus.APPLIED && next.status() == AckStatus.APPLIED ? next : known;
  }
}
