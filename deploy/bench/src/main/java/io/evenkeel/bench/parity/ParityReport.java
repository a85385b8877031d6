package io.evenkeel.bench.parity;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/**
 * What {@code bench parity} tells.
 *
 * @param config name of the configuration
 * @param steps trained
 * @param pytorch version
 * @param curve losses of both sides, the first point before the first step, the last after the last
 */
record ParityReport(
    @JsonProperty("config") String config,
    @JsonProperty("steps") int steps,
    @JsonProperty("pytorch") String pytorch,
    @JsonProperty("curve") List<Point> curve) {
  /** Nats. */
  private static final double TOLERANCE = 0.02;

  ParityReport {
    curve = List.copyOf(curve);
  }

  /**
   * Losses between two steps, nats.
   *
   * @param step trained so far
   * @param ours L_LM of the trainer's last step; 0 before the first
   * @param pytorch L_LM of PyTorch's last step; 0 before the first
   * @param oursHeldOut mean L_LM of the trainer on the held-out batches
   * @param pytorchHeldOut mean L_LM of PyTorch on the same batches
   */
  record Point(
      @JsonProperty("step") int step,
      @JsonProperty("loss_ours") double ours,
      @JsonProperty("loss_pytorch") double pytorch,
      @JsonProperty("validation_loss_ours") double oursHeldOut,
      @JsonProperty("validation_loss_pytorch") double pytorchHeldOut) {
    void print(PrintWriter out) {
      out.printf(
          Locale.ROOT,
          "step %5d: validation loss %.4f, PyTorch %.4f, difference %+.4f%n",
          step,
          oursHeldOut,
          pytorchHeldOut,
          oursHeldOut - pytorchHeldOut);
      out.flush();
    }
  }

  /** Held-out loss of the trainer at the end, nats. */
  @JsonProperty("validation_loss_ours")
  double ours() {
    return curve.getLast().oursHeldOut();
  }

  /** Held-out loss of PyTorch at the end, nats. */
  @JsonProperty("validation_loss_pytorch")
  double theirs() {
    return curve.getLast().pytorchHeldOut();
  }

  /** The trainer's less PyTorch's, nats. */
  @JsonProperty("difference")
  double difference() {
    return ours() - theirs();
  }

  /** How far they may be apart. */
  @JsonProperty("tolerance")
  double tolerance() {
    return TOLERANCE;
  }

  /** Whether they are. */
  @JsonProperty("within_tolerance")
  boolean withinTolerance() {
    return Math.abs(difference()) <= TOLERANCE;
  }

  void print(PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "After %d steps: validation loss %.4f, PyTorch %s %.4f: %s %.2f nats%n",
        steps,
        ours(),
        pytorch,
        theirs(),
        withinTolerance() ? "within" : "NOT within",
        TOLERANCE);
    out.flush();
  }
}
