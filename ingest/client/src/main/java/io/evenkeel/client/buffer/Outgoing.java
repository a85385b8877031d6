package io.evenkeel.client.buffer;

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
}
