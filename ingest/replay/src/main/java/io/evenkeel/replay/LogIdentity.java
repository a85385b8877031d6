package io.evenkeel.replay;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * What tells a log from another.
 *
 * @param fileName the file's name
 * @param sha256 of its bytes, hexadecimal
 */
public record LogIdentity(String fileName, String sha256) {
  private static final int MAX_RUN_LENGTH = 100;
  private static final int BUFFER_BYTES = 1 << 16;

  /** Reads a file once. */
  public static LogIdentity of(Path file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    Path name = file.getFileName();
    return new LogIdentity(
        name == null ? "log" : name.toString(), HexFormat.of().formatHex(digest.digest()));
  }

  /** A run id made of the file's name without its endings; valid as one. */
  public String suggestedRun() {
    String plain = fileName;
    for (String ending : new String[] {".gz", ".csv", ".jsonl", ".ndjson", ".json"}) {
      if (plain.toLowerCase(Locale.ROOT).endsWith(ending)) {
        plain = plain.substring(0, plain.length() - ending.length());
      }
    }
    plain = plain.replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^[^A-Za-z0-9]+", "");
    if (plain.isEmpty()) {
      plain = "replay";
    }
    return plain.substring(0, Math.min(plain.length(), MAX_RUN_LENGTH));
  }
}
