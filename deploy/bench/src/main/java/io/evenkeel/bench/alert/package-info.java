/**
 * How soon people hear: from publishing telemetry that makes a condition true to the webhook that
 * tells of it, through everything that {@code ./evenkeel up} starts; beside Debian's Prometheus and
 * Alertmanager, which are shown the same conditions at the same moments.
 *
 * <p>Contract: as of {@code io.evenkeel.bench}. Nothing leaves this machine. Threading: one thread
 * publishes; a server takes webhooks and is scraped; one thread watches alerts.
 */
@NullMarked
package io.evenkeel.bench.alert;

import org.jspecify.annotations.NullMarked;
