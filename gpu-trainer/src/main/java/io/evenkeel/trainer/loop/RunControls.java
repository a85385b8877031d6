package io.evenkeel.trainer.loop;

import io.evenkeel.contract.command.RunAction;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.trainer.checkpoint.Checkpoint;
import io.evenkeel.trainer.control.Refusal;
import io.evenkeel.trainer.control.RunActions;
import io.evenkeel.trainer.model.GradientMethod;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Carries out what the run is told, and remembers what it means for the next step. */
final class RunControls implements RunActions {
  private static final String STEP = "step";
  private static final String PASS_OVER = "pass_over";
  private static final String SEEN = "seen";
  private static final long MOST_PASSED_OVER = 1_000_000_000L;

  private final Optional<CheckpointKeeper> keeper;
  private final Consumer<RunPosition> rolledBack;
  private RunPosition position;
  private Pause pause = Pause.NONE;
  private StepOrder.Update update = StepOrder.Update.MADE;
  private GradientMethod method = GradientMethod.ONE_PASS;

  /** Whether steps are trained. */
  enum Pause {
    NONE,
    PAUSED
  }

  /**
   * At the start of a process.
   *
   * @param keeper of checkpoints; without one nothing can be saved or rolled back
   * @param rolledBack told of each new incarnation
   */
  RunControls(
      RunPosition position, Optional<CheckpointKeeper> keeper, Consumer<RunPosition> rolledBack) {
    this.position = position;
    this.keeper = keeper;
    this.rolledBack = rolledBack;
  }

  /** The actions of a run that has a folder for checkpoints, or has none. */
  static List<String> offered(Optional<CheckpointKeeper> keeper) {
    List<String> offered = new ArrayList<>(List.of(SKIP_UPDATE, PAUSE, RESUME, MEASURE_EXACTLY));
    if (keeper.isPresent()) {
      offered.addAll(List.of(SAVE_CHECKPOINT, ROLL_BACK));
    }
    return offered;
  }

  @Override
  public List<String> offered() {
    return offered(keeper);
  }

  @Override
  public Optional<Refusal> perform(RunAction action, long step) {
    Set<String> known = action.action().equals(ROLL_BACK) ? Set.of(STEP, PASS_OVER) : Set.of();
    for (String name : action.arguments().keySet()) {
      if (!known.contains(name)) {
        return argument(action.action() + " takes no argument " + name + ".");
      }
    }
    switch (action.action()) {
      case SKIP_UPDATE -> update = StepOrder.Update.SKIPPED;
      case MEASURE_EXACTLY -> method = GradientMethod.EXACT;
      case PAUSE -> pause = Pause.PAUSED;
      case RESUME -> pause = Pause.NONE;
      case SAVE_CHECKPOINT -> {
        return save();
      }
      case ROLL_BACK -> {
        return rollBack(action.arguments());
      }
      default -> throw new IllegalArgumentException("not offered: " + action.action());
    }
    return Optional.empty();
  }

  private Optional<Refusal> save() {
    try {
      keeper.orElseThrow().save(position);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(new Refusal(ErrorId.TRAINER_CHECKPOINT, e + "."));
    }
  }

  private Optional<Refusal> rollBack(Map<String, String> arguments) {
    CheckpointKeeper from = keeper.orElseThrow();
    try {
      long atMost = whole(arguments, STEP, position.step(), position.step());
      boolean seen = SEEN.equals(arguments.get(PASS_OVER));
      long passOver = seen ? 0 : whole(arguments, PASS_OVER, 0, MOST_PASSED_OVER);
      Optional<Checkpoint> target = from.newest(atMost);
      if (target.isEmpty()) {
        return Optional.of(
            new Refusal(
                ErrorId.COMMAND_ACTION_IMPOSSIBLE,
                "There is no checkpoint at or before step " + atMost + "."));
      }
      position = from.rollBack(target.get(), position, seen ? seenSince(target.get()) : passOver);
      rolledBack.accept(position);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return argument(e.getMessage() + ".");
    } catch (IOException e) {
      return Optional.of(new Refusal(ErrorId.TRAINER_CHECKPOINT, e + "."));
    }
  }

  /** Batches trained on since a checkpoint, in this incarnation or before it. */
  private long seenSince(Checkpoint checkpoint) {
    return position.step()
        + position.passedOver()
        - checkpoint.manifest().nextStep()
        - checkpoint.manifest().data().passedOver();
  }

  private static long whole(
      Map<String, String> arguments, String name, long otherwise, long largest) {
    String text = arguments.get(name);
    if (text == null) {
      return otherwise;
    }
    try {
      long value = Long.parseLong(text);
      if (value >= 0 && value <= largest) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Told below, as any other text that is no such number.
    }
    throw new IllegalArgumentException(
        name + " must be a whole number in [0, " + largest + "], not " + text);
  }

  private static Optional<Refusal> argument(String reason) {
    return Optional.of(new Refusal(ErrorId.COMMAND_ACTION_ARGUMENT, reason));
  }

  /** Where the run is. */
  RunPosition position() {
    return position;
  }

  /** A step has been trained; what was asked of it alone is done. */
  void stepped() {
    position = position.next();
    update = StepOrder.Update.MADE;
    method = GradientMethod.ONE_PASS;
  }

  Pause pause() {
    return pause;
  }

  /** What becomes of the next step's gradient. */
  StepOrder.Update update() {
    return update;
  }

  /** How the next step measures R_g, unless its turn to be exact has come. */
  GradientMethod method() {
    return method;
  }
}
