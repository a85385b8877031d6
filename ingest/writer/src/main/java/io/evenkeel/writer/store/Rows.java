package io.evenkeel.writer.store;

import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.telemetry.MoeShape;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.writer.store.Frontier.Incarnation;
import io.evenkeel.writer.store.Frontier.Stream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One batch as rows: for the tables themselves where they are new, for the staging tables where
 * they must be compared with what is there. Used once; not thread-safe.
 */
final class Rows {

  private final Identifiers runs;
  private final Identifiers names;
  private final Frontier frontier;
  private final CopyBuffers buffers;
  private final Instant received;
  private final Map<Staging, CopyBuffer> staged = new EnumMap<>(Staging.class);
  private final Map<Staging, CopyBuffer> direct = new EnumMap<>(Staging.class);
  private final Map<Stream, Long> lastSteps = new HashMap<>();
  private final Set<Block> blocks = new LinkedHashSet<>();
  private final Map<Incarnation, Progress> progress = new HashMap<>();

  /** The way of a row into its table. */
  enum Route {
    /** Straight into it: the row is new. */
    DIRECT,
    /** Into its staging table, and from there by the rules of {@link Staging}. */
    STAGED
  }

  private record Block(Incarnation incarnation, long block) {}

  /** What a batch tells of an incarnation besides its staged observations. */
  private static final class Progress {
    private @Nullable Long firstStep;
    private @Nullable Long lastStep;
    private @Nullable MoeShape shape;
    private long observations;
    private long tokens;
    private @Nullable Instant at;
    private @Nullable Integer worldSize;
  }

  Rows(
      Identifiers runs,
      Identifiers names,
      Frontier frontier,
      CopyBuffers buffers,
      Instant received) {
    this.runs = runs;
    this.names = names;
    this.frontier = frontier;
    this.buffers = buffers;
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

  /** Takes a table's new rows, to which nothing will be added. */
  @FunctionalInterface
  interface Complete {
    void accept(Staging table, CopyBuffer rows);
  }

  /**
   * Adds a batch; its entries' texts have been learnt.
   *
   * @param complete given each table's new rows while the next table's are still to be made
   */
  void add(List<Entry> entries, Complete complete) {
    Distinct distinct = Distinct.of(entries);
    ObservationRows.add(this, distinct.observations());
    complete(Staging.OBSERVATION, complete);
    SignalRows signals = SignalRows.of(this, distinct.signals());
    for (Staging table : SignalRows.TABLES) {
      signals.add(table);
      complete(table, complete);
    }
    EventRows.add(this, distinct);
    progress.forEach(this::addProgress);
  }

  private void complete(Staging table, Complete complete) {
    CopyBuffer rows = direct.get(table);
    if (rows != null) {
      complete.accept(table, rows);
    }
  }

  /** The incarnations whose steps are in a batch; its runs have been learnt. */
  Set<Incarnation> incarnations(List<Entry> entries) {
    Set<Incarnation> incarnations = new HashSet<>();
    for (Entry entry : entries) {
      if (entry instanceof Entry.Observation(var telemetry)) {
        var key = telemetry.key();
        incarnations.add(new Incarnation(run(key.run()), key.incarnation()));
      } else if (entry instanceof Entry.Signals(var signals)) {
        var key = signals.key();
        incarnations.add(new Incarnation(run(key.run()), key.incarnation()));
      }
    }
    return incarnations;
  }

  /** The buffers of the staging tables that have rows, in the order of merging. */
  Map<Staging, CopyBuffer> staged() {
    return staged;
  }

  /** The blocks of steps that the new rows change, if any. */
  Optional<CopyBuffer> marks() {
    if (blocks.isEmpty()) {
      return Optional.empty();
    }
    CopyBuffer marks = new CopyBuffer(Staging.MARK_COLUMNS);
    for (Block block : blocks) {
      marks
          .row()
          .putInt(block.incarnation().runId())
          .putInt(block.incarnation().incarnation())
          .putLong(block.block());
    }
    return Optional.of(marks);
  }

  /** The last new step of each stream. */
  Map<Stream, Long> lastSteps() {
    return lastSteps;
  }

  /** How a step's rows go into their tables. */
  Route route(Stream stream, long step) {
    if (!frontier.isAhead(stream, step)) {
      return Route.STAGED;
    }
    lastSteps.merge(stream, step, Math::max);
    if (stream.rank() == Stream.SIGNALS) {
      blocks.add(new Block(stream.incarnation(), step >> Staging.BLOCK_BITS));
    }
    return Route.DIRECT;
  }

  /** Begins a row of a staging table. */
  CopyBuffer row(Staging staging) {
    return row(staging, Route.STAGED);
  }

  /** Begins a row. */
  CopyBuffer row(Staging staging, Route route) {
    Map<Staging, CopyBuffer> used = route == Route.DIRECT ? direct : staged;
    return used.computeIfAbsent(staging, key -> buffers.empty(key, route)).row();
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

  /** An observation that is new: staged ones are counted where they are merged. */
  void seenNew(int runId, StepTelemetry telemetry) {
    seenStep(runId, telemetry.key().incarnation(), telemetry.key().step());
    Progress known = progressOf(runId, telemetry.key().incarnation());
    known.observations++;
    known.tokens = saturatedSum(known.tokens, telemetry.tokens());
    if (known.at == null || known.at.isBefore(telemetry.wallTime())) {
      known.at = telemetry.wallTime();
    }
    known.worldSize =
        known.worldSize == null
            ? telemetry.worldSize()
            : Math.max(known.worldSize, telemetry.worldSize());
  }

  /** The database's own total stops there too. */
  private static long saturatedSum(long a, long b) {
    long sum = a + b;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  private Progress progressOf(int runId, int incarnation) {
    return progress.computeIfAbsent(new Incarnation(runId, incarnation), key -> new Progress());
  }

  private void addProgress(Incarnation key, Progress known) {
    CopyBuffer row = row(Staging.PROGRESS).putInt(key.runId()).putInt(key.incarnation());
    putLongOrNull(row, known.firstStep);
    putLongOrNull(row, known.lastStep);
    row.putLong(known.observations).putNumeric(known.tokens).putTimeOrNull(known.at);
    if (known.worldSize == null) {
      row.putNull();
    } else {
      row.putInt(known.worldSize);
    }
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
