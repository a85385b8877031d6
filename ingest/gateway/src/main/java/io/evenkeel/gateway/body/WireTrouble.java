package io.evenkeel.gateway.body;

import java.io.IOException;

/** The connection broke, as opposed to: what came over it is wrong. */
final class WireTrouble extends IOException {

  private static final long serialVersionUID = 1L;

  WireTrouble(IOException cause) {
    super(cause);
  }
}
