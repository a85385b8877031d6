package io.evenkeel.controller.notify.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.StringJoiner;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signatures by Standard Webhooks: HMAC-SHA256 over {@code id.timestamp.body}, once by each secret,
 * so that a receiver may know either while secrets are changed.
 */
public final class WebhookSignature {

  private static final String PREFIX = "whsec_";
  private static final String ALGORITHM = "HmacSHA256";

  private final List<SecretKeySpec> keys = new ArrayList<>();

  /**
   * Signs with {@code secrets}.
   *
   * @param secrets each {@code whsec_} and base64; none: the header is not sent
   * @throws IllegalArgumentException if one is not
   */
  public WebhookSignature(List<String> secrets) {
    for (String secret : secrets) {
      if (!secret.startsWith(PREFIX)) {
        throw new IllegalArgumentException("a webhook secret begins with " + PREFIX);
      }
      byte[] key = Base64.getDecoder().decode(secret.substring(PREFIX.length()));
      keys.add(new SecretKeySpec(key, ALGORITHM));
    }
  }

  /** Whether there is anything to sign with. */
  public boolean signs() {
    return !keys.isEmpty();
  }

  /** The value of the header {@code webhook-signature}. */
  public String sign(String id, Instant timestamp, String body) {
    byte[] content =
        (id + "." + timestamp.getEpochSecond() + "." + body).getBytes(StandardCharsets.UTF_8);
    StringJoiner signatures = new StringJoiner(" ");
    for (SecretKeySpec key : keys) {
      try {
        Mac mac = Mac.getInstance(ALGORITHM);
        mac.init(key);
        signatures.add("v1," + Base64.getEncoder().encodeToString(mac.doFinal(content)));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
      }
    }
    return signatures.toString();
  }
}
