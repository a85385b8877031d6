package io.evenkeel.trainer.config;

import io.evenkeel.trainer.optim.LearningRateSchedule;
import io.evenkeel.trainer.optim.OptimizerSettings;
import io.evenkeel.trainer.optim.WidthTransfer;

/** Reads {@code optimizer:} and {@code transfer:}. */
final class OptimizerReader {
  private static final int MANY = 1_000_000;
  private static final long MANY_STEPS = 1_000_000_000_000L;

  private OptimizerReader() {}

  private enum Course {
    CONSTANT,
    COSINE,
    CONSTANT_WITH_DECAY
  }

  static OptimizerSettings settings(Section optimizer, Section balance) {
    return new OptimizerSettings(
        optimizer.number("learning_rate", 0, 10),
        optimizer.number("beta1", 0, 0.999_999),
        optimizer.number("beta2", 0, 0.999_999_9),
        optimizer.number("epsilon", 1e-20, 1e-2),
        optimizer.number("weight_decay", 0, 10),
        optimizer.number("clip_norm", 0, 1e6),
        balance.number("mu", 0, 1),
        balance.number("mu_decay", 0.5, 1));
  }

  static LearningRateSchedule schedule(Section optimizer, long steps) {
    int warmUp = optimizer.small("warm_up_steps", 0, MANY);
    if (!optimizer.has("schedule")) {
      return LearningRateSchedule.constant(warmUp);
    }
    Section section = optimizer.section("schedule");
    LearningRateSchedule.Course course =
        switch (section.choice("course", Course.class)) {
          case CONSTANT -> new LearningRateSchedule.Constant();
          case COSINE -> new LearningRateSchedule.Cosine(section.number("floor", 0, 1, 0.1));
          case CONSTANT_WITH_DECAY ->
              new LearningRateSchedule.ConstantWithDecay(
                  section.number("floor", 0, 1, 0), section.number("decay_share", 1e-6, 1, 0.2));
        };
    long horizon = section.integer("steps", 1, MANY_STEPS, steps);
    section.end();
    return new LearningRateSchedule(warmUp, course, horizon);
  }

  static WidthTransfer transfer(Section root) {
    if (!root.has("transfer")) {
      return WidthTransfer.none();
    }
    Section transfer = root.section("transfer");
    int proxyWidth = transfer.small("proxy_width", 2, 65_536);
    transfer.end();
    return WidthTransfer.from(proxyWidth);
  }
}
