package io.evenkeel.trainer.control;

import io.evenkeel.contract.command.RunAction;
import java.util.List;
import java.util.Optional;

/** What a trainer can be told to do besides setting a knob. Called between steps. */
public interface RunActions {
  /** Writes a checkpoint at once. */
  String SAVE_CHECKPOINT = "save_checkpoint";

  /** The step about to run computes its gradient but changes no weight. */
  String SKIP_UPDATE = "skip_update";

  /**
   * Goes back to a checkpoint, as a new incarnation. Arguments: {@code step}, the newest checkpoint
   * at or before it (default: the newest); {@code pass_over}, the number of batches to leave out,
   * or {@code seen} for all that were trained on since.
   */
  String ROLL_BACK = "roll_back";

  /** Trains no further step until it is resumed. */
  String PAUSE = "pause";

  /** Ends a pause. */
  String RESUME = "resume";

  /** The step about to run measures R_g by a backward pass of the language-model loss alone. */
  String MEASURE_EXACTLY = "measure_exactly";

  /** Names of the actions that this run can carry out. */
  List<String> offered();

  /**
   * Carries an action out before it returns, so that its acknowledgement is the truth.
   *
   * @param action one of those offered
   * @param step the step about to run
   * @return why it was not carried out; empty when it was
   */
  Optional<Refusal> perform(RunAction action, long step);
}
