package io.evenkeel.contract.wire;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.audit.AuditEntry;
import io.evenkeel.contract.audit.Decision;
import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.AcknowledgeAlert;
import io.evenkeel.contract.command.Approval;
import io.evenkeel.contract.command.ApprovalVerdict;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.command.CommandBody;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.EndSilence;
import io.evenkeel.contract.command.Hold;
import io.evenkeel.contract.command.HoldState;
import io.evenkeel.contract.command.KillSwitch;
import io.evenkeel.contract.command.Lease;
import io.evenkeel.contract.command.Mode;
import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.contract.command.ReplayNotice;
import io.evenkeel.contract.command.RequestBody;
import io.evenkeel.contract.command.RunAction;
import io.evenkeel.contract.command.SaveAlertConfig;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.command.SetMode;
import io.evenkeel.contract.command.SilenceAlerts;
import io.evenkeel.contract.command.TestReceiver;
import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.rule.RuleState;
import io.evenkeel.contract.run.Fallback;
import io.evenkeel.contract.run.KnobDeclaration;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.contract.signal.ActivationSignals;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.signal.TensorSignals;
import io.evenkeel.contract.telemetry.ActivationSite;
import io.evenkeel.contract.telemetry.ActivationSums;
import io.evenkeel.contract.telemetry.ExpertLoads;
import io.evenkeel.contract.telemetry.ExpertVector;
import io.evenkeel.contract.telemetry.GradientMethod;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.MoeLayerTelemetry;
import io.evenkeel.contract.telemetry.MoeShape;
import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.Placement;
import io.evenkeel.contract.telemetry.StepKey;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.telemetry.TensorTelemetry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The records behind the golden files: of each message one with every field set, to a value of its
 * own, and variants. A record here never changes; a new field gets a new sample.
 */
final class Samples {

  private static final String RUN = "moe-7b.a_1";
  private static final Instant TIME = Instant.parse("2026-02-03T04:05:06.789012Z");
  private static final Instant LATER = TIME.plusMillis(1500);
  private static final MoeShape SHAPE = new MoeShape(28, 2, 1, 2, 1.5, 2);

  private Samples() {}

  /** A golden file and what it holds. */
  record Sample<T>(String file, Kind<T> kind, T expected) {
    byte[] encode() {
      return kind.codec().encode(expected);
    }

    @Override
    public String toString() {
      return file;
    }
  }

  static List<Sample<?>> all() {
    return List.of(
        sample("step-telemetry", 0, telemetry()),
        sample("step-telemetry-minimal", 0, minimalTelemetry()),
        sample("step-telemetry-not-finite", 0, notFiniteTelemetry()),
        sample("step-signals", 1, signals()),
        sample("alert-event", 2, alert()),
        sample("alert-rule", 3, rule()),
        sample("run-spec", 4, run(LATER, SHAPE)),
        sample("run-spec-dense-running", 4, run(null, null)),
        sample(
            "command-set-knob",
            5,
            command(42, new SetKnob("adam.epsilon", "layers/3", 1e-16, 1e-8))),
        sample("command-action", 5, command(43, new RunAction("roll_back", Map.of("to", "900")))),
        sample("command-lease", 5, command(0, new Lease(LATER))),
        sample("command-ack", 6, ack()),
        sample("command-ack-rejected", 6, rejectedAck()),
        sample("operator-request-set-mode", 7, request(new SetMode("adam.epsilon", Mode.ADVISE))),
        sample(
            "operator-request-set-knob",
            7,
            request(new SetKnob("load_balance.alpha", "layers/3", 0.5, 1.0))),
        sample(
            "operator-request-hold", 7, request(new Hold("learning_rate.scale", HoldState.HELD))),
        sample(
            "operator-request-approval",
            7,
            request(new Approval("a-17", ApprovalVerdict.APPROVED))),
        sample("operator-request-kill", 7, request(new KillSwitch(HoldState.RELEASED))),
        sample("operator-request-action", 7, request(new RunAction("pause", Map.of("steps", "5")))),
        sample(
            "operator-request-silence",
            7,
            request(
                new SilenceAlerts(
                    List.of("run=\"a\"", "severity=~\"info|warning\""),
                    TIME,
                    LATER,
                    "moving house"))),
        sample("operator-request-end-silence", 7, unbound(new EndSilence("q-0"))),
        sample(
            "operator-request-acknowledge",
            7,
            request(new AcknowledgeAlert("alert-1", "I look into it"))),
        sample(
            "operator-request-replay",
            7,
            unbound(new ReplayNotice("b41f-7", "team/webhook-0a1b2c3d4e5f"))),
        sample("operator-request-test", 7, unbound(new TestReceiver("team"))),
        sample(
            "operator-request-save-config",
            7,
            unbound(
                new SaveAlertConfig(3, "route: {receiver: team}\nreceivers: [{name: team}]\n"))),
        sample("audit-entry", 8, audit()),
        sample("dead-letter", 9, deadLetter()));
  }

