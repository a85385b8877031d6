/**
 * Alert delivery: alerts from Kafka into a durable outbox, and from there to the receivers, at
 * least once, with one id over all tries. Independent of the control loop: its own consumer group,
 * its own threads.
 */
@NullMarked
package io.evenkeel.controller.notify;

import org.jspecify.annotations.NullMarked;
