package io.evenkeel.replay.point;

import io.evenkeel.contract.telemetry.StepTelemetry;
import java.time.Instant;
import java.util.Optional;

/**
 * An observation out of a log.
 *
 * @param telemetry the observation
 * @param recordedAt when it was logged, if the log says
 */
public record LoggedStep(StepTelemetry telemetry, Optional<Instant> recordedAt) {}
