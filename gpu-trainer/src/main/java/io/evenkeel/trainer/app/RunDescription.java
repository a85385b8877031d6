package io.evenkeel.trainer.app;

import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.model.ModelConfig;
import io.evenkeel.trainer.optim.OptimizerSettings;
import java.util.HashMap;
import java.util.Map;

/** A configuration in words, for people who look at the run. */
final class RunDescription {
  private RunDescription() {}

  static Map<String, String> model(TrainerConfig config, Arrangement arrangement) {
    ModelConfig model = config.model();
    Map<String, String> words = new HashMap<>();
    words.put("ranks", Integer.toString(arrangement.ranks()));
    words.put("accumulation", Integer.toString(arrangement.accumulation()));
    words.putAll(
        Map.of(
            "width", Integer.toString(model.width()),
            "heads", Integer.toString(model.heads()),
            "expert_hidden", Integer.toString(model.expertHidden()),
            "dense_hidden", Integer.toString(model.denseHidden()),
            "gamma", Double.toString(model.gamma()),
            "parameters", Long.toString(model.parameterCount()),
            "sequences", Integer.toString(config.sequences()),
            "sequence_length", Integer.toString(config.length()),
            "seed", Long.toString(config.training().seed())));
    return words;
  }

  static Map<String, String> optimizer(TrainerConfig config) {
    OptimizerSettings optimizer = config.optimizer();
    return Map.of(
        "kind", "adamw",
        "learning_rate", Double.toString(optimizer.learningRate()),
        "warm_up_steps", Long.toString(config.schedule().warmUpSteps()),
        "beta1", Double.toString(optimizer.beta1()),
        "beta2", Double.toString(optimizer.beta2()),
        "epsilon", Double.toString(optimizer.epsilon()),
        "weight_decay", Double.toString(optimizer.weightDecay()));
  }
}
