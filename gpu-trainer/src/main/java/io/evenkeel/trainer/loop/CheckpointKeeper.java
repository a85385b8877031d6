package io.evenkeel.trainer.loop;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.trainer.checkpoint.Checkpoint;
import io.evenkeel.trainer.checkpoint.CheckpointException;
import io.evenkeel.trainer.checkpoint.Fingerprint;
import io.evenkeel.trainer.checkpoint.Manifest;
import io.evenkeel.trainer.checkpoint.Manifest.Kind;
import io.evenkeel.trainer.checkpoint.RunFolder;
import io.evenkeel.trainer.checkpoint.TrainingState;
import io.evenkeel.trainer.control.KnobBoard;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Saves the state of a run to its folder, and takes it back from there. */
public final class CheckpointKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointKeeper.class);

  private final RunFolder folder;
  private final Identity identity;
  private final RankTeam team;
  private final KnobBoard knobs;

  /**
   * What a checkpoint must agree with.
   *
   * @param run id
   * @param seed of the batches
   * @param model sizes and constants, by name
   * @param course all else that the weights depend on, by name
   */
  public record Identity(
      String run, long seed, Map<String, String> model, Map<String, String> course) {}

  /** Of a run's folder. */
  public CheckpointKeeper(RunFolder folder, Identity identity, RankTeam team, KnobBoard knobs) {
    this.folder = folder;
    this.identity = identity;
    this.team = team;
    this.knobs = knobs;
  }

  /** Writes the state between two steps. */
  Checkpoint save(RunPosition position) throws IOException {
    return folder.save(manifest(position), state());
  }

  private Manifest manifest(RunPosition position) {
    return new Manifest(
        identity.run(),
        position.incarnation(),
        position.step(),
        team.leader().optimizer().updates(),
        knobs.snapshot(),
        knobs.commanded(),
        new Manifest.DataPosition(identity.seed(), position.passedOver()),
        team.leader().ops().name(),
        TrainingState.precision(team.leader().ops()),
        identity.model(),
        identity.course(),
        position.lineage());
  }

  private TrainingState state() {
    return new TrainingState(team.leader().ops(), team.leader().state(), team.leader().optimizer());
  }

  /**
   * Takes the newest checkpoint that is whole back into all replicas and knobs.
   *
   * @param incarnation the one that now begins
   * @return where to go on; empty when there is no checkpoint at all
   * @throws IOException when there are checkpoints and none can be used: to start over in silence
   *     would overwrite what may be worth saving
   */
  public Optional<RunPosition> resume(int incarnation) throws IOException {
    boolean any = false;
    for (Checkpoint checkpoint : folder.checkpoints()) {
      any = true;
      List<String> strange = modelDifferences(checkpoint);
      if (!strange.isEmpty()) {
        throw new CheckpointMismatchException(
            checkpoint.tensors() + " is of another model: " + String.join("; ", strange));
      }
      try {
        RunPosition position = load(checkpoint, incarnation, Kind.RESUMED, 0);
        knobs.restore(checkpoint.manifest().knobs(), checkpoint.manifest().commanded());
        warnOfDifferences(checkpoint.manifest());
        return Optional.of(position);
      } catch (CheckpointException e) {
        LOG.warn("{}", ErrorId.TRAINER_CHECKPOINT.line(e.getMessage() + "."));
      }
    }
    if (any || folder.hasTensors()) {
      throw new IOException(
          "no checkpoint of " + identity.run() + " can be used; --resume never starts it over");
    }
    return Optional.empty();
  }

  /** What else the weights depend on: resuming goes on, but not bit for bit. */
  private void warnOfDifferences(Manifest then) {
    List<String> differences =
        new ArrayList<>(Fingerprint.differences(identity.course(), then.course()));
    String backend = team.leader().ops().name();
    String precision = TrainingState.precision(team.leader().ops());
    if (!backend.equals(then.backend())) {
      differences.add("backend " + backend + ", not " + then.backend());
    }
    if (!precision.equals(then.precision())) {
      differences.add("precision " + precision + ", not " + then.precision());
    }
    if (!differences.isEmpty()) {
      LOG.warn("{}", ErrorId.TRAINER_CHECKPOINT_COURSE.line(String.join("; ", differences) + "."));
    }
  }

  private List<String> modelDifferences(Checkpoint checkpoint) {
    return Fingerprint.differences(identity.model(), checkpoint.manifest().model());
  }

  /** The newest whole checkpoint of this model at or before a step. */
  Optional<Checkpoint> newest(long atMost) throws IOException {
    return folder.checkpoints().stream()
        .filter(checkpoint -> checkpoint.manifest().nextStep() <= atMost)
        .filter(checkpoint -> modelDifferences(checkpoint).isEmpty())
        .findFirst();
  }

  /**
   * Goes back to a checkpoint, as the next incarnation, of which it becomes the first checkpoint:
   * should the process be killed now, what was left behind is not taken up again. Where that first
   * checkpoint cannot be written the run goes on from there all the same, since its weights are
   * back already.
   *
   * @param passOver batches to leave out from now on
   */
  RunPosition rollBack(Checkpoint checkpoint, RunPosition from, long passOver) throws IOException {
    RunPosition position = load(checkpoint, from.incarnation() + 1, Kind.ROLLED_BACK, passOver);
    knobs.rollBack(checkpoint.manifest().knobs(), position.step());
    try {
      folder.record(new RunFolder.Entry(position.incarnation(), RunFolder.Standing.RUNNING));
      save(position);
    } catch (IOException e) {
      LOG.error(
          "{}",
          ErrorId.TRAINER_CHECKPOINT.line(
              "The first checkpoint after the rollback to step " + position.step() + ": " + e));
    }
    return position;
  }

  private RunPosition load(Checkpoint checkpoint, int incarnation, Kind kind, long passOver)
      throws IOException {
    Manifest manifest = checkpoint.manifest();
    state().load(checkpoint);
    team.shareLeader();
    return new RunPosition(
        incarnation,
        manifest.nextStep(),
        manifest.data().passedOver() + passOver,
        manifest.lineageOf(kind, 1));
  }
}
