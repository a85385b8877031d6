package io.evenkeel.bench.analytics;

import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run's ranks tell. A few observations, encoded once, come round again under other keys:
 * behind the bytes of one stand the fields that differ, and in protobuf the later of a field
 * counts.
 */
final class Workload {

  /** Ranks of the runs that throughput and latency are measured with. */
  static final int RANKS = 8;

  private static final int DISTINCT = 16;

  private final List<StepTelemetry> bases = new ArrayList<>();
  private final List<byte[]> encoded = new ArrayList<>();

  private Workload(TrainingRuns runs, int distinct) {
    TrainingRun run = runs.build();
    for (int step = 0; step < distinct; step++) {
      StepTelemetry base = atTheBeginning(run.telemetry(step, 0));
      bases.add(base);
      encoded.add(Codecs.STEP_TELEMETRY.encode(base));
    }
  }

  /** A field that is 0 is not written: it would not stand behind another that is not. */
  private static StepTelemetry atTheBeginning(StepTelemetry of) {
    return new StepTelemetry(
        new ObservationKey(of.key().run(), 0, 0, 0),
        of.worldSize(),
        of.wallTime(),
        of.stepTimeMillis(),
        of.telemetryTimeMillis(),
        of.tokens(),
        of.losses(),
        of.gradientNorm(),
        of.clipCoefficient(),
        of.tensorPlacement(),
        of.tensors(),
        of.moeShape(),
        of.moeLayers(),
        of.activations(),
        of.knobs(),
        of.lastCommand(),
        of.scalars(),
        of.droppedBefore());
  }

  /** A middling model: 8 layers of 64 FFN and 32 zero experts. */
  static Workload middling() {
    return new Workload(TrainingRuns.healthy("bench").layers(8).experts(64, 32, 8, 5.5), DISTINCT);
  }

  /** The largest: 28 layers of 512 FFN and 256 zero experts. */
  static Workload large() {
    return new Workload(TrainingRuns.healthy("bench").layers(28).experts(512, 256, 12, 8), 2);
  }

  /** Mean size of a record, bytes. */
  double recordBytes() {
    return encoded.stream().mapToInt(bytes -> bytes.length).average().orElseThrow();
  }

  /** What a rank tells of a step, in wire format. */
  byte[] record(String run, long step, int rank, int worldSize) {
    int base = (int) ((step * 31 + rank) % encoded.size());
    return record(run, step, rank, worldSize, base, bases.get(base).gradientNorm());
  }

  /** The same of a run of one rank whose gradient norm is not a number. */
  byte[] notFinite(String run, long step) {
    return record(run, step, 0, 1, 0, Double.NaN);
  }

  private byte[] record(
      String run, long step, int rank, int worldSize, int base, @Nullable Double gradientNorm) {
    StepTelemetry of = bases.get(base);
    byte[] differing =
        Codecs.STEP_TELEMETRY.encode(
            new StepTelemetry(
                new ObservationKey(run, 0, step, rank),
                worldSize,
                Instant.now(),
                of.stepTimeMillis(),
                of.telemetryTimeMillis(),
                of.tokens(),
                Losses.NONE,
                gradientNorm,
                of.clipCoefficient(),
                of.tensorPlacement(),
                List.of(),
                null,
                List.of(),
                List.of(),
                List.of(),
                of.lastCommand(),
                Map.of(),
                of.droppedBefore()));
    byte[] whole = encoded.get(base);
    byte[] record = java.util.Arrays.copyOf(whole, whole.length + differing.length);
    System.arraycopy(differing, 0, record, whole.length, differing.length);
    return record;
  }
}
