package io.evenkeel.gym.judge;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.evenkeel.gym.play.Order;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What came of a scenario with a seed.
 *
 * @param scenario its name
 * @param seed of weights and data
 * @param detected whether every expected alert fired in time; false where none is expected
 * @param detectedBy rule of the first expected alert; null if none fired
 * @param delaySteps from the onset to that alert
 * @param leadSteps from the first warning until the uncontrolled run's loss shows harm; null where
 *     not asked for, or where it never does
 * @param recoveredSteps from the onset until the run is back in band for good, steps trained twice
 *     counted twice; null if never, or where not asked for
 * @param lossControlled held-out loss at the end, nats
 * @param lossUncontrolled the same without a hand
 * @param lossHealthy the same with nothing wrong
 * @param falseAlarms warnings and worse that nothing explains
 * @param foreseenAlarms those that the scenario says are true of its configuration by itself
 * @param commands given, with their answers
 * @param rollBacks made
 * @param updatesLost skipped or rolled back
 * @param misses expectations not met, sentences; empty: all are
 */
public record Result(
    @JsonProperty("scenario") String scenario,
    @JsonProperty("seed") long seed,
    @JsonProperty("detected") boolean detected,
    @JsonProperty("detected_by") @Nullable String detectedBy,
    @JsonProperty("delay_steps") @Nullable Long delaySteps,
    @JsonProperty("lead_steps") @Nullable Long leadSteps,
    @JsonProperty("recovered_steps") @Nullable Long recoveredSteps,
    @JsonProperty("loss_controlled") double lossControlled,
    @JsonProperty("loss_uncontrolled") double lossUncontrolled,
    @JsonProperty("loss_healthy") double lossHealthy,
    @JsonProperty("false_alarms") int falseAlarms,
    @JsonProperty("foreseen_alarms") int foreseenAlarms,
    @JsonProperty("commands") List<Order> commands,
    @JsonProperty("roll_backs") int rollBacks,
    @JsonProperty("updates_lost") long updatesLost,
    @JsonProperty("misses") List<String> misses) {

  /** Copies. */
  public Result {
    commands = List.copyOf(commands);
    misses = List.copyOf(misses);
  }

  /** Whether all expectations are met. */
  @JsonProperty("passed")
  public boolean passed() {
    return misses.isEmpty();
  }

  /** Final loss above the healthy run's, nats. */
  public double lossGap() {
    return lossControlled - lossHealthy;
  }

  /** The same with one more miss. */
  Result missing(String what) {
    return new Result(
        scenario,
        seed,
        detected,
        detectedBy,
        delaySteps,
        leadSteps,
        recoveredSteps,
        lossControlled,
        lossUncontrolled,
        lossHealthy,
        falseAlarms,
        foreseenAlarms,
        commands,
        rollBacks,
        updatesLost,
        Stream.concat(misses.stream(), Stream.of(what)).toList());
  }
}
