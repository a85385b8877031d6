package io.evenkeel.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A running {@code ./evenkeel}: what it prints, its data folder, its database. */
final class Evenkeel implements AutoCloseable {
  private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();

  private final Process process;
  private final Path data;
  private final List<String> lines = new ArrayList<>();
  private boolean outputEnded;

  private Evenkeel(Process process, Path data) {
    this.process = process;
    this.data = data;
    Thread.ofPlatform().daemon().name("console").start(this::read);
  }

  /** Starts {@code ./evenkeel up} on a data folder, with its dashboard on a free port. */
  static Evenkeel up(Path data, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(ROOT.resolve("evenkeel").toString(), "up", "--data", data.toString()));
    command.addAll(List.of(options));
    if (!command.contains("--port")) {
      command.addAll(List.of("--port", Integer.toString(freePort())));
    }
    Process process =
        new ProcessBuilder(command).directory(ROOT.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    return new Evenkeel(process, data);
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Waits for the end; the exit status. */
  int awaitExit(Duration limit) throws InterruptedException {
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("still running after " + limit + ":\n" + console());
    }
    return process.exitValue();
  }

  /** Waits for a line that contains the text; the line. */
  synchronized String awaitLine(String text, Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      Optional<String> found = lines.stream().filter(line -> line.contains(text)).findFirst();
      if (found.isPresent()) {
        return found.get();
      }
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0 || outputEnded) {
        throw new AssertionError("no line with '" + text + "':\n" + console());
      }
      wait(left);
    }
  }

  synchronized String console() {
    return String.join("\n", lines);
  }

  /** What a person sends with Ctrl-C. */
  void interrupt() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
  }

  /** kill -9 of one part; its process id. */
  long kill(String service) throws IOException {
    String file = service.equals("postgres") ? "postgres.pid.txt" : service + ".pid";
    long pid = Long.parseLong(Files.readAllLines(data.resolve("run").resolve(file)).getFirst());
    ProcessHandle.of(pid)
        .orElseThrow(() -> new AssertionError(service + " " + pid + " does not run"))
        .destroyForcibly();
    return pid;
  }

  /** kill -9 of the supervisor itself. */
  void killSupervisor() {
    process.toHandle().destroyForcibly();
  }

  /** Process ids of all parts that run now. */
  List<ProcessHandle> parts() throws IOException {
    try (var files = Files.list(data.resolve("run"))) {
      return files
          .map(Evenkeel::firstLine)
          .map(Long::parseLong)
          .flatMap(pid -> ProcessHandle.of(pid).stream())
          .toList();
    }
  }

  /** One number from the database, which must be the embedded one. */
  double number(String sql) throws IOException, SQLException {
    Properties settings = new Properties();
    try (InputStream in = Files.newInputStream(data.resolve("postgres.properties"))) {
      settings.load(in);
    }
    String url = "jdbc:postgresql://127.0.0.1:" + settings.getProperty("port") + "/evenkeel";
    try (Connection connection =
            DriverManager.getConnection(url, "evenkeel", settings.getProperty("password"));
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      if (!result.next()) {
        throw new AssertionError("no row: " + sql);
      }
      return result.getDouble(1);
    }
  }

  /**
   * Waits until a number from the database is as wanted; failures of the database count as not yet.
   */
  void awaitNumber(String sql, Predicate<Double> wanted, Duration limit)
      throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    String last = "nothing";
    while (System.nanoTime() < deadline) {
      try {
        double value = number(sql);
        if (wanted.test(value)) {
          return;
        }
        last = Double.toString(value);
      } catch (IOException | SQLException e) {
        last = e.toString();
      }
      synchronized (this) {
        if (outputEnded) {
          break;
        }
        wait(200);
      }
    }
    throw new AssertionError(sql + " came to " + last + ":\n" + console());
  }

  static JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(file.toFile());
  }

  @Override
  public void close() throws InterruptedException {
    // Not Process.destroy(), which would close the console's stream under its reader.
    process.toHandle().destroy();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.toHandle().destroyForcibly();
    }
  }

  private void read() {
    try (BufferedReader output = process.inputReader()) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        synchronized (this) {
          lines.add(line);
          notifyAll();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      synchronized (this) {
        outputEnded = true;
        notifyAll();
      }
    }
  }

  private static String firstLine(Path file) {
    try {
      return Files.readAllLines(file).getFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
