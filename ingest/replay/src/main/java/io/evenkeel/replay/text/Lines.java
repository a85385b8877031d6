package io.evenkeel.replay.text;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The lines of a stream of bytes; what is not UTF-8 becomes U+FFFD. */
public final class Lines implements Closeable {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int FIRST_LINE_BYTES = 256;

  private final InputStream in;
  private final int maxBytes;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int position;
  private int limit;
  private byte[] line = new byte[FIRST_LINE_BYTES];
  private long number;
  private boolean tooLong;

  /**
   * Lines of a stream.
   *
   * @param in closed with this
   * @param maxBytes longest line that is kept whole, bytes
   */
  public Lines(InputStream in, int maxBytes) {
    this.in = in;
    this.maxBytes = maxBytes;
  }

  /** The next line without its end; null after the last. One that is too long comes cut. */
  public @Nullable String next() throws IOException {
    int length = 0;
    tooLong = false;
    boolean any = false;
    while (true) {
      if (position == limit && !fill()) {
        if (!any) {
          return null;
        }
        break;
      }
      any = true;
      int end = position;
      while (end < limit && buffer[end] != '\n') {
        end++;
      }
      length = append(length, end);
      boolean ended = end < limit;
      position = ended ? end + 1 : end;
      if (ended) {
        break;
      }
    }
    number++;
    int kept = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
    String text = new String(line, 0, kept, StandardCharsets.UTF_8);
    return number == 1 && text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  /** Number of the last line, from 1. */
  public long number() {
    return number;
  }

  /** Whether the last line was longer than is kept. */
  public boolean tooLong() {
    return tooLong;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private boolean fill() throws IOException {
    int read = in.read(buffer, 0, buffer.length);
    position = 0;
    limit = Math.max(read, 0);
    return read > 0;
  }

  private int append(int length, int end) {
    int room = maxBytes - length;
    int count = Math.min(end - position, room);
    tooLong |= end - position > room;
    if (length + count > line.length) {
      line = Arrays.copyOf(line, Math.min(maxBytes, Math.max(2 * line.length, length + count)));
    }
    System.arraycopy(buffer, position, line, length, count);
    return length + count;
  }
}
