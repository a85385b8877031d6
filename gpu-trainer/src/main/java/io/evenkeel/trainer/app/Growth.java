package io.evenkeel.trainer.app;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.trainer.checkpoint.Checkpoint;
import io.evenkeel.trainer.checkpoint.Fingerprint;
import io.evenkeel.trainer.checkpoint.Manifest.Kind;
import io.evenkeel.trainer.checkpoint.TrainingState;
import io.evenkeel.trainer.loop.RankTeam;
import io.evenkeel.trainer.loop.Replica;
import io.evenkeel.trainer.loop.RunPosition;
import io.evenkeel.trainer.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A run that begins with the stacked layers of another's checkpoint. FORMULAS.md section 7. The
 * optimiser begins anew, with its warm-up.
 *
 * @param source the checkpoint that grows
 * @param layers L, of its model
 * @param times r, so that the run's model has r*L layers
 */
record Growth(Checkpoint source, int layers, int times) {

  /** What the options ask for; empty when the run does not grow. */
  static Optional<Growth> of(TrainOptions options) throws IOException, UnusableException {
    Optional<Path> from = options.growFrom();
    if (from.isEmpty()) {
      return Optional.empty();
    }
    if (options.times < 1) {
      throw new IllegalArgumentException("--times must be at least 1, not " + options.times);
    }
    Checkpoint source = Checkpoint.at(from.get());
    try {
      int layers = Integer.parseInt(source.manifest().model().getOrDefault("layers", ""));
      return Optional.of(new Growth(source, layers, options.times));
    } catch (NumberFormatException e) {
      throw new UnusableException(
          ErrorId.TRAINER_CHECKPOINT_MODEL, from.get() + " does not say how many layers it has.");
    }
  }

  /**
   * The grown model of a configuration, which may say L layers or r*L.
   *
   * @throws UnusableException when the checkpoint is of another model
   */
  ModelConfig grown(ModelConfig model) throws UnusableException {
    ModelConfig before = model.withLayers(layers);
    List<String> differences =
        Fingerprint.differences(Fingerprint.of(before, Set.of()), source.manifest().model());
    if (!differences.isEmpty()) {
      throw new UnusableException(
          ErrorId.TRAINER_CHECKPOINT_MODEL,
          source.tensors() + ": " + String.join("; ", differences) + ".");
    }
    return model.withLayers(Math.multiplyExact(layers, times));
  }

  /** Fills all replicas; where the new run begins. */
  RunPosition begin(RankTeam team, int incarnation) throws IOException {
    Replica leader = team.leader();
    new TrainingState(leader.ops(), leader.state(), leader.optimizer()).stack(source, layers);
    team.shareLeader();
    return new RunPosition(incarnation, 0, 0, source.manifest().lineageOf(Kind.GROWN, times));
  }

  /** For the run's declaration. */
  Map<String, String> labels() {
    return Map.of(
        "grown_from",
        "%s/%d/%d"
            .formatted(
                source.manifest().run(),
                source.manifest().incarnation(),
                source.manifest().nextStep()),
        "grown_times",
        Integer.toString(times));
  }
}
