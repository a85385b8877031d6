package io.evenkeel.trainer.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * What a probe saw in one layer.
 *
 * @param expertOutputCosine mean cosine between FFN experts' outputs
 * @param top1Churn share of probe tokens whose top-1 expert changed since the last probe; null at
 *     the first
 */
public record ProbeResult(double expertOutputCosine, @Nullable Double top1Churn) {}
