package io.evenkeel.alerting.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that holds a secret. */
final class SecretFile {

  private static final int LONGEST_BYTES = 4_096;

  private SecretFile() {}

  /** What it holds, without the white space around it. */
  static String read(Path file, String name) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LONGEST_BYTES + 1);
    } catch (IOException e) {
      throw new IOException("the file '" + name + "' cannot be read", e);
    }
    String text = new String(bytes, StandardCharsets.UTF_8).trim();
    if (bytes.length > LONGEST_BYTES || text.isEmpty()) {
      throw new IOException(
          "the file '%s' is empty or longer than %d bytes".formatted(name, LONGEST_BYTES));
    }
    return text;
  }
}
