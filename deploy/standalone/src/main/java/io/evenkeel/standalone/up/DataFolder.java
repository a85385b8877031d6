package io.evenkeel.standalone.up;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.embedded.Ports;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Supplier;

/**
 * The folder that holds everything of one installation, held by one supervisor at a time.
 *
 * <p>Layout: {@code postgres*}, {@code kafka*}, {@code logs}, {@code run} (pid files), {@code
 * services/<name>} (each service's own data), and secrets in files that their owner alone reads.
 */
final class DataFolder implements AutoCloseable {
  /** Less than this cannot hold a new database and broker log. */
  static final long REQUIRED_BYTES = 256L << 20;

  /** Less than this is worth a warning. */
  static final long LOW_BYTES = 1L << 30;

  private final Path root;
  private final FileChannel lock;

  private DataFolder(Path root, FileChannel lock) {
    this.root = root;
    this.lock = lock;
  }

  /**
   * Creates the folder where needed and takes it.
   *
   * @throws StartFailure if another supervisor has it, or the disk is full
   * @throws IOException if it cannot be written
   */
  static DataFolder open(Path path) throws IOException, StartFailure {
    Files.createDirectories(path);
    Path root = path.toRealPath();
    long usable = Files.getFileStore(root).getUsableSpace();
    if (usable < REQUIRED_BYTES) {
      throw new StartFailure(
          ErrorId.START_DISK_FULL,
          "Only %d MiB are free in %s, and Evenkeel needs %d."
              .formatted(usable >> 20, root, REQUIRED_BYTES >> 20));
    }
    DataFolder folder = new DataFolder(root, lock(root.resolve("evenkeel.lock")));
    for (Path sub : new Path[] {folder.logs(), folder.run()}) {
      Files.createDirectories(sub);
    }
    return folder;
  }

  private static FileChannel lock(Path file) throws IOException, StartFailure {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    FileLock held;
    try {
      held = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      held = null;
    }
    if (held == null) {
      String owner = Files.readString(file).strip();
      channel.close();
      throw new StartFailure(
          ErrorId.START_ALREADY_RUNNING,
          "Evenkeel (process %s) runs on %s already.".formatted(owner, file.getParent()));
    }
    channel.truncate(0);
    channel.write(
        ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)));
    return channel;
  }

  Path root() {
    return root;
  }

  Path logs() {
    return root.resolve("logs");
  }

  Path run() {
    return root.resolve("run");
  }

  /** The folder of one service's own data, created when absent. */
  Path service(String name) throws IOException {
    return Files.createDirectories(root.resolve("services").resolve(name));
  }

  /** Where the embedded database's files are, or would be. */
  Path database() {
    return root.resolve("postgres");
  }

  /**
   * A secret that is made once and kept in a file of mode 0600.
   *
   * @param name of the file
   * @param maker makes it the first time
   */
  String secret(String name, Supplier<String> maker) throws IOException {
    Path file = root.resolve(name);
    if (Files.exists(file)) {
      return Files.readString(file).strip();
    }
    String secret = maker.get();
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, secret + "\n");
    return secret;
  }

  /**
   * The port of the webhook sink: the same at every start while it is free, so that a notice which
   * a killed controller still owes finds its receiver.
   */
  int sinkPort() throws IOException {
    Path file = root.resolve("sink-port");
    if (Files.exists(file)) {
      String kept = Files.readString(file).strip();
      if (kept.matches("[0-9]{4,5}") && Ports.isFree(Integer.parseInt(kept))) {
        return Integer.parseInt(kept);
      }
    }
    int port = Ports.free();
    Files.writeString(file, port + "\n");
    return port;
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
