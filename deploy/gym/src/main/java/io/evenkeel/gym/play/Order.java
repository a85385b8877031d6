package io.evenkeel.gym.play;

import io.evenkeel.contract.command.AckStatus;
import org.jspecify.annotations.Nullable;

/**
 * A command and its answer.
 *
 * @param incarnation of the run
 * @param step that it ran before
 * @param what knob or action
 * @param from value before; null for an action
 * @param to value after; null for an action
 * @param origin policy or guard
 * @param status what the trainer answered
 * @param reason why it was given, a sentence for people
 */
public record Order(
    int incarnation,
    long step,
    String what,
    @Nullable Double from,
    @Nullable Double to,
    String origin,
    AckStatus status,
    String reason) {}
