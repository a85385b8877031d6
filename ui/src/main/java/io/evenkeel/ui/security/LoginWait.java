package io.evenkeel.ui.security;

import java.time.Duration;
import org.springframework.security.core.AuthenticationException;

/** Too many failed attempts: this one was not looked at. */
final class LoginWait extends AuthenticationException {
  private static final long serialVersionUID = 1L;

  private final long seconds;

  LoginWait(Duration wait) {
    super("wait");
    this.seconds = Math.max(1, wait.plusNanos(999_999_999).toSeconds());
  }

  /** Whole seconds until the next attempt is looked at, at least 1. */
  long seconds() {
    return seconds;
  }
}
