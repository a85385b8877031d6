package io.evenkeel.trainer.model;

import io.evenkeel.trainer.layer.Parameter;
import io.evenkeel.trainer.ops.TensorMemory;
import java.util.random.RandomGenerator;

/**
 * Random initial weights: matrices with standard deviation 1/sqrt(fan-in), gains 1, biases 0. Not
 * part of FORMULAS.md: goldens carry their parameters.
 *
 * @param embedStandardDeviation of the embedding's rows
 * @param routerScale factor of the router's standard deviation
 */
public record Initializer(double embedStandardDeviation, double routerScale) {
  /** The same with another factor of the router's standard deviation. */
  public Initializer withRouterScale(double scale) {
    return new Initializer(embedStandardDeviation, scale);
  }

  /** The same with another standard deviation of the embedding's rows. */
  public Initializer withEmbedStandardDeviation(double deviation) {
    return new Initializer(deviation, routerScale);
  }

  /** Fills every parameter in canonical order. */
  public void fill(ModelState state, TensorMemory memory, RandomGenerator random) {
    for (Parameter parameter : state.parameters()) {
      double[] values = new double[parameter.value().shape().size()];
      double deviation = standardDeviation(parameter);
      for (int i = 0; i < values.length; i++) {
        values[i] = deviation == 0 ? 1 : deviation * random.nextGaussian();
      }
      memory.write(parameter.value(), values);
    }
  }

  /** 0 for gains, which are all 1. */
  private double standardDeviation(Parameter parameter) {
    if (parameter.value().shape().rank() == 1) {
      return 0;
    }
    if (parameter.name().equals("embed")) {
      return embedStandardDeviation;
    }
    double fanIn = 1 / Math.sqrt(parameter.value().shape().last());
    return parameter.name().endsWith("router") ? routerScale * fanIn : fanIn;
  }
}
