package io.evenkeel.contract.telemetry;

import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.error.Check;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one rank tells of one step.
 *
 * @param key identity of the observation
 * @param worldSize ranks that report this step, &gt;= 1; 1 when one rank has reduced for all
 * @param wallTime wall time at the end of the step; for display, latency and stall detection alone
 * @param stepTimeMillis time of the whole step, ms
 * @param telemetryTimeMillis of that, time that telemetry took, ms
 * @param tokens tokens of this rank in this step
 * @param losses loss terms
 * @param gradientNorm global L2 norm of the gradient before clipping
 * @param clipCoefficient clip coefficient, in (0, 1]
 * @param tensorPlacement how tensor figures merge
 * @param tensors one entry a parameter tensor
 * @param moeShape shape of the model; null for a dense model
 * @param moeLayers one entry an MoE layer
 * @param activations one entry a layer and site
 * @param knobs knobs in force in this step
 * @param lastCommand last command applied
 * @param scalars free user scalars by name
 * @param droppedBefore observations dropped by the sender since its start
 */
public record StepTelemetry(
    ObservationKey key,
    int worldSize,
    Instant wallTime,
    double stepTimeMillis,
    double telemetryTimeMillis,
    long tokens,
    Losses losses,
    @Nullable Double gradientNorm,
    @Nullable Double clipCoefficient,
    Placement tensorPlacement,
    List<TensorTelemetry> tensors,
    @Nullable MoeShape moeShape,
    List<MoeLayerTelemetry> moeLayers,
    List<ActivationSums> activations,
    List<KnobValue> knobs,
    CommandPosition lastCommand,
    Map<String, Double> scalars,
    long droppedBefore) {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public StepTelemetry {
    Objects.requireNonNull(key, "key");
    Check.notNegative("worldSize", worldSize);
    wallTime = Check.instant("wallTime", wallTime);
    Check.notNegative("tokens", tokens);
    Objects.requireNonNull(losses, "losses");
    Objects.requireNonNull(tensorPlacement, "tensorPlacement");
    tensors = Check.list("tensors", tensors);
    moeLayers = Check.list("moeLayers", moeLayers);
    activations = Check.list("activations", activations);
    knobs = Check.list("knobs", knobs);
    Objects.requireNonNull(lastCommand, "lastCommand");
    scalars = Check.map("scalars", scalars);
    Check.notNegative("droppedBefore", droppedBefore);
    Check.that(worldSize >= 1, "worldSize must be at least 1");
    Check.that(key.rank() < worldSize, "rank must be below worldSize");
    if (moeShape != null) {
      for (MoeLayerTelemetry layer : moeLayers) {
        Check.that(layer.experts() == moeShape.experts(), "a vector over experts is not N+Z long");
      }
      Check.that(
          moeLayers.stream().mapToInt(MoeLayerTelemetry::layer).distinct().count()
              == moeLayers.size(),
          "a layer is reported twice");
    } else {
      Check.that(moeLayers.isEmpty(), "moeLayers without moeShape");
    }
  }

  /** The same observation, as a sender that has dropped {@code dropped} others sends it. */
  public StepTelemetry withDroppedBefore(long dropped) {
    return new StepTelemetry(
        key,
        worldSize,
        wallTime,
        stepTimeMillis,
        telemetryTimeMillis,
        tokens,
        losses,
        gradientNorm,
        clipCoefficient,
        tensorPlacement,
        tensors,
        moeShape,
        moeLayers,
        activations,
        knobs,
        lastCommand,
        scalars,
        dropped);
  }
}
