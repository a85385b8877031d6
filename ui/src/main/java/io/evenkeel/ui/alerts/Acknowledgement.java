package io.evenkeel.ui.alerts;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * That somebody has taken an alert on.
 *
 * @param alertId the incident
 * @param run run id
 * @param who who
 * @param at when
 * @param note for people, may be empty; text from outside
 */
public record Acknowledgement(
    String alertId, String run, String who, @Nullable Instant at, String note) {}
