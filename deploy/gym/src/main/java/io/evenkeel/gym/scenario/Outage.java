package io.evenkeel.gym.scenario;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The controller is killed, and another takes over, which knows only what is in the log.
 *
 * @param killed steps trained until then, those rolled back included
 * @param away steps trained until the other one leads
 */
public record Outage(@JsonProperty("killed") long killed, @JsonProperty("away") long away) {

  /** The controller lives as long as the run. */
  public static final Outage NONE = new Outage(Long.MAX_VALUE, 0);

  /** Whether nobody controls when so many steps have been trained. */
  public boolean isAway(long trained) {
    return trained >= killed && trained - killed < away;
  }

  /** Whether this is where the other one takes over. */
  public boolean endsAt(long trained) {
    return trained >= killed && trained - killed == away;
  }
}
