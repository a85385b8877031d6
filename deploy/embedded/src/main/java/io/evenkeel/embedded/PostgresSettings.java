package io.evenkeel.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Properties;

/**
 * What a data folder remembers of its database: the port it had and the password, in a file its
 * owner alone reads.
 *
 * @param port loopback TCP port, 1 to 65535
 * @param password of the superuser {@link EmbeddedPostgres#USER}
 */
record PostgresSettings(int port, String password) {
  PostgresSettings {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port " + port + " is not in [1, 65535]");
    }
    if (password.isBlank()) {
      throw new IllegalArgumentException("the password is empty");
    }
  }

  static PostgresSettings load(Path file) throws IOException {
    if (!Files.exists(file)) {
      byte[] secret = new byte[24];
      new SecureRandom().nextBytes(secret);
      return new PostgresSettings(Ports.free(), HexFormat.of().formatHex(secret));
    }
    Properties properties = new Properties();
    try (InputStream in = Files.newInputStream(file)) {
      properties.load(in);
    }
    try {
      return new PostgresSettings(
          Integer.parseInt(properties.getProperty("port", "")),
          properties.getProperty("password", ""));
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " is damaged (" + e.getMessage() + ")", e);
    }
  }

  /** The same on a port that is free now. */
  PostgresSettings onFreePort() throws IOException {
    return Ports.isFree(port) ? this : new PostgresSettings(Ports.free(), password);
  }

  void save(Path file) throws IOException {
    Properties properties = new Properties();
    properties.setProperty("port", Integer.toString(port));
    properties.setProperty("password", password);
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(
        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (OutputStream out = Files.newOutputStream(fresh)) {
      properties.store(out, null);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
