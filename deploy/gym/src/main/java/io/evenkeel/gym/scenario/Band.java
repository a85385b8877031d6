package io.evenkeel.gym.scenario;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Where a run that has recovered is, and by when.
 *
 * @param signal by which
 * @param limit the trailing median of the signal stays at or under it
 * @param within steps after the onset
 */
public record Band(
    @JsonProperty("signal") BandSignal signal,
    @JsonProperty("limit") double limit,
    @JsonProperty("within") long within) {}
