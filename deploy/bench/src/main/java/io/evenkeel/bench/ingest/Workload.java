package io.evenkeel.bench.ingest;

import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.JsonCodecs;
import io.evenkeel.contract.wire.RecordBatches;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What is sent: records as ranks send them, encoded before anything is measured.
 *
 * @param name names it in the report
 * @param records encoded, with the key of each at the same place
 * @param keys keys on the topic
 * @param bodies the same records as protobuf requests
 * @param jsonBodies the same records as NDJSON requests
 * @param batch records a request
 */
record Workload(
    String name,
    List<byte[]> records,
    List<byte[]> keys,
    List<byte[]> bodies,
    List<byte[]> jsonBodies,
    int batch) {

  private static final int RANKS = 8;
  private static final int BODIES = 16;
  private static final int MOE_BATCH = 16;
  private static final int DENSE_BATCH = 500;
  private static final int MOE_LAYERS = 8;

  Workload {
    records = List.copyOf(records);
    keys = List.copyOf(keys);
    bodies = List.copyOf(bodies);
    jsonBodies = List.copyOf(jsonBodies);
  }

  /** A mixture of experts: 8 layers of 64 FFN and 32 zero experts, all signals of each. */
  static Workload moe() {
    TrainingRun run =
        TrainingRuns.healthy("bench-moe")
            .layers(MOE_LAYERS)
            .experts(64, 32, 8, 5.5)
            .ranks(RANKS)
            .build();
    return of("moe", MOE_BATCH, run);
  }

  /** A dense model: losses, norm, step time and four scalars of the user's. */
  static Workload dense() {
    return of("dense", DENSE_BATCH, TrainingRuns.healthy("bench-dense").ranks(RANKS).build());
  }

  private static Workload of(String name, int batch, TrainingRun run) {
    List<byte[]> records = new ArrayList<>();
    List<byte[]> keys = new ArrayList<>();
    List<byte[]> bodies = new ArrayList<>();
    List<byte[]> jsonBodies = new ArrayList<>();
    for (int b = 0; b < BODIES; b++) {
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < batch; i++) {
        int n = b * batch + i;
        StepTelemetry whole = run.telemetry(n / RANKS, n % RANKS);
        StepTelemetry telemetry = name.equals("dense") ? dense(whole) : whole;
        ObservationKey key = telemetry.key();
        records.add(Codecs.STEP_TELEMETRY.encode(telemetry));
        keys.add(Topics.telemetryKey(key.run(), key.rank()).getBytes(StandardCharsets.UTF_8));
        lines.append(JsonCodecs.STEP_TELEMETRY.encode(telemetry)).append('\n');
      }
      bodies.add(RecordBatches.encode(records.subList(b * batch, (b + 1) * batch)));
      jsonBodies.add(lines.toString().getBytes(StandardCharsets.UTF_8));
    }
    return new Workload(name, records, keys, bodies, jsonBodies, batch);
  }

  private static StepTelemetry dense(StepTelemetry of) {
    return new StepTelemetry(
        of.key(),
        of.worldSize(),
        of.wallTime(),
        of.stepTimeMillis(),
        of.telemetryTimeMillis(),
        of.tokens(),
        new Losses(of.losses().languageModel(), null, null, of.losses().languageModel()),
        of.gradientNorm(),
        of.clipCoefficient(),
        of.tensorPlacement(),
        List.of(),
        null,
        List.of(),
        List.of(),
        List.of(),
        of.lastCommand(),
        Map.of("lr", 3e-4, "grad_scale", 65536.0, "tokens_per_s", 51234.5, "mfu", 0.41),
        0);
  }

  /** Mean size of a record, bytes. */
  double recordBytes() {
    return records.stream().mapToInt(record -> record.length).average().orElseThrow();
  }
}
