package io.evenkeel.trainer.fault;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.trainer.model.Initializer;
import io.evenkeel.trainer.model.ModelConfig;
import io.evenkeel.trainer.model.ModelState;
import io.evenkeel.trainer.ops.TensorMemory;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.SplittableRandom;

/** A model that starts out wrong. */
public sealed interface InitialFault extends Fault {
  @Override
  default StepRange range() {
    return StepRange.at(0);
  }

  /** The model's constants with this fault. */
  default ModelConfig model(ModelConfig model) {
    return model;
  }

  /** The initialiser with this fault. */
  default Initializer initializer(Initializer initializer) {
    return initializer;
  }

  /** Changes weights that have just been filled. */
  default void strike(ModelState state, TensorMemory memory, long seed) {}

  /**
   * The router's standard deviation times a factor.
   *
   * @param factor greater than 0
   */
  record RouterScale(double factor) implements InitialFault {
    /** Checks the factor. */
    public RouterScale {
      requirePositive("factor", factor);
    }

    @Override
    public String kind() {
      return "router_init";
    }

    @Override
    public String describe() {
      return "router initialised " + factor + " times too large";
    }

    @Override
    public Initializer initializer(Initializer initializer) {
      return initializer.withRouterScale(initializer.routerScale() * factor);
    }
  }

  /**
   * Another standard deviation of the embedding.
   *
   * @param std greater than 0
   */
  record EmbeddingScale(double std) implements InitialFault {
    /** Checks the deviation. */
    public EmbeddingScale {
      requirePositive("std", std);
    }

    @Override
    public String kind() {
      return "embed_init";
    }

    @Override
    public String describe() {
      return "embedding initialised with standard deviation " + std;
    }

    @Override
    public Initializer initializer(Initializer initializer) {
      return initializer.withEmbedStandardDeviation(std);
    }
  }

  /**
   * Another gamma, for the whole run.
   *
   * @param value greater than 0
   */
  record Gamma(double value) implements InitialFault {
    /** Checks the value. */
    public Gamma {
      requirePositive("value", value);
    }

    @Override
    public String kind() {
      return "gamma";
    }

    @Override
    public String describe() {
      return "gamma = " + value;
    }

    @Override
    public ModelConfig model(ModelConfig model) {
      return model.withGamma(value);
    }
  }

  /**
   * One random vector added to the embedding of many symbols: an anisotropic start, in which all
   * tokens prefer the same experts.
   *
   * @param std of each component, greater than 0
   * @param symbols the vector is added to symbols 0 to this less one; at least 1
   */
  record CommonOffset(double std, int symbols) implements InitialFault {
    /** Checks the values. */
    public CommonOffset {
      requirePositive("std", std);
      if (symbols < 1) {
        throw new FaultException(
            ErrorId.TRAINER_FAULT_VALUE, "symbols", "must be at least 1, not " + symbols);
      }
    }

    @Override
    public String kind() {
      return "common_offset";
    }

    @Override
    public String describe() {
      return "a common vector of standard deviation "
          + std
          + " added to the embedding of "
          + symbols
          + " symbols";
    }

    @Override
    public void requireFits(ModelConfig model) {
      if (symbols > model.vocabulary()) {
        throw new FaultException(
            ErrorId.TRAINER_FAULT_TENSOR,
            "symbols",
            "must be at most " + model.vocabulary() + ", the vocabulary, not " + symbols);
      }
    }

    @Override
    public void strike(ModelState state, TensorMemory memory, long seed) {
      Tensor embedding = state.parameter("embed").value();
      double[] rows = memory.toArray(embedding);
      int width = embedding.shape().last();
      SplittableRandom random = new SplittableRandom(~seed);
      double[] offset = new double[width];
      for (int i = 0; i < width; i++) {
        offset[i] = std * random.nextGaussian();
      }
      for (int i = 0; i < symbols * width; i++) {
        rows[i] += offset[i % width];
      }
      memory.write(embedding, rows);
    }
  }

  private static void requirePositive(String field, double value) {
    if (!(value > 0 && Double.isFinite(value))) {
      throw new FaultException(
          ErrorId.TRAINER_FAULT_VALUE, field, "must be finite and greater than 0, not " + value);
    }
  }
}
