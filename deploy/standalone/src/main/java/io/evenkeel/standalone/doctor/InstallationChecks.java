package io.evenkeel.standalone.doctor;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.embedded.EmbeddedPostgres;
import io.evenkeel.embedded.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

/** Checks of what {@code ./evenkeel up} is going to use. */
final class InstallationChecks {
  private static final long WANTED_BYTES = 2L << 30;
  private static final long REQUIRED_BYTES = 256L << 20;

  private InstallationChecks() {}

  static Finding disk(Path folder) {
    Path there = folder.toAbsolutePath();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    try {
      long free = Files.getFileStore(there).getUsableSpace();
      String found = (free >> 20) + " MiB free for " + folder;
      if (free < REQUIRED_BYTES) {
        return Finding.missing("Disk space", found, ErrorId.START_DISK_FULL.remedy());
      }
      return free < WANTED_BYTES
          ? Finding.note(
              "Disk space", found, "A long run wants some GiB: use --data for a larger disk.")
          : Finding.ok("Disk space", found);
    } catch (IOException e) {
      return Finding.missing(
          "Disk space", String.valueOf(e.getMessage()), "Choose a folder with --data.");
    }
  }

  static Finding port(String subject, int port) {
    return Ports.isFree(port)
        ? Finding.ok(subject, port + " is free")
        : Finding.note(subject, port + " is in use", ErrorId.START_PORT_IN_USE.remedy());
  }

  /** Starts a database in a temporary folder and stops it again. */
  static Finding embeddedDatabase() {
    String subject = "Embedded database";
    Path folder = null;
    try {
      folder = Files.createTempDirectory("evenkeel-doctor");
      try (EmbeddedPostgres database = EmbeddedPostgres.start(folder)) {
        return Finding.ok(
            subject, "PostgreSQL started as this user (port " + database.port() + ") and stopped");
      }
    } catch (IOException e) {
      return Finding.missing(
          subject,
          String.valueOf(e.getMessage()),
          "Do what the message says, or name a database of your own in EVENKEEL_DB_URL.");
    } finally {
      delete(folder);
    }
  }

  static Finding blas(Path trainerClassPath) {
    String subject = "CPU BLAS";
    String remedy = "The trainer falls back to its own slower matrix products.";
    try {
      String classPath = Files.readString(trainerClassPath);
      boolean there = classPath.matches("(?s).*openblas-[^:/]*linux-x86_64\\.jar.*");
      boolean machine = System.getProperty("os.arch").equals("amd64");
      return there && machine
          ? Finding.ok(subject, "OpenBLAS for " + System.getProperty("os.arch"))
          : Finding.note(subject, "no OpenBLAS for " + System.getProperty("os.arch"), remedy);
    } catch (IOException e) {
      return Finding.note(subject, "the trainer is not built", "./evenkeel up builds it.");
    }
  }

  /** Looks at the database that the environment names, if it names one. */
  static Finding externalDatabase(Map<String, String> environment) {
    String subject = "Database";
    String url = environment.getOrDefault("EVENKEEL_DB_URL", "");
    if (url.isBlank()) {
      return Finding.ok(subject, "the embedded one (EVENKEEL_DB_URL is not set)");
    }
    Properties properties = new Properties();
    properties.setProperty("user", environment.getOrDefault("EVENKEEL_DB_USER", "evenkeel"));
    properties.setProperty("password", environment.getOrDefault("EVENKEEL_DB_PASSWORD", ""));
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("loginTimeout", "5");
    try (Connection connection = DriverManager.getConnection(url, properties)) {
      int major = connection.getMetaData().getDatabaseMajorVersion();
      String found =
          "PostgreSQL " + connection.getMetaData().getDatabaseProductVersion() + " at " + url;
      return major >= 15
          ? Finding.ok(subject, found)
          : Finding.missing(subject, found, "Evenkeel needs PostgreSQL 15 or newer.");
    } catch (SQLException e) {
      return Finding.missing(
          subject,
          url + ": " + e.getMessage(),
          "Check EVENKEEL_DB_URL, EVENKEEL_DB_USER and EVENKEEL_DB_PASSWORD.");
    }
  }

  private static void delete(@org.jspecify.annotations.Nullable Path folder) {
    if (folder == null) {
      return;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      System.err.println("cannot remove " + folder + ": " + e.getMessage());
    }
  }
}
