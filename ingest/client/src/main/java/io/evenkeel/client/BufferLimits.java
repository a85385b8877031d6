package io.evenkeel.client;

import io.evenkeel.contract.topic.Topics;

/**
 * Bounds of a publisher's buffer.
 *
 * @param maxBytes memory for records, bytes; at least {@link Topics#MAX_MESSAGE_BYTES}
 * @param maxRecords most records, &gt;= 1
 */
public record BufferLimits(long maxBytes, int maxRecords) {

  /** 64 MiB and 100,000 records. */
  public static final BufferLimits DEFAULT = new BufferLimits(64L << 20, 100_000);

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public BufferLimits {
    if (maxBytes < Topics.MAX_MESSAGE_BYTES) {
      throw new IllegalArgumentException("maxBytes must be at least " + Topics.MAX_MESSAGE_BYTES);
    }
    if (maxRecords < 1) {
      throw new IllegalArgumentException("maxRecords must be at least 1");
    }
  }
}
