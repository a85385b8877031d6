package io.evenkeel.client;

/**
 * What has become of the records given to a publisher. {@code accepted = sent + dropped + rejected
 * + queued} at every moment.
 *
 * @param accepted records taken since the start, of all kinds
 * @param sent of those, acknowledged by the receiver
 * @param dropped of those, given up because the buffer was full or the publisher was closed
 * @param droppedTelemetry of the dropped, telemetry
 * @param rejected of those, refused by the receiver for good or larger than a message may be
 * @param queued of those, still in the buffer, in flight included
 * @param queuedBytes memory that these take, bytes, estimated from above
 */
public record PublisherStatistics(
    long accepted,
    long sent,
    long dropped,
    long droppedTelemetry,
    long rejected,
    int queued,
    long queuedBytes) {}
