package io.evenkeel.contract.wire;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.audit.AuditEntry;
import io.evenkeel.contract.audit.Decision;
import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.AcknowledgeAlert;
import io.evenkeel.contract.command.AlertRequest;
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
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;

/** Any record that the constructors allow, extremes more often than chance would have them. */
final class AnyRecord {

  private AnyRecord() {}

  static StepTelemetry stepTelemetry(RandomGenerator r) {
    int world = 1 + index(r, Integer.MAX_VALUE - 1);
    MoeShape shape = r.nextInt(4) == 0 ? null : moeShape(r);
    return new StepTelemetry(
        new ObservationKey(run(r), count31(r), count(r), r.nextInt(world)),
        world,
        instant(r),
        number(r),
        number(r),
        count(r),
        losses(r),
        maybe(r),
        maybe(r),
        pick(r, Placement.values()),
        list(r, 4, i -> tensorTelemetry(r)),
        shape,
        shape == null ? List.of() : list(r, 3, i -> moeLayer(r, i, shape.experts())),
        list(r, 4, i -> activationSums(r)),
        list(r, 4, i -> new KnobValue(name(r), text(r), number(r))),
        position(r),
        map(r, AnyRecord::number),
        count(r));
  }

  static StepSignals stepSignals(RandomGenerator r) {
    int world = 1 + index(r, Integer.MAX_VALUE - 1);
    return new StepSignals(
        new StepKey(run(r), count31(r), count(r)),
        1 + r.nextInt(world),
        world,
        instant(r),
        instant(r),
        count(r),
        losses(r),
        maybe(r),
        maybe(r),
        list(r, 3, i -> layerSignals(r, i)),
        list(r, 4, i -> activationSignals(r)),
        list(
            r,
            4,
            i ->
                new TensorSignals(
                    name(r), number(r), maybe(r), number(r), number(r), count(r), count(r))),
        maybe(r),
        maybe(r),
        maybe(r),
        maybe(r),
        maybe(r),
        maybe(r),
        maybe(r),
        number(r),
        number(r),
        number(r),
        count(r),
        list(r, 4, i -> new KnobValue(name(r), text(r), number(r))),
        position(r),
        map(r, AnyRecord::number),
        count(r),
        count(r),
        r.nextBoolean() ? null : (Integer) r.nextInt(world),
        r.nextBoolean() ? null : (Integer) r.nextInt(world));
  }

  static AlertEvent alertEvent(RandomGenerator r) {
    return new AlertEvent(
        name(r),
        run(r),
        count31(r),
        name(r),
        name(r),
        pick(r, AlertState.values()),
        pick(r, Severity.values()),
        count(r),
        count(r),
        number(r),
        number(r),
        text(r),
        map(r, AnyRecord::text),
        instant(r),
        instant(r));
  }

  static AlertRule alertRule(RandomGenerator r) {
    int of = 1 + index(r, Integer.MAX_VALUE - 1);
    return new AlertRule(
        name(r),
        text(r),
        pick(r, Severity.values()),
        number(r),
        number(r),
        1 + r.nextInt(of),
        of,
        1 + index(r, Integer.MAX_VALUE - 1),
        pick(r, RuleState.values()),
        r.nextBoolean() ? "" : run(r),
        map(r, AnyRecord::text),
        text(r),
        instant(r));
  }

  static RunSpec runSpec(RandomGenerator r) {
    return new RunSpec(
        run(r),
        count31(r),
        text(r),
        pick(r, RunStatus.values()),
        instant(r),
        r.nextBoolean() ? null : instantAfterEpoch(r),
        1 + index(r, Integer.MAX_VALUE - 1),
        count(r),
        count(r),
        map(r, AnyRecord::text),
        map(r, AnyRecord::text),
        r.nextBoolean() ? null : moeShape(r),
        list(r, 4, i -> knob(r, i)),
        list(r, 4, i -> name(r)),
        count31(r),
        map(r, AnyRecord::text));
  }

  static Command command(RandomGenerator r) {
    CommandBody body =
        switch (r.nextInt(3)) {
          case 0 -> new SetKnob(name(r), text(r), number(r), maybe(r));
          case 1 -> new RunAction(name(r), map(r, AnyRecord::text));
          default -> new Lease(instant(r));
        };
    long sequence = body instanceof Lease ? 0 : Math.max(1, count(r));
    return new Command(
        run(r),
        count31(r),
        new CommandPosition(Math.max(1, count(r)), sequence),
        instant(r),
        instant(r),
        count(r),
        body,
        name(r),
        text(r));
  }

  static CommandAck commandAck(RandomGenerator r) {
    return new CommandAck(
        run(r),
        count31(r),
        position(r),
        pick(r, AckStatus.values()),
        count(r),
        text(r),
        text(r),
        maybe(r),
        maybe(r),
        text(r),
        text(r),
        instant(r));
  }

