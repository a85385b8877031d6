package io.evenkeel.replay.point;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Points in a temporary file: written once, then read from the beginning as often as one likes. */
final class PointFile implements Closeable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path file;
  private final DataOutputStream out;
  private long size;

  private PointFile(Path file) throws IOException {
    this.file = file;
    this.out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES));
  }

  static PointFile create(Path folder) throws IOException {
    return new PointFile(Files.createTempFile(folder, "evenkeel-replay", ".points"));
  }

  void add(Point point) throws IOException {
    out.writeInt(point.incarnation());
    out.writeLong(point.step());
    out.writeLong(point.row());
    out.writeInt(point.metric());
    out.writeDouble(point.value());
    out.writeDouble(point.wallSeconds());
    size++;
  }

  /** Points written. */
  long size() {
    return size;
  }

  /**
   * Reads them from the first.
   *
   * @param bufferBytes memory of the reader, bytes
   */
  Cursor read(int bufferBytes) throws IOException {
    out.flush();
    return new Cursor(
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), bufferBytes)),
        size);
  }

  Cursor read() throws IOException {
    return read(BUFFER_BYTES);
  }

  @Override
  public void close() throws IOException {
    out.close();
    Files.deleteIfExists(file);
  }

  /** Reads points in their order. */
  static final class Cursor implements Closeable {
    private final DataInputStream in;
    private long left;

    private Cursor(DataInputStream in, long left) {
      this.in = in;
      this.left = left;
    }

    /** The next; null after the last. */
    @Nullable Point next() throws IOException {
      if (left == 0) {
        return null;
      }
      left--;
      return new Point(
          in.readInt(),
          in.readLong(),
          in.readLong(),
          in.readInt(),
          in.readDouble(),
          in.readDouble());
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
