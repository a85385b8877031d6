package io.evenkeel.standalone.archive;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import io.evenkeel.analytics.history.StoredSteps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code step,metric,value}: what the trainer logged, under names that {@code ./evenkeel replay}
 * and the gateway know. What analytics derived is derived again from it, and left out.
 */
final class CsvSteps implements StoredSteps.Sink {
  private static final Map<String, String> NAMES = new LinkedHashMap<>();

  static {
    NAMES.put("loss_lm", "loss");
    NAMES.put("loss_lb", "load_balance_loss");
    NAMES.put("loss_z", "hidden_z_loss");
    NAMES.put("loss_total", "total_loss");
    NAMES.put("gradient_norm", "grad_norm");
    NAMES.put("clip_coefficient", "clip_coefficient");
    NAMES.put("step_time_millis", "step_time_ms");
    NAMES.put("telemetry_time_millis", "telemetry_time_ms");
    NAMES.put("tokens", "tokens");
  }

  private final CsvWriter csv;

  CsvSteps(Writer out) {
    this.csv = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(out);
    csv.writeRecord("step", "metric", "value");
  }

  @Override
  public void step(StoredSteps.Step step) throws IOException {
    String number = Long.toString(step.number());
    try {
      NAMES.forEach((column, metric) -> write(number, metric, step.values().get(column)));
      step.knobs()
          .forEach(
              knob -> {
                String scope = String.valueOf(knob.get("scope"));
                String name = String.valueOf(knob.get("knob"));
                write(number, scope.isEmpty() ? name : name + "/" + scope, knob.get("value"));
              });
      step.scalars()
          .forEach(
              scalar -> write(number, String.valueOf(scalar.get("name")), scalar.get("value")));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @Override
  public void end() throws IOException {
    csv.flush();
  }

  private void write(String step, String metric, @Nullable Object value) {
    if (value == null || isNotMeasured(metric, value)) {
      return;
    }
    csv.writeRecord(step, metric, value.toString());
  }

  /** What a trainer that does not measure it has in these columns. */
  private static boolean isNotMeasured(String metric, Object value) {
    return switch (metric) {
      case "tokens" -> value instanceof Number number && number.longValue() == 0;
      case "step_time_ms" -> value instanceof Double number && number.isNaN();
      case "telemetry_time_ms" -> value instanceof Double number && number == 0;
      default -> false;
    };
  }
}
