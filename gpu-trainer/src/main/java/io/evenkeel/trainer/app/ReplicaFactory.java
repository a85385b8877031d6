package io.evenkeel.trainer.app;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.fault.FaultInjector;
import io.evenkeel.trainer.layer.Stopwatch;
import io.evenkeel.trainer.loop.RankException;
import io.evenkeel.trainer.loop.RankTeam;
import io.evenkeel.trainer.loop.Replica;
import io.evenkeel.trainer.model.ModelState;
import io.evenkeel.trainer.model.Transformer;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.ops.cuda.DeviceMemoryException;
import io.evenkeel.trainer.optim.AdamW;
import java.util.SplittableRandom;

/** Makes the replicas of a run, with random weights. */
public final class ReplicaFactory {
  private ReplicaFactory() {}

  /** A team for an arrangement; threads of matrix products are shared among the ranks. */
  static RankTeam open(TrainOptions options, TrainerConfig config, Arrangement arrangement)
      throws UnusableException {
    Backends.Options computing =
        new Backends.Options(
            Math.max(1, options.threads / arrangement.ranks()),
            options.precision,
            Forecast.deviceBytes(config, arrangement));
    try {
      return RankTeam.open(
          arrangement.ranks(),
          rank -> {
            TensorOps ops = options.backend.create(computing);
            try {
              return replica(rank, ops, config, arrangement.accumulation());
            } catch (RuntimeException | Error e) {
              ops.close();
              throw e;
            }
          },
          System::nanoTime);
    } catch (RankException e) {
      if (e.getCause() instanceof UnusableException unusable) {
        throw unusable;
      }
      throw e;
    } catch (DeviceMemoryException e) {
      throw new UnusableException(ErrorId.TRAINER_DEVICE_MEMORY, String.valueOf(e.getMessage()));
    }
  }

  /**
   * One rank's replica; that of rank 0 has the weights that the configuration's seed gives.
   *
   * @param ops backend, which the replica then owns
   * @param accumulation micro-batches that the rank takes a step
   */
  public static Replica replica(int rank, TensorOps ops, TrainerConfig config, int accumulation) {
    ModelState state = new ModelState(config.model(), ops.memory());
    if (rank == 0) {
      SplittableRandom random = new SplittableRandom(config.training().seed());
      config.faults().initializer(config.initializer()).fill(state, ops.memory(), random);
      new FaultInjector(config.faults(), state, ops.memory())
          .afterInitialization(config.training().seed());
    }
    Stopwatch telemetry = new Stopwatch(System::nanoTime);
    Transformer model =
        new Transformer(ops, state, config.sequences(), config.length(), accumulation, telemetry);
    return new Replica(
        rank, ops, model, new AdamW(ops, state, config.transfer()), telemetry, config.faults());
  }
}
