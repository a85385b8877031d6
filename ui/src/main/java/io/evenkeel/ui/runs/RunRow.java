package io.evenkeel.ui.runs;

import io.evenkeel.ui.labels.RunLabel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line of the list of runs.
 *
 * @param header the run
 * @param gradientNormRatioMax largest R_g over layers at the last step; null when not measured
 * @param mode how far Evenkeel may go by itself; empty when the controller has not said
 * @param losses loss over the run, few points, for a small line
 * @param tokensPerSecond over the last steps; null when it does not run, or is not known
 * @param worst the signal that is worst off against its limit; null when none is known
 * @param label what people say about it
 */
public record RunRow(
    RunHeader header,
    @Nullable Double gradientNormRatioMax,
    String mode,
    List<Double> losses,
    @Nullable Double tokensPerSecond,
    @Nullable Signal worst,
    RunLabel label) {

  /** Copies. */
  public RunRow {
    losses = List.copyOf(losses);
  }

  /** The same with what people say about it. */
  RunRow with(RunLabel other) {
    return new RunRow(header, gradientNormRatioMax, mode, losses, tokensPerSecond, worst, other);
  }

  /**
   * A signal against its limit.
   *
   * @param name what; a rule of a user may be text from outside
   * @param value how it stands
   * @param limit what it is held against
   * @param standing how that is
   */
  public record Signal(String name, double value, double limit, Standing standing) {}

  /** How a signal stands. */
  public enum Standing {
    STEADY,
    WATCH,
    ALARM
  }
}
