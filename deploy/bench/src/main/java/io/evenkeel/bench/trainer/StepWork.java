package io.evenkeel.bench.trainer;

import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.model.ModelConfig;
import java.util.List;

/** The matrix products of a step, and their work. A multiplication and an addition count as two. */
final class StepWork {
  /** Forward, and twice as much backward. */
  private static final int PASSES = 3;

  private final TrainerConfig config;

  StepWork(TrainerConfig config) {
    this.config = config;
  }

  /**
   * Products of one shape: {@code y [rows,out] = x [rows,in] W^T}.
   *
   * @param count of them in a forward pass
   */
  record Product(int rows, int in, int out, int count) {
    /** Of all of them, in a forward pass. */
    double forward() {
      return 2.0 * rows * in * out * count;
    }
  }

  /** Every linear map of a forward pass; experts with the tokens that they get on average. */
  List<Product> products() {
    ModelConfig m = config.model();
    int tokens = config.tokens();
    int layers = m.layers();
    int routed = (int) Math.round(tokens * m.ffnExpertsTarget() / m.ffnExperts());
    return List.of(
        new Product(tokens, m.width(), m.width(), 8 * layers),
        new Product(tokens, m.width(), m.denseHidden(), 4 * layers),
        new Product(tokens, m.denseHidden(), m.width(), 2 * layers),
        new Product(tokens, m.width(), m.routing().experts(), layers),
        new Product(routed, m.width(), m.expertHidden(), 2 * m.ffnExperts() * layers),
        new Product(routed, m.expertHidden(), m.width(), m.ffnExperts() * layers),
        new Product(tokens, m.width(), m.vocabulary(), 1));
  }

  /** Of a whole step: linear maps, and attention below the diagonal. */
  double flop() {
    double forward = products().stream().mapToDouble(Product::forward).sum();
    // Scores and the weighted sum, two attentions a layer, (S+1)/2 keys a query on average.
    double keys = (config.length() + 1) / 2.0;
    double attention =
        2.0 * 2 * 2 * config.model().layers() * config.tokens() * keys * config.model().width();
    return PASSES * (forward + attention);
  }
}