  @SuppressWarnings("unchecked")
  private static <T> Sample<T> sample(String file, int kind, T expected) {
    return new Sample<>(file, (Kind<T>) Kind.ALL.get(kind), expected);
  }

  static StepTelemetry telemetry() {
    return new StepTelemetry(
        new ObservationKey(RUN, 2, 123_456_789_012L, 3),
        8,
        TIME,
        1500.25,
        3.5,
        131_072,
        new Losses(1.9, 1.05, 0.0001, 1.90115),
        0.75,
        0.999,
        Placement.SHARDED,
        List.of(
            new TensorTelemetry("layers.0.router", 144, 1e-4, 3, 2, 1),
            new TensorTelemetry("head", 12_288, 2e-4, 0, 0, 0)),
        SHAPE,
        List.of(
            new MoeLayerTelemetry(
                3,
                3.5e-5,
                1.0625,
                ExpertLoads.of(100, 0, 70_000),
                ExpertVector.of(90.5, 1.25, 420),
                ExpertVector.of(-0.5, 0.25, 0.125),
                ExpertVector.of(1, 2, 3),
                GradientMethod.ONE_PASS,
                4.5,
                5.5,
                10_240.5,
                6.25,
                1300,
                7,
                0.031,
                -0.002,
                1024,
                2100,
                ExpertVector.of(-0.01, 0.01, 0),
                0.04,
                0.05,
                0.02,
                1.97)),
        List.of(
            new ActivationSums(
                3, ActivationSite.MOE_OUT, 24_576, 12.5, 24_000, 3, 80_000, 31.5, 9, 30, 4)),
        List.of(new KnobValue("load_balance.alpha", "layers/3", 0.001)),
        new CommandPosition(5, 41),
        new TreeMap<>(Map.of("data.epoch", 1.5, "höhe", -2.0)),
        17);
  }

  private static StepTelemetry minimalTelemetry() {
    return new StepTelemetry(
        new ObservationKey("r", 0, 0, 0),
        1,
        Instant.EPOCH,
        0,
        0,
        0,
        Losses.NONE,
        null,
        null,
        Placement.REPLICATED,
        List.of(),
        null,
        List.of(),
        List.of(),
        List.of(),
        CommandPosition.NONE,
        Map.of(),
        0);
  }

  private static StepTelemetry notFiniteTelemetry() {
    StepTelemetry base = minimalTelemetry();
    return new StepTelemetry(
        new ObservationKey("r", 0, Long.MAX_VALUE, 0),
        1,
        base.wallTime(),
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Long.MAX_VALUE,
        new Losses(Double.NaN, Double.NEGATIVE_INFINITY, -0.0, Double.MIN_VALUE),
        Double.POSITIVE_INFINITY,
        Double.NaN,
        base.tensorPlacement(),
        List.of(new TensorTelemetry("t", 5, Double.NaN, 5, 0, 0)),
        null,
        List.of(),
        List.of(),
        List.of(),
        base.lastCommand(),
        Map.of("nan", Double.NaN),
        0);
  }

