package io.evenkeel.standalone.supervisor;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A log file that never takes more than twice its limit: when full it becomes {@code FILE.1} and
 * starts anew.
 *
 * <p>A write that fails (a full disk) is dropped and tried again with the next line: logging stops
 * no service.
 */
final class BoundedLog implements AutoCloseable {
  private final Path file;
  private final long limitBytes;
  private @Nullable OutputStream out;
  private long written;

  BoundedLog(Path file, long limitBytes) {
    if (limitBytes < 1) {
      throw new IllegalArgumentException("log limit " + limitBytes);
    }
    this.file = file;
    this.limitBytes = limitBytes;
  }

  synchronized void line(String text) {
    byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      OutputStream target = open(bytes.length);
      target.write(bytes);
      written += bytes.length;
    } catch (IOException e) {
      close();
    }
  }

  @Override
  public synchronized void close() {
    if (out != null) {
      try {
        out.close();
      } catch (IOException e) {
        // What was in flight is lost with the disk; there is no other place to say so.
        written = 0;
      }
      out = null;
    }
  }

  private OutputStream open(int more) throws IOException {
    if (out != null && written + more > limitBytes) {
      close();
    }
    if (out == null) {
      written = Files.exists(file) ? Files.size(file) : 0;
      if (written > 0 && written + more > limitBytes) {
        Files.move(
            file,
            file.resolveSibling(file.getFileName() + ".1"),
            StandardCopyOption.REPLACE_EXISTING);
        written = 0;
      }
      out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
    return out;
  }
}
