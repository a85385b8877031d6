/**
 * The Kafka transport. The only package of the client that imports Kafka's; each publisher and
 * subscription has one thread of its own beside the Kafka client's.
 */
@NullMarked
package io.evenkeel.client.kafka;

import org.jspecify.annotations.NullMarked;
