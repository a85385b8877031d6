package io.evenkeel.contract.run;

import io.evenkeel.contract.error.Check;
import io.evenkeel.contract.telemetry.MoeShape;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A run as its trainer declares it; published at the start, on every change of status, and
 * compacted by run.
 *
 * @param run run id
 * @param incarnation 0, then one more at every restart from a checkpoint
 * @param name name for people
 * @param status status
 * @param started start of this incarnation
 * @param ended end; null while it runs
 * @param worldSize data-parallel ranks
 * @param firstStep first step of this incarnation
 * @param plannedSteps planned last step, 0 if unknown
 * @param model model configuration, for people
 * @param optimizer optimiser configuration, for people
 * @param moeShape shape; null for a dense model
 * @param knobs knobs offered
 * @param actions actions offered: save_checkpoint, skip_update, roll_back, pause, resume
 * @param leaseMillis how long commanded values hold without a lease renewal
 * @param labels labels
 */
public record RunSpec(
    String run,
    int incarnation,
    String name,
    RunStatus status,
    Instant started,
    @Nullable Instant ended,
    int worldSize,
    long firstStep,
    long plannedSteps,
    Map<String, String> model,
    Map<String, String> optimizer,
    @Nullable MoeShape moeShape,
    List<KnobDeclaration> knobs,
    List<String> actions,
    int leaseMillis,
    Map<String, String> labels) {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public RunSpec {
    Check.run(run);
    Check.notNegative("incarnation", incarnation);
    Check.text("name", name);
    Objects.requireNonNull(status, "status");
    started = Check.instant("started", started);
    ended = ended == null ? null : Check.instant("ended", ended);
    Check.notNegative("worldSize", worldSize);
    Check.that(worldSize >= 1, "worldSize must be at least 1");
    Check.notNegative("firstStep", firstStep);
    Check.notNegative("plannedSteps", plannedSteps);
    model = Check.map("model", model);
    optimizer = Check.map("optimizer", optimizer);
    knobs = Check.list("knobs", knobs);
    Check.that(
        knobs.stream().map(knob -> List.of(knob.knob(), knob.scope())).distinct().count()
            == knobs.size(),
        "a knob and scope is declared twice");
    actions = Check.list("actions", actions);
    actions.forEach(action -> Check.name("action", action));
    Check.notNegative("leaseMillis", leaseMillis);
    labels = Check.map("labels", labels);
  }
}
