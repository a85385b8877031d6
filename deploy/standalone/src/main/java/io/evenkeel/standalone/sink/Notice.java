package io.evenkeel.standalone.sink;

import java.time.Instant;

/**
 * A notice whose signature was right.
 *
 * @param id header webhook-id: the same over all tries of one notice
 * @param status of the body: firing or resolved
 * @param receivedAt when its first try arrived
 */
public record Notice(String id, String status, Instant receivedAt) {}
