package io.evenkeel.testing;

import io.evenkeel.contract.run.Fallback;
import io.evenkeel.contract.run.KnobDeclaration;
import io.evenkeel.contract.run.Knobs;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.run.RunStatus;
import java.util.List;
import java.util.Map;

/** The declaration of a synthetic run. */
final class RunSpecs {

  private RunSpecs() {}

  static RunSpec of(TrainingRuns settings) {
    return new RunSpec(
        settings.run,
        settings.incarnation,
        "synthetic " + settings.run,
        RunStatus.RUNNING,
        settings.start,
        null,
        settings.ranks,
        0,
        10_000,
        Map.of("d", Integer.toString(settings.width), "kind", "synthetic"),
        Map.of("kind", "adamw", "lr", "3e-3"),
        settings.shape(),
        knobs(settings),
        List.of("save_checkpoint", "skip_update", "roll_back", "pause", "resume"),
        30_000,
        Map.of("team", "tests"));
  }

  private static List<KnobDeclaration> knobs(TrainingRuns settings) {
    return List.of(
        knob(Knobs.LOAD_BALANCE_ALPHA, 0, 100, settings.alphaAt(0), settings.alpha, 2, 5),
        knob(Knobs.EXPERT_BIAS_MU, 0, 1, 0.02, 0.02, 2, 10),
        knob(Knobs.EXPERT_BIAS_MU_DECAY, 0.9, 1, 1, 1, 1.1, 10),
        knob(Knobs.HIDDEN_Z_LAMBDA, 0, 1e-2, 1e-5, 1e-5, 10, 10),
        knob(Knobs.ADAM_EPSILON, 1e-20, 1e-3, settings.epsilon, settings.epsilon, 1e4, 10),
        knob(Knobs.LEARNING_RATE_SCALE, 0.01, 1, 1, 1, 10, 5),
        knob(Knobs.GRADIENT_CLIP_NORM, 0.1, 10, 1, 1, 2, 5));
  }

  private static KnobDeclaration knob(
      String name,
      double minimum,
      double maximum,
      double initial,
      double baseline,
      double maxFactor,
      int cooldownSteps) {
    return new KnobDeclaration(
        name,
        "",
        minimum,
        maximum,
        initial,
        baseline,
        maxFactor,
        cooldownSteps,
        120,
        name.equals(Knobs.LEARNING_RATE_SCALE) ? Fallback.BASELINE : Fallback.HOLD,
        "");
  }
}
