package io.evenkeel.ui.receivers;

import io.evenkeel.alerting.config.Channel.Reach;
import java.util.Set;

/**
 * What the controller allows and has.
 *
 * @param reach whether private addresses may be allowed
 * @param editing whether anything can be saved
 * @param secretNames names of secrets that there are
 * @param appliedVersion the version in force; 0 if none has been saved
 * @param problem why a newer one is not; empty if nothing is wrong
 */
public record Place(
    Reach reach, Editing editing, Set<String> secretNames, long appliedVersion, String problem) {

  /** Whether anything can be saved. */
  public enum Editing {
    POSSIBLE,
    /** The controller's environment names the receivers. */
    FIXED,
    /** No controller with a database has started yet. */
    NO_CONTROLLER
  }

  /** Before a controller has told. */
  public static final Place UNKNOWN =
      new Place(Reach.PUBLIC_ONLY, Editing.NO_CONTROLLER, Set.of(), 0, "");

  /** Copies. */
  public Place {
    secretNames = Set.copyOf(secretNames);
  }
}
