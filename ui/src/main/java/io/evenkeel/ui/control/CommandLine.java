package io.evenkeel.ui.control;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A command and its answer.
 *
 * @param epoch epoch of the controller
 * @param sequence sequence within it
 * @param target knob and scope, or the action; text from outside
 * @param from value before
 * @param to value wanted
 * @param origin who asked; text from outside
 * @param reason why; text from outside
 * @param issuedStep step of the signals it rests on
 * @param issuedAt when it was sent
 * @param status pending, applied, rejected or expired
 * @param appliedStep step at which it took effect
 * @param answer the trainer's error id and reason, may be empty; text from outside
 */
public record CommandLine(
    long epoch,
    long sequence,
    String target,
    @Nullable Double from,
    @Nullable Double to,
    String origin,
    String reason,
    long issuedStep,
    @Nullable Instant issuedAt,
    String status,
    @Nullable Long appliedStep,
    String answer) {}
