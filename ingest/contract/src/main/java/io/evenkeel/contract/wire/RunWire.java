package io.evenkeel.contract.wire;

import io.evenkeel.contract.run.Fallback;
import io.evenkeel.contract.run.KnobDeclaration;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.contract.wire.proto.Proto;

/** Translates the records of {@code contract.run} to and from the wire. */
final class RunWire {

  private RunWire() {}

  static Proto.KnobDeclaration toWire(KnobDeclaration value) {
    Proto.KnobDeclaration.Builder builder = Proto.KnobDeclaration.newBuilder();
    builder.setKnob(value.knob());
    builder.setScope(value.scope());
    builder.setMinimum(value.minimum());
    builder.setMaximum(value.maximum());
    builder.setInitial(value.initial());
    builder.setBaseline(value.baseline());
    builder.setMaxFactor(value.maxFactor());
    builder.setCooldownSteps(value.cooldownSteps());
    builder.setMaxChangesPerHour(value.maxChangesPerHour());
    builder.setFallback(Proto.Fallback.valueOf("FALLBACK_" + value.fallback().name()));
    builder.setUnit(value.unit());
    return builder.build();
  }

  static KnobDeclaration fromWire(Proto.KnobDeclaration wire) {
    return new KnobDeclaration(
        wire.getKnob(),
        wire.getScope(),
        wire.getMinimum(),
        wire.getMaximum(),
        wire.getInitial(),
        wire.getBaseline(),
        wire.getMaxFactor(),
        wire.getCooldownSteps(),
        wire.getMaxChangesPerHour(),
        Wires.enumeration(Fallback.class, "FALLBACK_", wire.getFallback()),
        wire.getUnit());
  }

  static Proto.RunSpec toWire(RunSpec value) {
    Proto.RunSpec.Builder builder = Proto.RunSpec.newBuilder();
    builder.setSchemaVersion(Codecs.SCHEMA_VERSION);
    builder.setRun(value.run());
    builder.setIncarnation(value.incarnation());
    builder.setName(value.name());
    builder.setStatus(Proto.RunStatus.valueOf("RUN_STATUS_" + value.status().name()));
    builder.setStartedMicros(Wires.micros(value.started()));
    if (value.ended() != null) {
      builder.setEndedMicros(Wires.micros(value.ended()));
    }
    builder.setWorldSize(value.worldSize());
    builder.setFirstStep(value.firstStep());
    builder.setPlannedSteps(value.plannedSteps());
    builder.putAllModel(value.model());
    builder.putAllOptimizer(value.optimizer());
    if (value.moeShape() != null) {
      builder.setMoeShape(TelemetryWire.toWire(value.moeShape()));
    }
    value.knobs().forEach(item -> builder.addKnobs(toWire(item)));
    builder.addAllActions(value.actions());
    builder.setLeaseMillis(value.leaseMillis());
    builder.putAllLabels(value.labels());
    return builder.build();
  }

  static RunSpec fromWire(Proto.RunSpec wire) {
    Wires.requireVersion(wire.getSchemaVersion());
    return new RunSpec(
        wire.getRun(),
        wire.getIncarnation(),
        wire.getName(),
        Wires.enumeration(RunStatus.class, "RUN_STATUS_", wire.getStatus()),
        Wires.instant(wire.getStartedMicros()),
        wire.getEndedMicros() == 0 ? null : Wires.instant(wire.getEndedMicros()),
        wire.getWorldSize(),
        wire.getFirstStep(),
        wire.getPlannedSteps(),
        wire.getModelMap(),
        wire.getOptimizerMap(),
        wire.hasMoeShape() ? TelemetryWire.fromWire(wire.getMoeShape()) : null,
        wire.getKnobsList().stream().map(RunWire::fromWire).toList(),
        wire.getActionsList(),
        wire.getLeaseMillis(),
        wire.getLabelsMap());
  }
}
