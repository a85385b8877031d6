package io.evenkeel.analytics.job.state;

import io.evenkeel.analytics.detect.RunWatch;
import io.evenkeel.analytics.detect.ScopeState;
import io.evenkeel.analytics.signal.LaneMerge;
import io.evenkeel.analytics.signal.MergeProgress;
import io.evenkeel.analytics.signal.StepSum;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.wire.Codec;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The kinds of records and state that the job handles, and the format of each. A closed set: a kind
 * is serialised as its name, which never changes.
 *
 * @param <T> the record
 */
public final class RecordKind<T> implements Serializable {

  private static final long serialVersionUID = 1L;

  private interface Writer<T> {
    void write(T value, DataOutput out) throws IOException;
  }

  private interface Reader<T> {
    T read(DataInput in) throws IOException;
  }

  private static final Map<String, RecordKind<?>> BY_NAME = new HashMap<>();

  public static final RecordKind<StepTelemetry> TELEMETRY =
      of("telemetry", StepTelemetry.class, Codecs.STEP_TELEMETRY);
  public static final RecordKind<StepSignals> SIGNALS =
      of("signals", StepSignals.class, Codecs.STEP_SIGNALS);
  public static final RecordKind<AlertEvent> ALERT =
      of("alert", AlertEvent.class, Codecs.ALERT_EVENT);
  public static final RecordKind<AlertRule> RULE = of("rule", AlertRule.class, Codecs.ALERT_RULE);
  public static final RecordKind<RunSpec> RUN_SPEC = of("run-spec", RunSpec.class, Codecs.RUN_SPEC);
  public static final RecordKind<DeadLetter> DEAD_LETTER =
      of("dead-letter", DeadLetter.class, Codecs.DEAD_LETTER);
  public static final RecordKind<RawRecord> RAW =
      of("raw", RawRecord.class, RawRecord::write, RawRecord::read);
  public static final RecordKind<RunInput> RUN_INPUT =
      of("run-input", RunInput.class, RecordKind::writeInput, RecordKind::readInput);
  public static final RecordKind<RuleChange> RULE_CHANGE =
      of("rule-change", RuleChange.class, RecordKind::writeChange, RecordKind::readChange);
  public static final RecordKind<ScopeState> SCOPE_STATE =
      of("scope-state", ScopeState.class, ScopeState::write, ScopeState::read);
  public static final RecordKind<RunWatch> RUN_WATCH =
      of("run-watch", RunWatch.class, RunWatch::write, RunWatch::read);

  public static final RecordKind<RunLane> RUN_LANE =
      of("run-lane", RunLane.class, RunLane::write, RunLane::read);
  public static final RecordKind<RankPart> RANK_PART =
      of("rank-part", RankPart.class, RankPart::write, RankPart::read);

  // The mutable ones: their copies are deep.
  public static final RecordKind<MergeProgress> MERGE_PROGRESS =
      new RecordKind<>(
          "merge-progress",
          MergeProgress.class,
          MergeProgress::write,
          MergeProgress::read,
          MergeProgress::copy);
  public static final RecordKind<LaneMerge> LANE_MERGE =
      new RecordKind<>(
          "lane-merge", LaneMerge.class, LaneMerge::write, LaneMerge::read, LaneMerge::copy);
  public static final RecordKind<StepSum> STEP_SUM =
      new RecordKind<>("step-sum", StepSum.class, StepSum::write, StepSum::read, StepSum::copy);

  private final String name;
  private final transient Class<T> type;
  private final transient Writer<T> writer;
  private final transient Reader<T> reader;
  private final transient UnaryOperator<T> copier;

  private RecordKind(
      String name, Class<T> type, Writer<T> writer, Reader<T> reader, UnaryOperator<T> copier) {
    this.name = name;
    this.type = type;
    this.writer = writer;
    this.reader = reader;
    this.copier = copier;
    BY_NAME.put(name, this);
  }

  private static <T> RecordKind<T> of(
      String name, Class<T> type, Writer<T> writer, Reader<T> reader) {
    return new RecordKind<>(name, type, writer, reader, UnaryOperator.identity());
  }

  private static <T> RecordKind<T> of(String name, Class<T> type, Codec<T> codec) {
    return of(name, type, (value, out) -> write(value, codec, out), in -> read(codec, in));
  }

  /**
   * The kind of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  static RecordKind<?> named(String name) {
    RecordKind<?> kind = BY_NAME.get(name);
    if (kind == null) {
      throw new IllegalArgumentException("no kind of record is named " + name);
    }
    return kind;
  }

  /** The stable name. */
  public String name() {
    return name;
  }

  Class<T> type() {
    return type;
  }

  boolean immutable() {
    return this != (Object) MERGE_PROGRESS
        && this != (Object) LANE_MERGE
        && this != (Object) STEP_SUM;
  }

  void write(T value, DataOutput out) throws IOException {
    writer.write(value, out);
  }

  T read(DataInput in) throws IOException {
    return reader.read(in);
  }

  T copy(T value) {
    return copier.apply(value);
  }

  /** What Flink needs to know. */
  public RecordTypeInfo<T> typeInfo() {
    return new RecordTypeInfo<>(this);
  }

  private Object readResolve() {
    return named(name);
  }

  private static <T> void write(T value, Codec<T> codec, DataOutput out) throws IOException {
    byte[] bytes = codec.encode(value);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static <T> T read(Codec<T> codec, DataInput in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    try {
      return codec.decode(bytes);
    } catch (WireException e) {
      throw new IOException(e);
    }
  }

  private static void writeInput(RunInput input, DataOutput out) throws IOException {
    if (input instanceof RunInput.Sum sum) {
      out.writeByte(0);
      STEP_SUM.write(sum.sum(), out);
    } else if (input instanceof RunInput.Declaration declaration) {
      out.writeByte(1);
      RUN_SPEC.write(declaration.spec(), out);
    } else {
      out.writeByte(2);
      out.writeUTF(input.run());
    }
  }

  private static RunInput readInput(DataInput in) throws IOException {
    return switch (in.readByte()) {
      case 0 -> new RunInput.Sum(STEP_SUM.read(in));
      case 1 -> new RunInput.Declaration(RUN_SPEC.read(in));
      default -> new RunInput.Forgotten(in.readUTF());
    };
  }

  private static void writeChange(RuleChange change, DataOutput out) throws IOException {
    out.writeUTF(change.key());
    AlertRule rule = change.rule();
    out.writeBoolean(rule != null);
    if (rule != null) {
      RULE.write(rule, out);
    }
  }

  private static RuleChange readChange(DataInput in) throws IOException {
    String key = in.readUTF();
    return new RuleChange(key, in.readBoolean() ? RULE.read(in) : null);
  }
}
