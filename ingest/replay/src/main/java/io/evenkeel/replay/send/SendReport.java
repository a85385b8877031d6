package io.evenkeel.replay.send;

/**
 * What has been sent.
 *
 * @param observations observations acknowledged by the broker
 * @param rejected observations that the broker refused: too large
 * @param firstStep step of the first; -1 if there was none
 * @param lastIncarnation newest incarnation
 * @param lastStep last step of it; -1 if there was none
 */
public record SendReport(
    long observations, long rejected, long firstStep, int lastIncarnation, long lastStep) {}
