package io.evenkeel.trainer.loop;

import io.evenkeel.trainer.data.Batch;
import io.evenkeel.trainer.model.Transformer;
import io.evenkeel.trainer.optim.GradientClip;
import io.evenkeel.trainer.telemetry.StepFigures;
import io.evenkeel.trainer.telemetry.TelemetryBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Measures and describes a step that is never trained, over and over, so that the first steps do
 * not pay for code that is still cold. Weights, moments and biases stay as they are.
 */
final class Rehearsal {
  private static final int TIMES = 60;

  private Rehearsal() {}

  static void play(Transformer model, TelemetryBuilder builder, StepOrder order, Batch batch) {
    model.select(0);
    model.forward(batch.inputs(), batch.targets());
    for (int i = 0; i < TIMES; i++) {
      model.recordStatistics();
      model.refreshStatistics();
      StepFigures figures =
          new StepFigures(
              order.incarnation(),
              order.step(),
              model.losses(order.objective()),
              order.objective(),
              order.method(),
              new GradientClip(1, 1),
              List.of(),
              order.knobs(),
              order.lastCommand(),
              Map.of(),
              List.of());
      builder.finish(builder.draft(figures), Instant.EPOCH, 0, 0);
    }
  }
}
