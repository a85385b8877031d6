package io.evenkeel.standalone.up;

import java.security.SecureRandom;
import java.util.Base64;

/** Makes the secrets of an installation. */
final class Secrets {
  /** Without the letters and digits that people confuse. */
  private static final String ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

  private static final int PASSWORD_LENGTH = 20;
  private static final int WEBHOOK_SECRET_BYTES = 32;

  private final SecureRandom random;

  Secrets(SecureRandom random) {
    this.random = random;
  }

  /** A password for people, about 116 bits. */
  String password() {
    StringBuilder password = new StringBuilder(PASSWORD_LENGTH);
    for (int i = 0; i < PASSWORD_LENGTH; i++) {
      password.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return password.toString();
  }

  /** A Standard Webhooks secret: {@code whsec_} and 32 bytes in base64. */
  String webhookSecret() {
    byte[] secret = new byte[WEBHOOK_SECRET_BYTES];
    random.nextBytes(secret);
    return "whsec_" + Base64.getEncoder().encodeToString(secret);
  }
}
