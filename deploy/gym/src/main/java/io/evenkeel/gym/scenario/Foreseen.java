package io.evenkeel.gym.scenario;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Set;

/**
 * Alarms that are true of the scenario's configuration by itself, without what goes wrong in it:
 * neither asked for nor false, as long as what they say can be seen.
 *
 * @param rules ids of which any may fire
 * @param from first step
 * @param until last step
 * @param holds what must be seen when one fires
 * @param why it is no fault of the alarm
 */
public record Foreseen(
    @JsonProperty("rules") Set<String> rules,
    @JsonProperty("from") long from,
    @JsonProperty("until") long until,
    @JsonProperty("while") Above holds,
    @JsonProperty("why") String why) {

  /**
   * What must be seen.
   *
   * @param signal by which
   * @param limit the trailing median of the signal is above it
   */
  public record Above(
      @JsonProperty("signal") BandSignal signal, @JsonProperty("above") double limit) {}

  /** Copies. */
  public Foreseen {
    rules = rules == null ? Set.of() : Set.copyOf(rules);
    why = why == null ? "" : why;
  }
}
