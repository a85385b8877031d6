package io.evenkeel.analytics.history;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Walks through the steps of a run, with all that the views have of each. */
public final class StoredSteps {
  /** Takes the steps in their order. */
  public interface Sink {
    /** One step. */
    void step(Step step) throws IOException;

    /** After the last: what is still held back goes out. */
    void end() throws IOException;
  }

  /**
   * All of a step.
   *
   * @param number the step
   * @param values of the step itself, by column
   * @param scalars name and value each
   * @param knobs knob, scope and value each
   * @param layers one an MoE layer, vectors included
   * @param activations one a layer and site
   * @param tensors one a tensor
   */
  public record Step(
      long number,
      Map<String, @Nullable Object> values,
      List<Map<String, @Nullable Object>> scalars,
      List<Map<String, @Nullable Object>> knobs,
      List<Map<String, @Nullable Object>> layers,
      List<Map<String, @Nullable Object>> activations,
      List<Map<String, @Nullable Object>> tensors) {}

  private StoredSteps() {}

  /**
   * Reads a run within one snapshot.
   *
   * @param connection not used by anybody else meanwhile
   * @return steps written
   */
  public static long walk(Connection connection, String run, Sink sink)
      throws SQLException, IOException {
    connection.setAutoCommit(false);
    connection.setReadOnly(true);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    try (StepRows steps = StepRows.of(connection, "ui_v1_run_steps", run, "");
        StepRows scalars = StepRows.of(connection, "ui_v1_scalar_steps", run, ", name");
        StepRows knobs = StepRows.of(connection, "ui_v1_knob_steps", run, ", knob, scope");
        StepRows layers = StepRows.of(connection, "ui_v1_layer_steps", run, ", layer");
        StepRows activations =
            StepRows.of(connection, "ui_v1_activation_steps", run, ", layer, site");
        StepRows tensors = StepRows.of(connection, "ui_v1_tensor_steps", run, ", tensor")) {
      long count = 0;
      for (long step = steps.step(); step >= 0; step = steps.step()) {
        Map<String, @Nullable Object> values = steps.next(step);
        if (values == null) {
          throw new IllegalStateException("step " + step + " was there a moment ago");
        }
        sink.step(
            new Step(
                step,
                values,
                all(scalars, step),
                all(knobs, step),
                all(layers, step),
                all(activations, step),
                all(tensors, step)));
        count++;
      }
      sink.end();
      return count;
    } finally {
      connection.rollback();
    }
  }

  private static List<Map<String, @Nullable Object>> all(StepRows rows, long step)
      throws SQLException {
    List<Map<String, @Nullable Object>> all = new ArrayList<>();
    for (Map<String, @Nullable Object> row = rows.next(step); row != null; row = rows.next(step)) {
      row.remove("incarnation");
      all.add(row);
    }
    return all;
  }
}
