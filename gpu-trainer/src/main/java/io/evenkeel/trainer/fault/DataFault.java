package io.evenkeel.trainer.fault;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.trainer.data.Mix;
import java.util.List;

/** Wrong batches. */
public sealed interface DataFault extends Fault {
  /**
   * Every symbol, inputs and targets, is uniform noise over the vocabulary.
   *
   * @param range of steps
   */
  record NoiseBatch(StepRange range) implements DataFault {
    @Override
    public String kind() {
      return "noise_batch";
    }

    @Override
    public String describe() {
      return "batches of noise, " + range;
    }
  }

  /**
   * Domains drawn in other proportions.
   *
   * @param weights one a domain of the data
   * @param range of steps
   */
  record ShiftedMix(List<Double> weights, StepRange range) implements DataFault {
    /** Checks the weights. */
    public ShiftedMix {
      weights = List.copyOf(weights);
      try {
        Mix.of(weights);
      } catch (IllegalArgumentException e) {
        throw new FaultException(
            ErrorId.TRAINER_FAULT_VALUE, "weights", String.valueOf(e.getMessage()));
      }
    }

    @Override
    public String kind() {
      return "data_mix";
    }

    @Override
    public String describe() {
      return "data mix " + weights + ", " + range;
    }
  }
}
