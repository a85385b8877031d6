package io.evenkeel.gateway.limit;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.gateway.problem.GatewayException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Room for the bodies of all requests together. Nobody waits for room: requests that hold some and
 * wait for more could wait for each other.
 */
public final class MemoryBudget {

  private static final Duration RETRY = Duration.ofSeconds(1);

  private final long bytes;
  private final AtomicLong used = new AtomicLong();

  /** Room of so many bytes. */
  public MemoryBudget(long bytes) {
    this.bytes = bytes;
  }

  /**
   * Takes room.
   *
   * @throws GatewayException 503 if there is not so much left
   */
  public void reserve(long wanted) {
    if (used.addAndGet(wanted) > bytes) {
      used.addAndGet(-wanted);
      throw GatewayException.unavailable(
          ErrorId.GATEWAY_BUSY, "Too many large requests are in flight.", RETRY);
    }
  }

  /** Gives room back. */
  public void release(long held) {
    used.addAndGet(-held);
  }

  /** Bytes that are taken. */
  public long used() {
    return used.get();
  }
}
