package io.evenkeel.trainer.model;

import java.util.Optional;

/**
 * Trained numbers of a model by what they belong to, in long arithmetic: also of models that are
 * too large to be made.
 *
 * @param embedding V d
 * @param head V d
 * @param attention both attentions of all layers
 * @param dense both dense blocks of all layers
 * @param expert one FFN expert
 * @param ffnExperts FFN experts of all layers together
 * @param routers of all layers
 * @param norms of all layers and the final one
 */
public record ParameterPlan(
    long embedding,
    long head,
    long attention,
    long dense,
    long expert,
    long ffnExperts,
    long routers,
    long norms) {

  /** Of the model as the trainer makes it. */
  public static ParameterPlan of(ModelConfig model) {
    return of(model, Optional.empty());
  }

  /** Of the model, perhaps with another attention than the trainer's. */
  public static ParameterPlan of(ModelConfig model, Optional<LatentAttention> latent) {
    long d = model.width();
    long layers = model.layers();
    long vocabulary = model.vocabulary();
    long one = latent.map(l -> l.parameters(d, model.heads())).orElse(4 * d * d);
    return new ParameterPlan(
        vocabulary * d,
        vocabulary * d,
        2 * layers * one,
        2 * layers * 3 * d * model.denseHidden(),
        3 * d * model.expertHidden(),
        layers * model.ffnExperts(),
        layers * model.routing().experts() * d,
        layers * 4 * d + d);
  }

  /** All of them. */
  public long total() {
    return alwaysActive() + embedding + ffnExperts * expert;
  }

  /**
   * What every token goes through: all but the embedding, of which it reads one row, and the FFN
   * experts.
   */
  public long alwaysActive() {
    return head + attention + dense + routers + norms;
  }

  /**
   * What a token goes through that is sent to so many FFN experts in every layer.
   *
   * @param layers L
   * @param perLayer FFN experts a layer, on average
   */
  public double active(int layers, double perLayer) {
    return alwaysActive() + perLayer * layers * expert;
  }

  /** Least active: as many zero experts as can be chosen are. */
  public double activeLeast(ModelConfig model) {
    return active(model.layers(), model.topK() - Math.min(model.topK(), model.zeroExperts()));
  }

  /** Active at the target K_e. */
  public double activeMean(ModelConfig model) {
    return active(model.layers(), model.ffnExpertsTarget());
  }

  /** Most active: no zero expert is chosen. */
  public double activeMost(ModelConfig model) {
    return active(model.layers(), Math.min(model.topK(), model.ffnExperts()));
  }
}
