package io.evenkeel.contract.wire;

/**
 * Translates one kind of record to and from bytes. Rejects rather than guesses. Thread-safe.
 *
 * @param <T> the record
 */
public interface Codec<T> {

  /** The message in wire format. */
  byte[] encode(T value);

  /**
   * The record.
   *
   * @param bytes the message in wire format
   * @throws WireException with EVK-WIRE-OVERSIZED, -MALFORMED, -VERSION or -INVALID
   */
  T decode(byte[] bytes) throws WireException;

  /** The largest message that {@link #decode} accepts, bytes; a sender refuses larger ones too. */
  int maxBytes();
}
