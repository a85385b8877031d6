package io.evenkeel.ui.runs;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line of the list of runs.
 *
 * @param header the run
 * @param gradientNormRatioMax largest R_g over layers at the last step; null when not measured
 * @param mode how far Evenkeel may go by itself; empty when the controller has not said
 * @param losses loss over the run, few points, for a small line
 */
public record RunRow(
    RunHeader header, @Nullable Double gradientNormRatioMax, String mode, List<Double> losses) {

  /** Copies. */
  public RunRow {
    losses = List.copyOf(losses);
  }
}