  private static StepSignals signals() {
    return new StepSignals(
        new StepKey(RUN, 2, 123_456_789_012L),
        7,
        8,
        TIME,
        LATER,
        1_048_576,
        new Losses(1.9, 1.05, 0.0001, 1.90115),
        0.75,
        0.999,
        List.of(
            new LayerSignals(
                3,
                0.045,
                0.8,
                0.9,
                0.02,
                GradientMethod.EXACT,
                0.031,
                -0.002,
                ExpertLoads.of(100, 0, 70_000),
                ExpertVector.of(0.3, 0.2, 0.5),
                1.0625,
                0.51,
                0.3,
                1,
                1.03,
                0.94,
                0.7,
                0.64,
                0.33,
                1.49,
                0.6,
                0.0067,
                0.25,
                10.2,
                6.25,
                ExpertVector.of(-0.01, 0.01, 0),
                0.04,
                0.05,
                0.02,
                1.97,
                1.5,
                2)),
        List.of(
            new ActivationSignals(
                3, ActivationSite.LAYER_OUT, 31.5, 0.1, 3.8, 3.801, 3.9, 0.01, 4)),
        List.of(new TensorSignals("head", 1e-3, 1e-5, 0.07, 0.06, 2, 12_288)),
        0.135,
        0.045,
        0.06,
        0.1,
        0.07,
        5.5,
        -0.5,
        1600.5,
        4.5,
        0.25,
        6,
        List.of(new KnobValue("learning_rate", "layers/1", 3e-3)),
        new CommandPosition(5, 41),
        Map.of("data.epoch", 1.5),
        3,
        17,
        5,
        6);
  }

  private static AlertEvent alert() {
    return new AlertEvent(
        "5f0c2a",
        RUN,
        2,
        "gradient-norm-ratio",
        "layers/3",
        AlertState.FIRING,
        Severity.CRITICAL,
        1000,
        1003,
        0.5,
        0.1,
        "R_g of layer 3 is 0.5, above 0.1",
        new TreeMap<>(Map.of("team", "trunk", "tier", "1")),
        TIME,
        LATER);
  }

  private static AlertRule rule() {
    return new AlertRule(
        "my-rule",
        "signals.lossSpikeScore > 6.0",
        Severity.WARNING,
        6,
        3,
        2,
        5,
        20,
        RuleState.DISABLED,
        RUN,
        Map.of("team", "trunk"),
        "ada",
        TIME);
  }

  private static RunSpec run(Instant ended, MoeShape shape) {
    return new RunSpec(
        RUN,
        2,
        "7B, second try",
        ended == null ? RunStatus.RUNNING : RunStatus.FAILED,
        TIME,
        ended,
        8,
        900,
        100_000,
        Map.of("d", "6144"),
        Map.of("lr", "3e-3"),
        shape,
        List.of(
            new KnobDeclaration(
                "learning_rate.scale",
                "layers/1",
                0.01,
                2,
                1,
                0.5,
                10,
                5,
                60,
                Fallback.BASELINE,
                "1")),
        List.of("pause", "resume"),
        30_000,
        Map.of("team", "trunk"));
  }

  private static Command command(long sequence, CommandBody body) {
    return new Command(
        RUN,
        2,
        new CommandPosition(5, sequence),
        TIME,
        LATER,
        1003,
        body,
        "alpha-by-ratio",
        "R_g 0.5 above 0.1");
  }

  private static CommandAck ack() {
    return new CommandAck(
        RUN,
        2,
        new CommandPosition(5, 42),
        AckStatus.APPLIED,
        1004,
        "adam.epsilon",
        "layers/3",
        1e-8,
        1e-16,
        "",
        "",
        TIME);
  }

  private static CommandAck rejectedAck() {
    return new CommandAck(
        RUN,
        2,
        new CommandPosition(5, 42),
        AckStatus.REJECTED,
        1004,
        "adam.epsilon",
        "",
        null,
        null,
        "EVK-KNOB-BOUNDS",
        "1 lies outside [0, 0.001]",
        TIME);
  }

  private static OperatorRequest unbound(RequestBody body) {
    return new OperatorRequest("q-1", "", "ada", TIME, body, "");
  }

  private static OperatorRequest request(RequestBody body) {
    return new OperatorRequest("q-1", RUN, "ada", TIME, body, "as discussed");
  }

  private static AuditEntry audit() {
    return new AuditEntry(
        "a-17",
        RUN,
        2,
        1003,
        TIME,
        "alpha-by-ratio",
        Decision.BLOCKED,
        Mode.AUTO,
        "load_balance.alpha",
        "layers/3",
        0.1,
        0.05,
        "changed 2 steps ago",
        "EVK-KNOB-COOLDOWN",
        new TreeMap<>(Map.of("gradientNormRatio", 0.5, "limit", 0.1)),
        new CommandPosition(5, 41));
  }

  private static DeadLetter deadLetter() {
    return new DeadLetter(
        new DeadLetter.Origin("evenkeel.telemetry.v1", 3, 99),
        new byte[] {1, -1},
        new byte[] {0, 127, -128},
        70_000,
        "EVK-WIRE-MALFORMED",
        "a tag was cut short",
        "writer",
        TIME);
  }
}
