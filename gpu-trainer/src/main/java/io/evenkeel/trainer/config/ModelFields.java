package io.evenkeel.trainer.config;

import io.evenkeel.trainer.model.LatentAttention;
import io.evenkeel.trainer.model.ModelConfig;
import io.evenkeel.trainer.signal.GammaAlignment;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The fields of {@code model:}, read one by one, and only then taken together. */
record ModelFields(
    int vocabulary,
    int width,
    int heads,
    int layers,
    int ffnExperts,
    int zeroExperts,
    int topK,
    double ffnExpertsTarget,
    int groups,
    int expertHidden,
    int denseHidden,
    double gamma,
    double rmsEpsilon,
    double ropeBase,
    double activationThreshold) {
  private static final int BYTES = 256;
  private static final int MANY = 65_536;

  static ModelFields read(Section model) {
    return new ModelFields(
        model.small("vocabulary", 2, 16_777_216, BYTES),
        model.small("width", 2, 65_536),
        model.small("heads", 1, 1024),
        model.small("layers", 1, 1024),
        model.small("ffn_experts", 1, 4096),
        model.small("zero_experts", 0, 4096),
        model.small("top_k", 1, 4096),
        model.number("ffn_experts_target", 1e-3, 4096),
        model.small("groups", 1, 4096),
        model.small("expert_hidden", 1, 1_000_000),
        model.small("dense_hidden", 1, 1_000_000),
        gamma(model),
        model.number("rms_epsilon", 0, 0.1),
        model.number("rope_base", 1.5, 1e9),
        model.number("activation_threshold", 1e-3, 1e9));
  }

  /** A number, or {@code auto}: what splitting every expert into gamma_split finer ones needs. */
  private static double gamma(Section model) {
    boolean automatic = model.raw("gamma").asText().equals("auto");
    double split = model.number("gamma_split", 1, 1024, 1);
    return automatic ? GammaAlignment.analytic(split) : model.number("gamma", 1e-3, 1e3);
  }

  /** Sizes of an attention that can only be planned. */
  static Optional<LatentAttention> latentAttention(Section model) {
    if (!model.has("latent_attention")) {
      return Optional.empty();
    }
    Section latent = model.section("latent_attention");
    LatentAttention sizes =
        new LatentAttention(
            latent.small("query_rank", 1, MANY),
            latent.small("key_value_rank", 1, MANY),
            latent.small("content_width", 1, MANY),
            latent.small("rotary_width", 0, MANY),
            latent.small("value_width", 1, MANY));
    latent.end();
    return Optional.of(sizes);
  }

  /** The model; null, with the reason among the problems, when the fields do not go together. */
  @Nullable ModelConfig build(Problems problems) {
    try {
      return new ModelConfig(
          vocabulary,
          width,
          heads,
          layers,
          ffnExperts,
          zeroExperts,
          topK,
          ffnExpertsTarget,
          groups,
          expertHidden,
          denseHidden,
          gamma,
          rmsEpsilon,
          ropeBase,
          activationThreshold);
    } catch (IllegalArgumentException e) {
      problems.add("model: " + e.getMessage());
      return null;
    }
  }
}
