package io.evenkeel.client;

/**
 * What a subscription has received.
 *
 * @param received records of this run, repeated ones included
 * @param malformed records, and whole answers, that could not be read; skipped
 * @param waiting received and not polled yet
 */
public record SubscriptionStatistics(long received, long malformed, int waiting) {}
