package io.evenkeel.writer.store;

import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.telemetry.MoeShape;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One batch as rows for the staging tables. Used once; not thread-safe. */
final class Rows {

  private final Identifiers runs;
  private final Identifiers names;
  private final Instant received;
  private final Map<Staging, CopyBuffer> buffers = new EnumMap<>(Staging.class);
  private final Map<IncarnationKey, Progress> progress = new HashMap<>();

  private record IncarnationKey(int runId, int incarnation) {}

  /** What a batch tells of an incarnation besides its observations. */
  private static final class Progress {
    private @Nullable Long firstStep;
    private @Nullable Long lastStep;
    private @Nullable MoeShape shape;
  }

  Rows(Identifiers runs, Identifiers names, Instant received) {
    this.runs = runs;
    this.names = names;
    this.received = received;
  }

  /**
   * Learns what the batch needs of the dictionaries, and begins the transaction in which its runs
   * are held.
   *
   * @param connection in auto-commit mode; afterwards in a transaction
   */
  static void learn(Connection connection, List<Entry> entries, Identifiers runs, Identifiers names)
      throws SQLException {
    Set<String> runTexts = new LinkedHashSet<>();
    Set<String> nameTexts = new LinkedHashSet<>();
    for (Entry entry : entries) {
      switch (entry) {
        case Entry.Declaration(RunSpec spec) -> runTexts.add(spec.run());
        case Entry.Observation(var telemetry) -> runTexts.add(telemetry.key().run());
        case Entry.Signals(var signals) -> {
          runTexts.add(signals.key().run());
          signals.tensors().forEach(tensor -> nameTexts.add(tensor.name()));
          signals
              .knobs()
              .forEach(
                  knob -> {
                    nameTexts.add(knob.knob());
                    nameTexts.add(knob.scope());
                  });
          nameTexts.addAll(signals.scalars().keySet());
        }
        case Entry.Alert(var event) -> runTexts.add(event.run());
        case Entry.Issued(var command) -> runTexts.add(command.run());
        case Entry.Answer(var ack) -> runTexts.add(ack.run());
        case Entry.Decision(var audit) -> runTexts.add(audit.run());
        case Entry.Letter letter -> {}
      }
    }
    names.learn(connection, nameTexts);
    connection.setAutoCommit(false);
    runs.hold(connection, runTexts);
  }

  /** Adds a batch; its entries' texts have been learnt. */
  void add(List<Entry> entries) {
    Distinct distinct = Distinct.of(entries);
    ObservationRows.add(this, distinct.observations());
    SignalRows.add(this, distinct.signals());
    EventRows.add(this, distinct);
    progress.forEach(this::addProgress);
  }

  /** The buffers that have rows, in the order of merging. */
  Map<Staging, CopyBuffer> buffers() {
    return buffers;
  }

  /** Begins a row. */
  CopyBuffer row(Staging staging) {
    return buffers.computeIfAbsent(staging, key -> new CopyBuffer(key.columns())).row();
  }

  int run(String run) {
    return runs.of(run);
  }

  int name(String name) {
    return names.of(name);
  }

  Instant received() {
    return received;
  }

  /** The incarnation exists, whether or not anything has been observed of it. */
  void seen(int runId, int incarnation) {
    progressOf(runId, incarnation);
  }

  /** A step of the incarnation exists. */
  void seenStep(int runId, int incarnation, long step) {
    Progress known = progressOf(runId, incarnation);
    known.firstStep = known.firstStep == null ? step : Math.min(known.firstStep, step);
    known.lastStep = known.lastStep == null ? step : Math.max(known.lastStep, step);
  }

  /** The incarnation's model has this shape. */
  void seenShape(int runId, int incarnation, MoeShape shape) {
    progressOf(runId, incarnation).shape = shape;
  }

  private Progress progressOf(int runId, int incarnation) {
    return progress.computeIfAbsent(new IncarnationKey(runId, incarnation), key -> new Progress());
  }

  private void addProgress(IncarnationKey key, Progress known) {
    CopyBuffer row = row(Staging.PROGRESS).putInt(key.runId()).putInt(key.incarnation());
    putLongOrNull(row, known.firstStep);
    putLongOrNull(row, known.lastStep);
    row.putLong(0).putNumericZero().putNull().putNull();
    putShape(row, known.shape);
  }

  /** layers, ffn_experts, zero_experts, top_k, ffn_experts_target. */
  static void putShape(CopyBuffer row, @Nullable MoeShape shape) {
    if (shape == null) {
      row.putNull().putNull().putNull().putNull().putNull();
      return;
    }
    row.putInt(shape.layers())
        .putInt(shape.ffnExperts())
        .putInt(shape.zeroExperts())
        .putInt(shape.topK())
        .putDouble(shape.ffnExpertsTarget());
  }

  private static void putLongOrNull(CopyBuffer row, @Nullable Long value) {
    if (value == null) {
      row.putNull();
    } else {
      row.putLong(value);
    }
  }
}
