package io.evenkeel.trainer.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Writes a file so that it is whole and on the disk, under its name, when the writing returns, or
 * is what it was before.
 */
final class DurableFile {
  static final String PARTIAL = ".partial";

  private DurableFile() {}

  /** Takes the contents piece by piece. */
  interface Sink {
    /** Appends the remaining bytes. */
    void write(ByteBuffer bytes) throws IOException;
  }

  /** Gives the contents. */
  interface Contents {
    void writeTo(Sink sink) throws IOException;
  }

  /**
   * What has been written.
   *
   * @param bytes size
   * @param crc32c checksum of all bytes
   */
  record Written(long bytes, long crc32c) {}

  /** Replaces a file. */
  static Written replace(Path file, Contents contents) throws IOException {
    Path partial = file.resolveSibling(file.getFileName() + PARTIAL);
    Written written;
    try {
      written = write(partial, contents);
      Files.move(
          partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException | RuntimeException e) {
      // A full disk needs the room back that half a file takes.
      discard(partial, e);
      throw e;
    }
    syncFolder(file);
    return written;
  }

  private static Written write(Path file, Contents contents) throws IOException {
    CRC32C checksum = new CRC32C();
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      contents.writeTo(
          bytes -> {
            checksum.update(bytes.duplicate());
            while (bytes.hasRemaining()) {
              channel.write(bytes);
            }
          });
      long size = channel.size();
      channel.force(true);
      return new Written(size, checksum.getValue());
    }
  }

  private static void discard(Path partial, Exception failure) {
    try {
      Files.deleteIfExists(partial);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /**
   * Writes over the beginning of a file that is there, in the room that it has already. Only for
   * what fits one block, which is written as a whole or not at all.
   *
   * @return whether the file is there and as large as that
   */
  static boolean writeOver(Path file, byte[] bytes) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) != bytes.length) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer, buffer.position());
      }
      channel.force(true);
    }
    return true;
  }

  /** Size and checksum of a file as it is. */
  static Written measure(Path file) throws IOException {
    CRC32C checksum = new CRC32C();
    ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
    long size = 0;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (channel.read(buffer.clear()) >= 0) {
        size += buffer.flip().remaining();
        checksum.update(buffer);
      }
    }
    return new Written(size, checksum.getValue());
  }

  /** A new name is durable only when its folder is. */
  private static void syncFolder(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
