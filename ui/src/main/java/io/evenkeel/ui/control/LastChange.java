package io.evenkeel.ui.control;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The last change of a knob that took effect.
 *
 * @param step step at which it took effect
 * @param at when
 * @param from value before
 * @param to value since
 * @param by who asked; text from outside
 */
public record LastChange(
    long step, @Nullable Instant at, @Nullable Double from, @Nullable Double to, String by) {}
