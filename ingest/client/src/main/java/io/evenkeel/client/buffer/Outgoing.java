package io.evenkeel.client.buffer;

import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.wire.Codec;
import io.evenkeel.contract.wire.Codecs;
import org.jspecify.annotations.Nullable;

/** A record in the outbox; guarded by the publisher's lock. */
final class Outgoing {

  final Destination destination;
  final String key;
  final Object message;

  /** Memory it takes, estimated from above until it is encoded. */
  long bytes;

  /** Kept from the first try on: a record that is sent twice is the same twice. */
  byte @Nullable [] encoded;

  Outgoing(Destination destination, String key, Object message, long estimatedBytes) {
    this.destination = destination;
    this.key = key;
    this.message = message;
    this.bytes = estimatedBytes;
  }

  /**
   * The wire form.
   *
   * @param droppedBefore telemetry that the publisher has dropped so far
   * @throws IllegalArgumentException if it is larger than its reader accepts
   */
  byte[] encode(long droppedBefore) {
    if (message instanceof StepTelemetry telemetry) {
      return fitting(Codecs.STEP_TELEMETRY, telemetry.withDroppedBefore(droppedBefore));
    } else if (message instanceof RunSpec run) {
      return fitting(Codecs.RUN_SPEC, run);
    }
    return fitting(Codecs.COMMAND_ACK, (CommandAck) message);
  }

  private static <T> byte[] fitting(Codec<T> codec, T message) {
    byte[] encoded = codec.encode(message);
    if (encoded.length > codec.maxBytes()) {
      throw new IllegalArgumentException(
          encoded.length + " bytes, at most " + codec.maxBytes() + " are accepted");
    }
    return encoded;
  }
}
