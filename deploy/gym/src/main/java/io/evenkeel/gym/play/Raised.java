package io.evenkeel.gym.play;

import io.evenkeel.contract.alert.AlertEvent;

/**
 * An alert event.
 *
 * @param tick steps trained before the one after which it came
 * @param event what was told
 */
public record Raised(long tick, AlertEvent event) {}
