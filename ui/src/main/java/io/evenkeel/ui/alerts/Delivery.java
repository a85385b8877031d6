package io.evenkeel.ui.alerts;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A notice to a receiver.
 *
 * @param noticeId id over all tries
 * @param run run id
 * @param rule rule id; text from outside
 * @param scope scope; text from outside
 * @param state firing or resolved
 * @param url receiver
 * @param status pending, delivered or failed
 * @param attempts tries so far
 * @param lastError the receiver's last refusal, may be empty; text from outside
 * @param acceptedAt when Evenkeel took it on
 * @param deliveredAt when the receiver took it
 */
public record Delivery(
    String noticeId,
    String run,
    String rule,
    String scope,
    String state,
    String url,
    String status,
    int attempts,
    String lastError,
    @Nullable Instant acceptedAt,
    @Nullable Instant deliveredAt) {}
