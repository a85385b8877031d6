package io.evenkeel.standalone.sink;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Checks the signature of a notice. Source: Standard Webhooks specification 1.0.0, "Signature
 * scheme": HMAC-SHA256 over {@code id.timestamp.body} under the base64 part of {@code whsec_...},
 * given as {@code v1,<base64>}, several separated by spaces.
 */
final class WebhookSignature {
  /**
   * How far a notice's time may lie from now; the specification's recommendation against replay.
   */
  static final Duration TOLERANCE = Duration.ofMinutes(5);

  private static final String PREFIX = "whsec_";

  private final byte[] key;

  /**
   * A checker for one secret.
   *
   * @param secret {@code whsec_} and base64
   * @throws IllegalArgumentException if it is not that
   */
  WebhookSignature(String secret) {
    if (!secret.startsWith(PREFIX)) {
      throw new IllegalArgumentException("a webhook secret starts with " + PREFIX);
    }
    key = Base64.getDecoder().decode(secret.substring(PREFIX.length()));
  }

  /**
   * Whether one of the signatures is right and the timestamp is near now.
   *
   * @param id header webhook-id
   * @param timestamp header webhook-timestamp, seconds since the epoch
   * @param signatures header webhook-signature
   * @param body the bytes received
   * @param now the receiver's time
   */
  boolean matches(String id, String timestamp, String signatures, byte[] body, Instant now) {
    long seconds;
    try {
      seconds = Long.parseLong(timestamp);
    } catch (NumberFormatException e) {
      return false;
    }
    if (Math.abs(now.getEpochSecond() - seconds) > TOLERANCE.toSeconds()) {
      return false;
    }
    byte[] expected = sign(id, timestamp, body).getBytes(StandardCharsets.US_ASCII);
    for (String signature : signatures.split(" ", -1)) {
      if (MessageDigest.isEqual(expected, signature.getBytes(StandardCharsets.US_ASCII))) {
        return true;
      }
    }
    return false;
  }

  /** The signature of a notice, {@code v1,<base64>}. */
  String sign(String id, String timestamp, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
      return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
