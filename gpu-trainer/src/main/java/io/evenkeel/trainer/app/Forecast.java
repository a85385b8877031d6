package io.evenkeel.trainer.app;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.trainer.config.PlanReport;
import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.model.MemoryPlan;
import io.evenkeel.trainer.ops.TensorOps;
import java.io.PrintWriter;
import java.util.Optional;

/** What a run will take of memory and arithmetic, before its tensors are allocated. */
final class Forecast {
  private Forecast() {}

  /** Prints the whole plan. */
  static void print(
      TrainOptions options, TrainerConfig config, Arrangement arrangement, PrintWriter out)
      throws UnusableException {
    PlanReport report = report(config, arrangement, traits(options, config));
    report.lines().forEach(out::println);
    report
        .obstacle(Long.MAX_VALUE, arrangement.ranks())
        .ifPresent(why -> out.println("It cannot be trained here: " + why + "."));
    out.flush();
  }

  /**
   * Plans instead of training what cannot be trained here: prints the plan, and tells why.
   *
   * @throws UnusableException when the configuration cannot be trained
   */
  static void requireTrainable(
      TrainOptions options, TrainerConfig config, Arrangement arrangement, PrintWriter out)
      throws UnusableException {
    PlanReport onDevice = report(config, arrangement, MemoryPlan.Traits.device());
    Optional<String> obstacle = onDevice.obstacle(Long.MAX_VALUE, arrangement.ranks());
    boolean onTheHeap = options.backend == Backends.CPU || options.backend == Backends.REFERENCE;
    if (obstacle.isEmpty() && onTheHeap) {
      obstacle =
          report(config, arrangement, traits(options, config))
              .obstacle(Runtime.getRuntime().maxMemory(), arrangement.ranks());
    }
    if (obstacle.isPresent()) {
      onDevice.lines().forEach(out::println);
      out.flush();
      throw new UnusableException(
          ErrorId.TRAINER_CONFIG, config.name() + " cannot be trained: " + obstacle.get() + ".");
    }
  }

  /** Those of the backend that was asked for, or of a device when no backend here could hold it. */
  private static MemoryPlan.Traits traits(TrainOptions options, TrainerConfig config)
      throws UnusableException {
    if (config.latentAttention().isPresent()) {
      return MemoryPlan.Traits.device();
    }
    try (TensorOps ops = options.backend.create(1)) {
      return MemoryPlan.Traits.of(ops);
    }
  }

  /**
   * Bytes that a rank needs on a device.
   *
   * @throws UnusableException when no backend can train the configuration
   */
  static long deviceBytes(TrainerConfig config, Arrangement arrangement) throws UnusableException {
    PlanReport report = report(config, arrangement, MemoryPlan.Traits.device());
    Optional<String> obstacle = report.obstacle(Long.MAX_VALUE, arrangement.ranks());
    if (obstacle.isPresent()) {
      throw new UnusableException(
          ErrorId.TRAINER_CONFIG, config.name() + " cannot be trained: " + obstacle.get() + ".");
    }
    return report.memory().total();
  }

  /** Bytes that rank 0 needs on a backend. */
  static long bytes(TrainerConfig config, Arrangement arrangement, TensorOps ops) {
    return report(config, arrangement, MemoryPlan.Traits.of(ops)).memory().total();
  }

  private static PlanReport report(
      TrainerConfig config, Arrangement arrangement, MemoryPlan.Traits traits) {
    return new PlanReport(config, arrangement.ranks(), arrangement.accumulation(), traits);
  }
}
