package io.evenkeel.contract.wire;

import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.rule.RuleState;
import io.evenkeel.contract.wire.proto.Proto;

/** Translates the records of {@code contract.rule} to and from the wire. */
final class RuleWire {

  private RuleWire() {}

  static Proto.AlertRule toWire(AlertRule value) {
    Proto.AlertRule.Builder builder = Proto.AlertRule.newBuilder();
    builder.setSchemaVersion(Codecs.SCHEMA_VERSION);
    builder.setRule(value.rule());
    builder.setExpression(value.expression());
    builder.setSeverity(Proto.Severity.valueOf("SEVERITY_" + value.severity().name()));
    builder.setThreshold(value.threshold());
    builder.setClearThreshold(value.clearThreshold());
    builder.setForSteps(value.forSteps());
    builder.setOfSteps(value.ofSteps());
    builder.setClearForSteps(value.clearForSteps());
    builder.setState(Proto.RuleState.valueOf("RULE_STATE_" + value.state().name()));
    builder.setRun(value.run());
    builder.putAllLabels(value.labels());
    builder.setAuthor(value.author());
    builder.setChangedMicros(Wires.micros(value.changed()));
    return builder.build();
  }

  static AlertRule fromWire(Proto.AlertRule wire) {
    Wires.requireVersion(wire.getSchemaVersion());
    return new AlertRule(
        wire.getRule(),
        wire.getExpression(),
        Wires.enumeration(Severity.class, "SEVERITY_", wire.getSeverity()),
        wire.getThreshold(),
        wire.getClearThreshold(),
        wire.getForSteps(),
        wire.getOfSteps(),
        wire.getClearForSteps(),
        Wires.enumeration(RuleState.class, "RULE_STATE_", wire.getState()),
        wire.getRun(),
        wire.getLabelsMap(),
        wire.getAuthor(),
        Wires.instant(wire.getChangedMicros()));
  }
}
