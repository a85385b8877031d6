package io.evenkeel.ui.activity;

import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/** Where the request that this thread serves came from. */
public final class CallerAddress {
  private CallerAddress() {}

  /** The address; empty if this thread serves no request. */
  public static String current() {
    return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes request
        ? String.valueOf(request.getRequest().getRemoteAddr())
        : "";
  }
}
