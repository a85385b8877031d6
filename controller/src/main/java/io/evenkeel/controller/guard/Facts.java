package io.evenkeel.controller.guard;

import io.evenkeel.contract.run.KnobDeclaration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the guard judges by, gathered at the moment of the decision. */
public final class Facts {

  private Facts() {}

  /** Whether a switch is on. */
  public enum Switch {
    ON,
    OFF
  }

  /**
   * About the run.
   *
   * @param now wall time
   * @param ended whether it has ended
   * @param killSwitch its kill switch
   * @param step newest step
   * @param signalTime wall time of the newest signals
   * @param ranksShare share of the ranks in the newest signals
   * @param stoodDown policies that are stood down
   * @param actions actions that the trainer offers
   */
  public record OfRun(
      Instant now,
      Switch ended,
      Switch killSwitch,
      long step,
      Instant signalTime,
      double ranksShare,
      Set<String> stoodDown,
      List<String> actions) {

    /** Copies. */
    public OfRun {
      stoodDown = Set.copyOf(stoodDown);
      actions = List.copyOf(actions);
    }
  }

  /**
   * About the knob.
   *
   * @param declaration null if the run has declared no such knob
   * @param value value in force; NaN if unknown
   * @param held held by hand
   * @param inFlight a command for it waits for its acknowledgement
   * @param lastChangeStep step at which its last change was applied, or else issued; -1 if never
   * @param changesLastHour changes in the last hour
   */
  public record OfKnob(
      @Nullable KnobDeclaration declaration,
      double value,
      Switch held,
      Switch inFlight,
      long lastChangeStep,
      int changesLastHour) {}
}
