package io.evenkeel.bench.trainer;

import io.evenkeel.bench.trainer.TrainerUnderTest.Signals;
import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.ops.cpu.CpuTensorOps;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the time of a step goes.
 *
 * @param stepMillis mean time of a step, all signals on
 * @param operations by name, the longest first
 * @param outsideOperations share of the step spent outside of the backend's operations
 */
record StepProfile(double stepMillis, Map<String, Operation> operations, double outsideOperations) {
  private static final int WARM_UP = 6;
  private static final int STEPS = 8;
  private static final List<String> PRODUCTS =
      List.of(
          "dense.linearForward",
          "dense.linearBackward",
          "moe.expertsForward",
          "moe.expertsBackward",
          "attention.attentionForward",
          "attention.attentionBackward");

  /**
   * One operation.
   *
   * @param millis a step
   * @param share of the step
   * @param calls a step
   */
  record Operation(double millis, double share, double calls) {}

  /** Copies the map in its order. */
  StepProfile {
    operations = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(operations));
  }

  /** Trains some steps on a number of threads, and looks where their time goes. */
  static StepProfile of(TrainerConfig config, int threads) {
    OperationTimes times = new OperationTimes(CpuTensorOps.create(threads));
    try (TrainerUnderTest trainer = new TrainerUnderTest(config, times, 1)) {
      for (int i = 0; i < WARM_UP; i++) {
        trainer.step(Signals.ON);
      }
      times.reset();
      double seconds = 0;
      for (int i = 0; i < STEPS; i++) {
        seconds += trainer.step(Signals.ON);
      }
      return summary(times, seconds);
    }
  }

  private static StepProfile summary(OperationTimes times, double seconds) {
    Map<String, Operation> operations = new LinkedHashMap<>();
    double[] inside = new double[1];
    times.totals().entrySet().stream()
        .sorted(Comparator.comparingDouble(e -> -e.getValue().seconds()))
        .forEach(
            entry -> {
              double spent = entry.getValue().seconds();
              inside[0] += spent;
              operations.put(
                  entry.getKey(),
                  new Operation(
                      1e3 * spent / STEPS,
                      spent / seconds,
                      (double) entry.getValue().calls() / STEPS));
            });
    return new StepProfile(1e3 * seconds / STEPS, operations, 1 - inside[0] / seconds);
  }

  /** Share of the step by operation, without those that consist of matrix products. */
  Map<String, Double> rest() {
    Map<String, Double> rest = new LinkedHashMap<>();
    operations.forEach(
        (name, operation) -> {
          if (!PRODUCTS.contains(name)) {
            rest.put(name, operation.share());
          }
        });
    rest.put("outside_operations", outsideOperations);
    return rest;
  }
}
