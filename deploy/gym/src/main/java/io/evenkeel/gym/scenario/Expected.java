package io.evenkeel.gym.scenario;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What must come of a scenario. What is left out is not asked for.
 *
 * @param alerts each must fire
 * @param may may fire besides
 * @param recovered the run must be back in this band
 * @param lossMargin final held-out loss at most so far above the healthy run's, nats
 * @param meanLossMargin the same of the mean over the seeds played
 * @param leadSteps the first warning comes at least so long before the loss of the uncontrolled run
 *     shows the harm
 * @param knobs the only knobs and actions that may be commanded; missing: any
 * @param rollBacks at most so many
 * @param updatesLost at most so many updates skipped or rolled back
 */
public record Expected(
    @JsonProperty("alerts") @Nullable List<ExpectedAlert> alerts,
    @JsonProperty("may") @Nullable List<Foreseen> may,
    @JsonProperty("recovered") @Nullable Band recovered,
    @JsonProperty("loss_margin") @Nullable Double lossMargin,
    @JsonProperty("mean_loss_margin") @Nullable Double meanLossMargin,
    @JsonProperty("lead_steps") @Nullable Long leadSteps,
    @JsonProperty("commands_only") @Nullable Set<String> knobs,
    @JsonProperty("roll_backs") @Nullable Integer rollBacks,
    @JsonProperty("updates_lost") @Nullable Integer updatesLost) {

  /** Alerts that must fire; none if nothing is said. */
  public List<ExpectedAlert> mustFire() {
    return alerts == null ? List.of() : alerts;
  }

  /** Alarms that are true of the configuration; none if nothing is said. */
  public List<Foreseen> mayFire() {
    return may == null ? List.of() : may;
  }
}
