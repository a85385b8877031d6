package io.evenkeel.contract.deadletter;

import io.evenkeel.contract.error.Check;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;

/**
 * A record that could not be read or stored: its bytes, why, and where it came from. Immutable,
 * equal by content.
 */
public final class DeadLetter {

  /** Bytes of the offending value that are kept. */
  public static final int MAX_VALUE_BYTES = 64 * 1024;

  private final Origin origin;
  private final byte[] key;
  private final byte[] value;
  private final long valueLength;
  private final String errorId;
  private final String message;
  private final String service;
  private final Instant wallTime;

  /**
   * Where a record stood.
   *
   * @param topic Kafka topic, or another source's name
   * @param partition partition; -1 if there is none
   * @param offset offset; -1 if there is none
   */
  public record Origin(String topic, int partition, long offset) {

    /** Validates. */
    public Origin {
      Check.name("topic", topic);
      Check.that(partition >= -1 && offset >= -1, "partition or offset is below -1");
    }
  }

  /**
   * Cuts the value to its first {@value #MAX_VALUE_BYTES} bytes.
   *
   * @param origin where it stood
   * @param key the record's key, empty if it had none
   * @param value the record's value
   * @param valueLength full length of the value, bytes
   * @param errorId EVK id
   * @param message why; cut and cleaned rather than refused, as it may quote the offending record
   * @param service who found it
   * @param wallTime when
   */
  public DeadLetter(
      Origin origin,
      byte[] key,
      byte[] value,
      long valueLength,
      String errorId,
      String message,
      String service,
      Instant wallTime) {
    this.origin = Objects.requireNonNull(origin, "origin");
    this.key = Arrays.copyOf(key, Math.min(key.length, MAX_VALUE_BYTES));
    this.value = Arrays.copyOf(value, Math.min(value.length, MAX_VALUE_BYTES));
    Check.notNegative("valueLength", valueLength);
    this.valueLength = valueLength;
    Check.name("errorId", errorId);
    this.errorId = errorId;
    this.message = Check.legible(message);
    Check.name("service", service);
    this.service = service;
    this.wallTime = Check.instant("wallTime", wallTime);
  }

  /** Where the record stood. */
  public Origin origin() {
    return origin;
  }

  /** A copy of the key. */
  public byte[] key() {
    return key.clone();
  }

  /** A copy of the value's first bytes. */
  public byte[] value() {
    return value.clone();
  }

  /** Full length of the value, bytes. */
  public long valueLength() {
    return valueLength;
  }

  /** EVK id. */
  public String errorId() {
    return errorId;
  }

  /** Why. */
  public String message() {
    return message;
  }

  /** Who found it. */
  public String service() {
    return service;
  }

  /** When. */
  public Instant wallTime() {
    return wallTime;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DeadLetter letter
        && origin.equals(letter.origin)
        && Arrays.equals(key, letter.key)
        && Arrays.equals(value, letter.value)
        && valueLength == letter.valueLength
        && errorId.equals(letter.errorId)
        && message.equals(letter.message)
        && service.equals(letter.service)
        && wallTime.equals(letter.wallTime);
  }

  @Override
  public int hashCode() {
    return Objects.hash(origin, Arrays.hashCode(value), errorId, wallTime);
  }

  @Override
  public String toString() {
    return errorId + " at " + origin + ": " + message;
  }
}