  static OperatorRequest operatorRequest(RandomGenerator r) {
    RequestBody body =
        switch (r.nextInt(12)) {
          case 0 -> new SetMode(text(r), pick(r, Mode.values()));
          case 1 -> new SetKnob(name(r), text(r), number(r), maybe(r));
          case 2 -> new Hold(name(r), pick(r, HoldState.values()));
          case 3 -> new Approval(name(r), pick(r, ApprovalVerdict.values()));
          case 4 -> new KillSwitch(pick(r, HoldState.values()));
          case 5 -> silence(r);
          case 6 -> new EndSilence(name(r));
          case 7 -> new AcknowledgeAlert(name(r), text(r));
          case 8 -> new ReplayNotice(name(r), name(r));
          case 9 -> new TestReceiver(name(r));
          case 10 -> new SaveAlertConfig(count(r), text(r));
          default -> new RunAction(name(r), map(r, AnyRecord::text));
        };
    String run = body instanceof AlertRequest && r.nextBoolean() ? "" : run(r);
    return new OperatorRequest(name(r), run, name(r), instant(r), body, text(r));
  }

  private static SilenceAlerts silence(RandomGenerator r) {
    Instant start = Instant.EPOCH.plus(r.nextLong() >> 20, ChronoUnit.MICROS);
    List<String> matchers = new ArrayList<>(list(r, 4, i -> name(r)));
    matchers.add("run=\"a\"");
    matchers.removeIf(String::isBlank);
    return new SilenceAlerts(
        matchers, start, start.plus(1 + (r.nextLong() >>> 40), ChronoUnit.MICROS), text(r));
  }

  static AuditEntry auditEntry(RandomGenerator r) {
    return new AuditEntry(
        name(r),
        r.nextInt(4) == 0 ? "" : run(r),
        count31(r),
        count(r),
        instant(r),
        name(r),
        pick(r, Decision.values()),
        pick(r, Mode.values()),
        text(r),
        text(r),
        maybe(r),
        maybe(r),
        text(r),
        text(r),
        map(r, AnyRecord::number),
        position(r));
  }

  static DeadLetter deadLetter(RandomGenerator r) {
    byte[] value = bytes(r, r.nextInt(50) == 0 ? 100_000 : 64);
    return new DeadLetter(
        new DeadLetter.Origin(name(r), r.nextInt(100) - 1, Math.max(-1, r.nextLong())),
        bytes(r, 16),
        value,
        value.length,
        name(r),
        text(r),
        name(r),
        instant(r));
  }

  private static MoeShape moeShape(RandomGenerator r) {
    int n = r.nextInt(20);
    int z = r.nextInt(n == 0 ? 1 : 0, 10);
    int k = 1 + r.nextInt(n + z);
    return new MoeShape(1 + count31(r) / 2, n, z, k, r.nextDouble() * k, count31(r));
  }

  private static MoeLayerTelemetry moeLayer(RandomGenerator r, int layer, int experts) {
    return new MoeLayerTelemetry(
        layer,
        number(r),
        maybe(r),
        loads(r, experts),
        vector(r, experts),
        vector(r, experts),
        vector(r, experts),
        pick(r, GradientMethod.values()),
        maybe(r),
        maybe(r),
        number(r),
        number(r),
        number(r),
        count(r),
        maybe(r),
        maybe(r),
        number(r),
        number(r),
        vector(r, experts),
        maybe(r),
        maybe(r),
        maybe(r),
        maybe(r));
  }

  private static LayerSignals layerSignals(RandomGenerator r, int layer) {
    int experts = r.nextInt(30);
    return new LayerSignals(
        layer,
        maybe(r),
        maybe(r),
        maybe(r),
        maybe(r),
        pick(r, GradientMethod.values()),
        maybe(r),
        maybe(r),
        loads(r, experts),
        vector(r, experts),
        maybe(r),
        number(r),
        number(r),
        count31(r),
        number(r),
        number(r),
        number(r),
        number(r),
        number(r),
        number(r),
        number(r),
        number(r),
        number(r),
        number(r),
        number(r),
        vector(r, experts),
        maybe(r),
        maybe(r),
        maybe(r),
        maybe(r),
        number(r),
        count31(r));
  }

  private static ActivationSums activationSums(RandomGenerator r) {
    return new ActivationSums(
        count31(r),
        pick(r, ActivationSite.values()),
        count(r),
        number(r),
        number(r),
        number(r),
        number(r),
        number(r),
        count(r),
        number(r),
        count(r));
  }

  private static ActivationSignals activationSignals(RandomGenerator r) {
    return new ActivationSignals(
        count31(r),
        pick(r, ActivationSite.values()),
        number(r),
        number(r),
        number(r),
        number(r),
        number(r),
        number(r),
        count(r));
  }

  private static TensorTelemetry tensorTelemetry(RandomGenerator r) {
    long elements = Math.max(1, count(r));
    long below = r.nextLong(elements);
    return new TensorTelemetry(
        name(r), elements, number(r), r.nextLong(elements), below, below / 2);
  }

