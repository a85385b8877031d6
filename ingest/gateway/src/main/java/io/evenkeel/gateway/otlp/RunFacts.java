package io.evenkeel.gateway.otlp;

import io.evenkeel.contract.telemetry.GradientMethod;
import io.evenkeel.contract.telemetry.MoeShape;
import io.evenkeel.contract.telemetry.Placement;
import org.jspecify.annotations.Nullable;

/**
 * What a resource says of its run beside the identity.
 *
 * @param worldSize ranks that report
 * @param shape shape of the model; null if the resource does not say
 * @param gradientMethod how the gradient of the language-model loss at the router is had
 * @param tensorPlacement how tensor figures merge
 */
record RunFacts(
    int worldSize,
    @Nullable MoeShape shape,
    GradientMethod gradientMethod,
    Placement tensorPlacement) {}
