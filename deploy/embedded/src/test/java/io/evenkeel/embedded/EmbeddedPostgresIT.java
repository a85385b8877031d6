package io.evenkeel.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.embedded.EmbeddedPostgres.PortChoice;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresIT {
  private static final Path PROGRAMS = Path.of("target", "postgres-bin").toAbsolutePath();

  @TempDir Path dir;

  @Test
  void shouldKeepDataPortAndPasswordWhenStartedAgain() throws Exception {
    int port;
    String password;
    try (EmbeddedPostgres first = EmbeddedPostgres.start(dir, PROGRAMS)) {
      port = first.port();
      password = first.password();
      execute(first, "create table kept (step bigint)");
      execute(first, "insert into kept values (41)");
      assertThat(query(first, "show fsync")).isEqualTo("on");
      assertThat(query(first, "show listen_addresses")).isEqualTo("127.0.0.1");
    }
    try (EmbeddedPostgres second = EmbeddedPostgres.start(dir, PROGRAMS)) {
      assertThat(second.port()).isEqualTo(port);
      assertThat(second.password()).isEqualTo(password);
      assertThat(query(second, "select step from kept")).isEqualTo("41");
    }
  }

  @Test
  void shouldRefuseOtherPasswordsAndHideItsOwnWhenRunning() throws Exception {
    try (EmbeddedPostgres database = EmbeddedPostgres.start(dir, PROGRAMS)) {
      assertThatThrownBy(
              () -> DriverManager.getConnection(database.jdbcUrl(), database.user(), "wrong"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("password authentication failed");
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(dir.resolve("postgres.properties"))))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void shouldRefuseWhenTheFolderIsInUse() throws Exception {
    try (EmbeddedPostgres database = EmbeddedPostgres.start(dir, PROGRAMS)) {
      assertThatThrownBy(() -> EmbeddedPostgres.start(dir, PROGRAMS))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in use by another Evenkeel");
      assertThat(database.isRunning()).isTrue();
    }
  }

  @Test
  void shouldLeaveNoDatabaseBehindAndLoseNothingWhenTheParentIsKilled() throws Exception {
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                DatabaseParent.class.getName(),
                dir.toString(),
                PROGRAMS.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    ProcessHandle postmaster = ProcessHandle.of(startedPid(parent)).orElseThrow();
    PostgresSettings settings = PostgresSettings.load(dir.resolve("postgres.properties"));
    String url = "jdbc:postgresql://127.0.0.1:" + settings.port() + "/" + EmbeddedPostgres.DATABASE;
    try (Connection connection =
            DriverManager.getConnection(url, EmbeddedPostgres.USER, settings.password());
        Statement statement = connection.createStatement()) {
      statement.execute("create table kept (step bigint)");
      statement.execute("insert into kept values (42)");
    }

    parent.destroyForcibly();

    postmaster.onExit().get(30, TimeUnit.SECONDS);
    try (EmbeddedPostgres database = EmbeddedPostgres.start(dir, PROGRAMS)) {
      assertThat(query(database, "select step from kept")).isEqualTo("42");
    }
  }

  @Test
  void shouldStopAnOrphanAndKeepItsDataWhenOneStillRuns() throws Exception {
    EmbeddedPostgres.start(dir, PROGRAMS).close();
    Path data = dir.toRealPath().resolve("postgres");
    PostgresBinaries binaries = PostgresBinaries.unpack(PROGRAMS);
    Process orphan =
        ChildLauncher.start(
            new ProcessBuilder(
                    PostgresAccount.current()
                        .command(
                            List.of(data, binaries.home()),
                            List.of(
                                binaries.program("postgres"),
                                "-D",
                                data.toString(),
                                "-c",
                                "unix_socket_directories=",
                                "-c",
                                "port=" + Ports.free())))
                .directory(dir.toFile())
                .redirectErrorStream(true));
    try (BufferedReader log = orphan.inputReader()) {
      assertThat(log.lines().anyMatch(line -> line.contains("ready to accept connections")))
          .isTrue();

      try (EmbeddedPostgres database = EmbeddedPostgres.start(dir, PROGRAMS)) {
        assertThat(orphan.isAlive()).isFalse();
        assertThat(orphan.exitValue()).isZero();
        assertThat(query(database, "select 1")).isEqualTo("1");
      }
    } finally {
      orphan.destroyForcibly();
    }
  }

  @Test
  void shouldRunWhenTheFolderAboveDataAndProgramsIsPrivate() throws Exception {
    Path secret =
        Files.createDirectory(
            dir.resolve("private"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    try (EmbeddedPostgres database = EmbeddedPostgres.start(secret.resolve("data"))) {
      assertThat(query(database, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void shouldTakeAnotherPortWhenSomebodyWasQuicker() throws Exception {
    try (ServerSocket quicker = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      AtomicInteger looks = new AtomicInteger();
      // At the first look the port was free, so to say.
      PortChoice late =
          settings ->
              looks.incrementAndGet() == 1
                  ? new PostgresSettings(quicker.getLocalPort(), settings.password())
                  : settings.onFreePort();
      try (EmbeddedPostgres database = EmbeddedPostgres.start(dir, PROGRAMS, late)) {
        assertThat(looks).hasValue(2);
        assertThat(database.port()).isNotEqualTo(quicker.getLocalPort());
        assertThat(query(database, "select 1")).isEqualTo("1");
        assertThat(PostgresSettings.load(dir.resolve("postgres.properties")).port())
            .isEqualTo(database.port());
      }
    }
  }

  private static long startedPid(Process parent) throws IOException {
    BufferedReader output = parent.inputReader();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith("STARTED ")) {
        return Long.parseLong(line.substring("STARTED ".length()));
      }
    }
    throw new IOException("the parent ended before its database had started");
  }

  private static void execute(EmbeddedPostgres database, String sql) throws SQLException {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String query(EmbeddedPostgres database, String sql) throws SQLException {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      assertThat(result.next()).isTrue();
      return result.getString(1);
    }
  }

  private static Connection connect(EmbeddedPostgres database) throws SQLException {
    return DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
  }
}
