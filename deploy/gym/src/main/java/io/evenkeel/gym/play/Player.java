package io.evenkeel.gym.play;

import io.evenkeel.trainer.app.ReplicaFactory;
import io.evenkeel.trainer.checkpoint.Fingerprint;
import io.evenkeel.trainer.checkpoint.RunFolder;
import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.control.KnobBoard;
import io.evenkeel.trainer.data.Batch;
import io.evenkeel.trainer.data.Batches;
import io.evenkeel.trainer.data.Corpus;
import io.evenkeel.trainer.data.DataSource;
import io.evenkeel.trainer.data.Drawing;
import io.evenkeel.trainer.fault.FaultyBatches;
import io.evenkeel.trainer.layer.Stopwatch;
import io.evenkeel.trainer.loop.CheckpointKeeper;
import io.evenkeel.trainer.loop.RankTeam;
import io.evenkeel.trainer.loop.RunPosition;
import io.evenkeel.trainer.loop.StopRequest;
import io.evenkeel.trainer.loop.TrainingLoop;
import io.evenkeel.trainer.model.Transformer;
import io.evenkeel.trainer.ops.cpu.CpuTensorOps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Plays runs. Each play is the calling thread's own; players may be used side by side. */
public final class Player {
  private static final String RUN = "gym";
  private static final int HELD_OUT_BATCHES = 12;
  private static final int HELD_OUT_SEQUENCES = 8;

  /** Looks at the held-out loss, so many steps apart, the last at the end. */
  private static final int LOOKS = 3;

  private static final int LOOKS_APART = 10;

  private Player() {}

  /**
   * Plays a run to its end.
   *
   * @throws PlayException when it cannot be
   */
  public static Played play(Play play) throws PlayException {
    TrainerConfig config = play.config();
    TrainerConfig faulty = config.withModel(config.faults().model(config.model()));
    try {
      Path scratch = Files.createTempDirectory("evenkeel-gym");
      try (RankTeam team =
          RankTeam.open(
              play.ranks(),
              rank ->
                  ReplicaFactory.replica(
                      rank, CpuTensorOps.create(1), faulty, faulty.accumulation()),
              System::nanoTime)) {
        return play(play, faulty, team, scratch);
      } finally {
        delete(scratch);
      }
    } catch (IOException e) {
      throw new PlayException(e + ".");
    }
  }

  private static Played play(Play play, TrainerConfig config, RankTeam team, Path scratch)
      throws IOException, PlayException {
    DataSource source = config.data().open(config.model().vocabulary());
    KnobBoard knobs = new KnobBoard(config, Map.of());
    VirtualTime time = new VirtualTime(config.faults(), play.ranks(), config.training().seed());
    StopRequest stop = new StopRequest();
    Optional<CheckpointKeeper> keeper =
        play.hand() == Hand.ON
            ? Optional.of(
                new CheckpointKeeper(
                    RunFolder.open(scratch, RUN), identity(config, play.ranks()), team, knobs))
            : Optional.empty();
    Witness witness =
        new Witness(
            new Declaration(RUN, config, play.ranks(), knobs, TrainingLoop.actions(keeper)),
            time,
            stop,
            play.hand(),
            play.outage());
    TrainingLoop loop =
        new TrainingLoop(
            parts(play, config, team, source, knobs, keeper, witness),
            RunPosition.start(0),
            new TrainingLoop.Timing(time, time::nanoTime, time::pass, 0));
    witness.begins();
    double heldOut = train(loop, config.training().steps(), stop);
    if (stop.requested()) {
      throw new PlayException("Roll-backs keep " + config.name() + " from reaching its last step.");
    }
    return witness.played(heldOut);
  }

  /** Mean held-out loss of the last few looks. */
  private static double train(TrainingLoop loop, long steps, StopRequest stop) {
    double sum = 0;
    for (int look = LOOKS - 1; look >= 0; look--) {
      loop.run(Math.max(0, steps - (long) look * LOOKS_APART), stop);
      sum += loop.validate();
    }
    return sum / LOOKS;
  }

  private static TrainingLoop.Parts parts(
      Play play,
      TrainerConfig config,
      RankTeam team,
      DataSource source,
      KnobBoard knobs,
      Optional<CheckpointKeeper> keeper,
      Witness witness) {
    Batches training =
        new FaultyBatches(
            config.faults(),
            source,
            drawing(config, Corpus.Part.TRAINING, config.sequences()),
            config.model().vocabulary(),
            play.ranks() * config.accumulation());
    int sequences = Math.min(HELD_OUT_SEQUENCES, config.sequences());
    Batches heldOut = source.batches(drawing(config, Corpus.Part.HELD_OUT, sequences));
    List<Batch> validation = new ArrayList<>();
    for (int index = 0; index < HELD_OUT_BATCHES; index++) {
      validation.add(heldOut.batch(index));
    }
    return new TrainingLoop.Parts(
        RUN,
        course(config),
        team,
        training::batch,
        new Transformer(
            team.leader().ops(),
            team.leader().state(),
            sequences,
            config.length(),
            new Stopwatch(System::nanoTime)),
        validation,
        knobs,
        config.faults(),
        witness.publisher(),
        witness.commands(),
        keeper,
        witness);
  }

  private static TrainingLoop.Course course(TrainerConfig config) {
    TrainerConfig.Training training = config.training();
    return new TrainingLoop.Course(
        config.accumulation(),
        training.checkpointEvery(),
        training.probeEvery(),
        training.exactEvery(),
        0,
        training.leaseMillis());
  }

  private static Drawing drawing(TrainerConfig config, Corpus.Part part, int sequences) {
    return new Drawing(part, sequences, config.length(), config.training().seed());
  }

  private static CheckpointKeeper.Identity identity(TrainerConfig config, int ranks) {
    Map<String, String> course = Fingerprint.of(config, TrainerConfig.NOT_IN_THE_WEIGHTS);
    course.put("ranks", Integer.toString(ranks));
    return new CheckpointKeeper.Identity(
        RUN, config.training().seed(), Fingerprint.of(config.model(), Set.of()), course);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
