package io.evenkeel.client.buffer;

/** The receiver cannot be reached for now, or the connection to it broke. */
public final class TransportException extends Exception {

  private static final long serialVersionUID = 1L;

  /** Says why, for the log. */
  public TransportException(String message) {
    super(message);
  }

  /** Says why, for the log. */
  public TransportException(String message, Throwable cause) {
    super(message, cause);
  }
}
