package io.evenkeel.analytics.detect;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Ids of incidents: the same incident has the same id however often it is computed. */
final class AlertIds {

  private static final int BYTES = 16;

  private AlertIds() {}

  /** The first 128 bits of SHA-256 over what identifies an incident, as hexadecimal. */
  static String of(String run, int incarnation, String rule, String scope, long firstStep) {
    String identity = String.join("\n", run, "" + incarnation, rule, scope, "" + firstStep);
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(identity.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
