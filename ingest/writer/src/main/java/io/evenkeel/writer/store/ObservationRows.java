package io.evenkeel.writer.store;

import io.evenkeel.contract.telemetry.MoeShape;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.writer.store.Frontier.Incarnation;
import io.evenkeel.writer.store.Frontier.Stream;
import io.evenkeel.writer.store.Rows.Route;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** The receipts of telemetry. */
final class ObservationRows {

  private record RankKey(int runId, int incarnation, int rank) {}

  private ObservationRows() {}

  static void add(Rows rows, Collection<StepTelemetry> observations) {
    Map<RankKey, Long> dropped = new HashMap<>();
    for (StepTelemetry telemetry : observations) {
      int runId = rows.run(telemetry.key().run());
      int incarnation = telemetry.key().incarnation();
      Route route =
          rows.route(
              new Stream(new Incarnation(runId, incarnation), telemetry.key().rank()),
              telemetry.key().step());
      addReceipt(rows.row(Staging.OBSERVATION, route), runId, telemetry, rows.received());
      if (route == Route.DIRECT) {
        rows.seenNew(runId, telemetry);
      }
      MoeShape shape = telemetry.moeShape();
      if (shape != null) {
        rows.seenShape(runId, incarnation, shape);
      }
      if (telemetry.droppedBefore() > 0) {
        dropped.merge(
            new RankKey(runId, incarnation, telemetry.key().rank()),
            telemetry.droppedBefore(),
            Math::max);
      }
    }
    dropped.forEach(
        (key, count) ->
            rows.row(Staging.SENDER_DROP)
                .putInt(key.runId())
                .putInt(key.incarnation())
                .putInt(key.rank())
                .putLong(count));
  }

  private static void addReceipt(
      CopyBuffer row, int runId, StepTelemetry telemetry, Instant received) {
    row.putInt(runId)
        .putInt(telemetry.key().incarnation())
        .putLong(telemetry.key().step())
        .putInt(telemetry.key().rank())
        .putInt(telemetry.worldSize())
        .putTime(telemetry.wallTime())
        .putLong(telemetry.tokens())
        .putDouble(telemetry.stepTimeMillis())
        .putDouble(telemetry.telemetryTimeMillis())
        .putDouble(telemetry.losses().languageModel())
        .putDouble(telemetry.gradientNorm())
        .putLong(telemetry.droppedBefore())
        .putLong(telemetry.lastCommand().epoch())
        .putLong(telemetry.lastCommand().sequence())
        .putTime(received);
  }
}
