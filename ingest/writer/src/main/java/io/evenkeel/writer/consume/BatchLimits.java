package io.evenkeel.writer.consume;

import io.evenkeel.contract.error.Check;
import java.time.Duration;

/**
 * When a batch is stored: as soon as one of the limits is reached.
 *
 * @param records number of records, &gt;= 1
 * @param bytes bytes of their values, &gt;= 1; one record may exceed it
 * @param linger age of the first record
 */
public record BatchLimits(int records, long bytes, Duration linger) {

  /** 4,000 records, 16 MiB, 50 ms: half of what a record may wait, since storing takes time too. */
  public static final BatchLimits STANDARD =
      new BatchLimits(4_000, 16L << 20, Duration.ofMillis(50));

  /** Validates. */
  public BatchLimits {
    Check.that(records >= 1, "records must be at least 1");
    Check.that(bytes >= 1, "bytes must be at least 1");
    Check.that(!linger.isNegative(), "linger is negative");
  }
}
