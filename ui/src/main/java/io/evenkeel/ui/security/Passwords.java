package io.evenkeel.ui.security;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.problem.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Locale;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * Hashes and draws passwords. Hashes say their scheme, so that a stronger one can follow; bcrypt
 * reads 72 bytes, and what is longer is refused rather than cut.
 */
final class Passwords {
  static final int SHORTEST = 12;
  static final int LONGEST_BYTES = 72;

  // No 0 O 1 l I, which people mistake.
  private static final String ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  private static final int DRAWN_LENGTH = 20;
  private static final int STRENGTH = 11;
  private static final String BCRYPT = "bcrypt";

  private final SecureRandom random = new SecureRandom();
  private final PasswordEncoder encoder = encoder();
  private final String nobodys;

  Passwords() {
    this.nobodys = hash(draw());
  }

  private static PasswordEncoder encoder() {
    var encoder =
        new DelegatingPasswordEncoder(
            BCRYPT, java.util.Map.of(BCRYPT, new BCryptPasswordEncoder(STRENGTH)));
    return encoder;
  }

  /** A password that was drawn, about 116 bits. */
  String draw() {
    var password = new StringBuilder(DRAWN_LENGTH);
    for (int i = 0; i < DRAWN_LENGTH; i++) {
      password.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return password.toString();
  }

  /** A hash with its scheme and salt. */
  String hash(String password) {
    String hash = encoder.encode(password);
    if (hash == null) {
      throw new IllegalStateException("a password has no hash");
    }
    return hash;
  }

  /** Whether the password is that of the hash. */
  boolean matches(String password, String hash) {
    // More than bcrypt reads is nobody's password; the comparison takes its time all the same.
    boolean readable = password.getBytes(StandardCharsets.UTF_8).length <= LONGEST_BYTES;
    return encoder.matches(readable ? password : "", hash) && readable;
  }

  /** Takes as long as a comparison, for a name that nobody has. */
  void matchNobody(String password) {
    matches(password, nobodys);
  }

  /**
   * A password that an owner has chosen.
   *
   * @throws Refusal if it is too short, too long, or says the name
   */
  void check(String name, String password) {
    if (password.length() < SHORTEST
        || password.getBytes(StandardCharsets.UTF_8).length > LONGEST_BYTES) {
      throw Refusal.invalid(
          ErrorId.ACCOUNT_INVALID,
          "A password has at least "
              + SHORTEST
              + " characters, and at most "
              + LONGEST_BYTES
              + " bytes.");
    }
    if (password.toLowerCase(Locale.ROOT).contains(name.toLowerCase(Locale.ROOT))) {
      throw Refusal.invalid(ErrorId.ACCOUNT_INVALID, "A password does not hold the name.");
    }
    if (password.chars().distinct().count() < 5) {
      throw Refusal.invalid(
          ErrorId.ACCOUNT_INVALID, "A password has at least five different characters.");
    }
  }
}
