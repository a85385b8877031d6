package io.evenkeel.client.buffer;

import java.time.Duration;

/** The receiver cannot be reached for now, or the connection to it broke. */
public final class TransportException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient Duration retryAfter;

  /** Says why, for the log. */
  public TransportException(String message) {
    this(message, Duration.ZERO);
  }

  /**
   * Says why, for the log, and when it makes sense to try again.
   *
   * @param retryAfter what the receiver asks for; 0 if it asks for nothing
   */
  public TransportException(String message, Duration retryAfter) {
    super(message);
    this.retryAfter = retryAfter;
  }

  /** Says why, for the log. */
  public TransportException(String message, Throwable cause) {
    super(message, cause);
    this.retryAfter = Duration.ZERO;
  }

  /** How long the receiver asks to be left alone; 0 if it does not. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
