/**
 * Commands on their way: sequence and epoch, leadership, expiry, retry, acknowledgement, lease.
 * What a run was commanded is a fold over its commands and acknowledgements, so that it can be
 * rebuilt from Kafka. Used from the control thread alone. No Kafka import: {@link
 * io.evenkeel.controller.command.CommandSink} is the edge.
 */
@NullMarked
package io.evenkeel.controller.command;

import org.jspecify.annotations.NullMarked;
