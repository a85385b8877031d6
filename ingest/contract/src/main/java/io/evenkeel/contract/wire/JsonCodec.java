package io.evenkeel.contract.wire;

import java.time.Instant;

/**
 * Translates one kind of record to and from JSON, by protobuf's own mapping: field names in
 * lowerCamelCase, 64-bit integers as strings or numbers, {@code "NaN"}, {@code "Infinity"} and
 * {@code "-Infinity"} as strings. A negative zero is read back as zero. Rejects rather than
 * guesses. Thread-safe.
 *
 * @param <T> the record
 */
public interface JsonCodec<T> {

  /** The record as one line of JSON. */
  String encode(T value);

  /**
   * The record. What a person need not write has a default: {@code schemaVersion}, the wall time or
   * start ({@code now}), {@code worldSize} 1, {@code tensorPlacement} replicated, {@code
   * stepTimeMillis} NaN (not measured), a run's {@code name} (its id) and status (running).
   *
   * @param json one JSON object
   * @param now the time at which it was received
   * @throws WireException with EVK-WIRE-OVERSIZED, -MALFORMED, -VERSION or -INVALID
   */
  T decode(String json, Instant now) throws WireException;
}
