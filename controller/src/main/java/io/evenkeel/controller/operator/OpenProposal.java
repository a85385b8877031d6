package io.evenkeel.controller.operator;

import io.evenkeel.controller.policy.Proposal;
import java.time.Instant;

/**
 * A proposal that waits for a person.
 *
 * @param id its audit id
 * @param incarnation incarnation of the run that it was made for
 * @param step step of the signals that it rests on
 * @param proposal what is proposed, as the guard allowed it
 * @param expires from then on it cannot be approved
 */
public record OpenProposal(
    String id, int incarnation, long step, Proposal proposal, Instant expires) {}
