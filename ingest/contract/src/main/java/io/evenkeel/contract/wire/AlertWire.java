package io.evenkeel.contract.wire;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.wire.proto.Proto;

/** Translates the records of {@code contract.alert} to and from the wire. */
final class AlertWire {

  private AlertWire() {}

  static Proto.AlertEvent toWire(AlertEvent value) {
    Proto.AlertEvent.Builder builder = Proto.AlertEvent.newBuilder();
    builder.setSchemaVersion(Codecs.SCHEMA_VERSION);
    builder.setAlertId(value.alertId());
    builder.setRun(value.run());
    builder.setIncarnation(value.incarnation());
    builder.setRule(value.rule());
    builder.setScope(value.scope());
    builder.setState(Proto.AlertState.valueOf("ALERT_STATE_" + value.state().name()));
    builder.setSeverity(Proto.Severity.valueOf("SEVERITY_" + value.severity().name()));
    builder.setFirstStep(value.firstStep());
    builder.setStep(value.step());
    builder.setValue(value.value());
    builder.setThreshold(value.threshold());
    builder.setSummary(value.summary());
    builder.putAllLabels(value.labels());
    builder.setWallTimeMicros(Wires.micros(value.wallTime()));
    builder.setEmittedMicros(Wires.micros(value.emitted()));
    return builder.build();
  }

  static AlertEvent fromWire(Proto.AlertEvent wire) {
    Wires.requireVersion(wire.getSchemaVersion());
    return new AlertEvent(
        wire.getAlertId(),
        wire.getRun(),
        wire.getIncarnation(),
        wire.getRule(),
        wire.getScope(),
        Wires.enumeration(AlertState.class, "ALERT_STATE_", wire.getState()),
        Wires.enumeration(Severity.class, "SEVERITY_", wire.getSeverity()),
        wire.getFirstStep(),
        wire.getStep(),
        wire.getValue(),
        wire.getThreshold(),
        wire.getSummary(),
        wire.getLabelsMap(),
        Wires.instant(wire.getWallTimeMicros()),
        Wires.instant(wire.getEmittedMicros()));
  }
}
