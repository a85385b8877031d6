package io.evenkeel.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL of one's own under a folder, with durable data: fsync stays on, and a kill at any
 * moment loses nothing that was committed.
 *
 * <p>Layout of the folder: {@code postgres} (the cluster), {@code postgres.properties} (port and
 * password, mode 0600), {@code postgres.log}, {@code postgres.lock}; the programs in {@code
 * postgres-bin} unless another place is given. A database left over from a killed parent is found
 * and stopped cleanly before the start.
 */
public final class EmbeddedPostgres implements AutoCloseable {
  /** The superuser, and the owner of {@link #DATABASE}. */
  public static final String USER = "evenkeel";

  /** The database that {@link #jdbcUrl()} names. */
  public static final String DATABASE = "evenkeel";

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final int STOP_LIMIT_SECONDS = 30;
  private static final long LOG_LIMIT_BYTES = 10L << 20;

  /** Somebody may take a port between the look at it and the postmaster's own try. */
  private static final int PORT_TRIES = 4;

  private static final int END_LIMIT_SECONDS = 2;

  private final Path data;
  private final PostgresBinaries binaries;
  private final PostgresAccount account;
  private final PostgresSettings settings;
  private final Process postmaster;
  private final FileChannel lock;

  private EmbeddedPostgres(
      Path data,
      PostgresBinaries binaries,
      PostgresAccount account,
      PostgresSettings settings,
      Process postmaster,
      FileChannel lock) {
    this.data = data;
    this.binaries = binaries;
    this.account = account;
    this.settings = settings;
    this.postmaster = postmaster;
    this.lock = lock;
  }

  /**
   * Starts the database of a folder, creating it when the folder has none.
   *
   * @param dir the folder; created when absent
   * @return the running database, accepting connections
   * @throws IOException if it cannot be started, with the reason and the end of its log
   */
  public static EmbeddedPostgres start(Path dir) throws IOException {
    return start(dir, dir.resolve("postgres-bin"));
  }

  /**
   * Starts the database of a folder with programs unpacked elsewhere, which several databases may
   * share.
   *
   * @param dir the folder; created when absent
   * @param programs where PostgreSQL's programs are or go
   * @return the running database, accepting connections
   * @throws IOException if it cannot be started, with the reason and the end of its log
   */
  public static EmbeddedPostgres start(Path dir, Path programs) throws IOException {
    return start(dir, programs, PostgresSettings::onFreePort);
  }

  /** How the port is chosen. */
  @FunctionalInterface
  interface PortChoice {
    PostgresSettings choose(PostgresSettings settings) throws IOException;
  }