  private static KnobDeclaration knob(RandomGenerator r, int i) {
    double minimum = r.nextGaussian();
    double maximum = minimum + r.nextDouble();
    return new KnobDeclaration(
        "knob" + i,
        text(r),
        minimum,
        maximum,
        minimum,
        maximum,
        1 + r.nextDouble() + 1e-9,
        count31(r),
        count31(r),
        pick(r, Fallback.values()),
        text(r));
  }

  private static Losses losses(RandomGenerator r) {
    return new Losses(maybe(r), maybe(r), maybe(r), maybe(r));
  }

  private static CommandPosition position(RandomGenerator r) {
    return new CommandPosition(count(r), count(r));
  }

  private static ExpertLoads loads(RandomGenerator r, int experts) {
    long[] loads = new long[experts];
    for (int i = 0; i < experts; i++) {
      loads[i] = count(r);
    }
    return ExpertLoads.of(loads);
  }

  private static ExpertVector vector(RandomGenerator r, int experts) {
    double[] vector = new double[r.nextInt(4) == 0 ? 0 : experts];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = number(r);
    }
    return ExpertVector.of(vector);
  }

  /** Any double: NaN, infinities, both zeros and subnormals among them. */
  private static double number(RandomGenerator r) {
    double[] extremes = {
      0,
      -0.0,
      Double.NaN,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      Double.MIN_VALUE,
      Double.MAX_VALUE,
      1
    };
    return switch (r.nextInt(3)) {
      case 0 -> extremes[r.nextInt(extremes.length)];
      case 1 -> r.nextGaussian();
      default -> Double.longBitsToDouble(r.nextLong());
    };
  }

  private static Double maybe(RandomGenerator r) {
    return r.nextInt(3) == 0 ? null : (Double) number(r);
  }

  private static long count(RandomGenerator r) {
    return switch (r.nextInt(4)) {
      case 0 -> 0;
      case 1 -> Long.MAX_VALUE;
      default -> r.nextLong() >>> (1 + r.nextInt(63));
    };
  }

  private static int count31(RandomGenerator r) {
    return (int) Math.min(Integer.MAX_VALUE, count(r));
  }

  private static int index(RandomGenerator r, int bound) {
    return r.nextInt(4) == 0 ? bound : r.nextInt(Math.min(bound, 100));
  }

  private static Instant instant(RandomGenerator r) {
    return switch (r.nextInt(4)) {
      case 0 -> Instant.parse("0001-01-01T00:00:00Z");
      case 1 -> Instant.parse("9999-12-31T23:59:59.999999Z");
      default ->
          Instant.EPOCH.plus(r.nextLong() >> 20, ChronoUnit.MICROS).plusNanos(r.nextInt(1_000_000));
    };
  }

  /** An end: 0 on the wire means none. */
  private static Instant instantAfterEpoch(RandomGenerator r) {
    return Instant.EPOCH.plus(1 + (r.nextLong() >>> 20), ChronoUnit.MICROS);
  }

  private static String run(RandomGenerator r) {
    return string(r, 1, 128, "abcXYZ019._-").replaceFirst("^[._-]", "a");
  }

  private static String name(RandomGenerator r) {
    return string(r, 1, 256, "abc.#/ äß漢😀");
  }

  private static String text(RandomGenerator r) {
    return string(r, 0, r.nextInt(40) == 0 ? 8_192 : 60, "abc\n\t\"'\\ äß漢😀");
  }

  private static String string(RandomGenerator r, int min, int max, String alphabet) {
    int[] letters = alphabet.codePoints().toArray();
    int length = r.nextInt(8) == 0 ? max : min + r.nextInt(Math.min(max - min + 1, 12));
    StringBuilder text = new StringBuilder();
    while (text.length() < length - 1) {
      text.appendCodePoint(letters[r.nextInt(letters.length)]);
    }
    return text.length() < length ? text.append('a').toString() : text.toString();
  }

  private static byte[] bytes(RandomGenerator r, int max) {
    byte[] bytes = new byte[r.nextInt(max + 1)];
    r.nextBytes(bytes);
    return bytes;
  }

  private static <V> Map<String, V> map(RandomGenerator r, Function<RandomGenerator, V> value) {
    Map<String, V> map = new HashMap<>();
    for (int i = r.nextInt(5); i > 0; i--) {
      map.put(name(r), value.apply(r));
    }
    return map;
  }

  private static <T> List<T> list(RandomGenerator r, int max, IntFunction<T> element) {
    List<T> list = new ArrayList<>();
    int size = r.nextInt(max + 1);
    for (int i = 0; i < size; i++) {
      list.add(element.apply(i));
    }
    return list;
  }

  private static <E> E pick(RandomGenerator r, E[] values) {
    return values[r.nextInt(values.length)];
  }
}
