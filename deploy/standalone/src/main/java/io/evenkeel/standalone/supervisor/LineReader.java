package io.evenkeel.standalone.supervisor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Lines of a child's output; a line longer than the limit is cut into several, so that none fills
 * the memory.
 */
final class LineReader {
  static final int LIMIT_BYTES = 64 << 10;

  private final InputStream in;

  LineReader(InputStream in) {
    this.in = in;
  }

  /** The next line without its end, or empty at the end of the output. */
  Optional<String> next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(160);
    while (line.size() < LIMIT_BYTES) {
      int c = in.read();
      if (c < 0 && line.size() == 0) {
        return Optional.empty();
      }
      if (c < 0 || c == '\n') {
        break;
      }
      if (c != '\r') {
        line.write(c);
      }
    }
    return Optional.of(line.toString(StandardCharsets.UTF_8));
  }
}