  static EmbeddedPostgres start(Path dir, Path programs, PortChoice ports) throws IOException {
    Files.createDirectories(dir);
    Path home = dir.toRealPath();
    FileChannel lock = lock(home.resolve("postgres.lock"));
    try {
      return start(home, PostgresBinaries.unpack(programs), lock, ports);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static EmbeddedPostgres start(
      Path home, PostgresBinaries binaries, FileChannel lock, PortChoice ports) throws IOException {
    PostgresAccount account = PostgresAccount.current();
    Path data = home.resolve("postgres");
    Path settingsFile = home.resolve("postgres.properties");
    PostgresSettings settings = PostgresSettings.load(settingsFile);
    PostgresOrphan.stop(data, () -> pgCtlStop(binaries, account, data));
    if (!Files.exists(data.resolve("PG_VERSION"))) {
      settings.save(settingsFile);
      initialise(home, data, binaries, account, settings);
    }
    for (int attempt = 1; ; attempt++) {
      settings = ports.choose(settings);
      settings.save(settingsFile);
      Process postmaster = launch(home, data, binaries, account, settings);
      EmbeddedPostgres database =
          new EmbeddedPostgres(data, binaries, account, settings, postmaster, lock);
      try {
        database.awaitConnections(home.resolve("postgres.log"));
        LOG.info(
            "PostgreSQL accepts connections on 127.0.0.1:{}, data in {}", settings.port(), data);
        return database;
      } catch (IOException | RuntimeException e) {
        boolean ended = waitFor(postmaster, END_LIMIT_SECONDS);
        postmaster.destroyForcibly();
        if (!ended || attempt == PORT_TRIES || Ports.isFree(settings.port())) {
          throw e;
        }
        LOG.info("Port {} was taken meanwhile; another one is tried.", settings.port());
      }
    }
  }

  /** JDBC URL of the database, without credentials. */
  public String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:" + settings.port() + "/" + DATABASE;
  }

  /** Name of the superuser. */
  public String user() {
    return USER;
  }

  /** The superuser's password: random, made once for a folder. */
  public String password() {
    return settings.password();
  }

  /** Loopback TCP port. */
  public int port() {
    return settings.port();
  }

  /** Process id of the postmaster. */
  public long pid() {
    return postmaster.pid();
  }

  /** Whether the postmaster runs. */
  public boolean isRunning() {
    return postmaster.isAlive();
  }

  /**
   * Disconnects everybody, writes a checkpoint and stops; returns when the database has stopped.
   */
  @Override
  public void close() throws IOException {
    try (lock) {
      if (postmaster.isAlive()) {
        pgCtlStop(binaries, account, data);
        if (!waitFor(postmaster, STOP_LIMIT_SECONDS)) {
          // The write-ahead log makes good at the next start what a kill leaves undone.
          LOG.warn("PostgreSQL did not stop within {} s and is killed", STOP_LIMIT_SECONDS);
          postmaster.destroyForcibly();
        }
      }
    }
  }

  private static FileChannel lock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      channel.close();
      throw new IOException(
          "the database in " + file.getParent() + " is in use by another Evenkeel");
    }
    return channel;
  }

  private static void initialise(
      Path home,
      Path data,
      PostgresBinaries binaries,
      PostgresAccount account,
      PostgresSettings settings)
      throws IOException {
    // Made under another name and renamed when complete: a kill half-way leaves nothing that looks
    // like data.
    Path fresh = home.resolve("postgres.new");
    PostgresBinaries.delete(fresh);
    var ownerOnly = PosixFilePermissions.fromString("rwx------");
    Files.createDirectory(fresh, PosixFilePermissions.asFileAttribute(ownerOnly));
    Path secret = home.resolve("postgres.secret");
    Files.deleteIfExists(secret);
    Files.createFile(
        secret, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.writeString(secret, settings.password());
      account.give(fresh);
      account.give(secret);
      run(
          account.command(
              List.of(fresh, binaries.home()),
              List.of(
                  binaries.program("initdb"),
                  "--pgdata=" + fresh,
                  "--username=" + USER,
                  "--pwfile=" + secret,
                  "--auth=scram-sha-256",
                  "--encoding=UTF8",
                  "--locale=C",
                  "--no-instructions",
                  "--data-checksums")));
    } finally {
      Files.deleteIfExists(secret);
    }
    Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);
  }

  private static Process launch(
      Path home,
      Path data,
      PostgresBinaries binaries,
      PostgresAccount account,
      PostgresSettings settings)
      throws IOException {
    Path log = home.resolve("postgres.log");
    if (Files.exists(log) && Files.size(log) > LOG_LIMIT_BYTES) {
      Files.move(log, home.resolve("postgres.log.1"), StandardCopyOption.REPLACE_EXISTING);
    }
    List<String> command =
        new ArrayList<>(List.of(binaries.program("postgres"), "-D", data.toString()));
    for (String setting :
        List.of(
            "port=" + settings.port(),
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=on",
            "full_page_writes=on",
            "max_connections=100",
            "shared_buffers=96MB",
            "max_wal_size=512MB",
            "log_min_messages=warning",
            "log_line_prefix=%m [%p] ",
            "timezone=UTC")) {
      command.add("-c");
      command.add(setting);
    }
    ProcessBuilder builder =
        new ProcessBuilder(account.command(List.of(data, binaries.home()), command));
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.directory(home.toFile());
    builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    return ChildLauncher.start(builder);
  }

  private void awaitConnections(Path log) throws IOException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    SQLException last = null;
    while (System.nanoTime() < deadline) {
      if (!postmaster.isAlive()) {
        throw new IOException("PostgreSQL ended at once:\n" + tail(log));
      }
      try (Connection connection = connect()) {
        createDatabase(connection);
        return;
      } catch (SQLException e) {
        last = e;
        if ("28P01".equals(e.getSQLState())) {
          throw new IOException(
              "the password in postgres.properties is not that of the database in " + data, e);
        }
      }
      waitFor(postmaster, 0);
    }
    throw new IOException(
        "PostgreSQL accepts no connections after " + START_LIMIT.toSeconds() + " s:\n" + tail(log),
        last);
  }

  private Connection connect() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", USER);
    properties.setProperty("password", settings.password());
    // The port may be somebody else's, who takes the connection and says nothing.
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("loginTimeout", "5");
    properties.setProperty("socketTimeout", "30");
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + settings.port() + "/postgres", properties);
  }

  private static void createDatabase(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet found =
            statement.executeQuery(
                "select 1 from pg_database where datname = '" + DATABASE + "'")) {
      if (found.next()) {
        return;
      }
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute("create database " + DATABASE);
    }
  }

  private static void pgCtlStop(PostgresBinaries binaries, PostgresAccount account, Path data)
      throws IOException {
    run(
        account.command(
            List.of(data, binaries.home()),
            List.of(
                binaries.program("pg_ctl"),
                "stop",
                "--pgdata=" + data,
                "--mode=fast",
                "--timeout=" + STOP_LIMIT_SECONDS)));
  }

  private static void run(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.directory(Path.of("/").toFile());
    Process process = ChildLauncher.start(builder);
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!waitFor(process, 120) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException(String.join(" ", command) + " failed:\n" + output);
    }
  }

  /** Waits up to so many seconds, at least 50 ms. */
  private static boolean waitFor(Process process, int seconds) throws IOException {
    try {
      return process.waitFor(Math.max(50, seconds * 1000L), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for PostgreSQL", e);
    }
  }

  private static @Nullable String tail(Path log) throws IOException {
    if (!Files.exists(log)) {
      return "";
    }
    List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
  }
}
