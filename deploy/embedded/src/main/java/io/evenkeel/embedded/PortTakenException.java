package io.evenkeel.embedded;

import java.io.IOException;

/** A server was to listen on a port that somebody else has. */
public final class PortTakenException extends IOException {
  /** What a process ends with that can do nothing else about it: 98, as EADDRINUSE. */
  public static final int EXIT_STATUS = 98;

  private static final long serialVersionUID = 1L;

  PortTakenException(int port, @org.jspecify.annotations.Nullable Throwable cause) {
    super("port " + port + " is in use, so the broker cannot listen on it", cause);
  }
}
