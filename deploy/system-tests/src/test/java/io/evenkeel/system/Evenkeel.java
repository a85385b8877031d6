package io.evenkeel.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A running {@code ./evenkeel}: what it prints, its data folder, its database. */
final class Evenkeel implements AutoCloseable {
  /** Of the account {@code operator} of the stack that test classes share. */
  static final String OPERATOR_PASSWORD = "a password of the tests' operator";

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
    return upBehind(List.of(), data, options);
  }

  /**
   * The same by way of another command.
   *
   * @param before the beginning of the command line: it becomes what is added to it
   */
  static Evenkeel upBehind(List<String> before, Path data, String... options) throws IOException {
    return new Evenkeel(begin(before, data, options), data);
  }

  /** The same with all data in a folder of a small disk. */
  static Evenkeel upOn(SmallDisk disk, String... options) throws IOException, InterruptedException {
    Process process = begin(disk.before(""), disk.folder().resolve("data"), options);
    return new Evenkeel(process, disk.seenOf(process.pid()).resolve("data"));
  }

  private static Process begin(List<String> before, Path data, String... options)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.addAll(List.of(ROOT.resolve("evenkeel").toString(), "up", "--data", data.toString()));
    command.addAll(List.of(options));
    for (String port : List.of("--port", "--gateway-port")) {
      if (!command.contains(port)) {
        command.addAll(List.of(port, Integer.toString(freePort())));
      }
    }
    SharedStack.end();
    return begin(Map.of(), command);
  }

  /** Runs a command of {@code ./evenkeel} to its end; what it prints on standard output. */
  static String run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(ROOT.resolve("evenkeel").toString()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .directory(ROOT.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError(command + " ended with " + process.exitValue() + ":\n" + output);
    }
    return output;
  }

  /** The same without ending the stack that test classes share; it has an operator besides. */
  static Evenkeel shared(Path data) throws IOException {
    return new Evenkeel(
        begin(
            Map.of("EVENKEEL_OPERATOR_PASSWORD", OPERATOR_PASSWORD),
            List.of(
                ROOT.resolve("evenkeel").toString(),
                "up",
                "--no-trainer",
                "--data",
                data.toString(),
                "--port",
                Integer.toString(freePort()),
                "--gateway-port",
                Integer.toString(freePort()))),
        data);
  }

  private static Process begin(Map<String, String> environment, List<String> command)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(ROOT.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    return process;
  }

  /** Below the range of outgoing connections, so that none of these takes it meanwhile. */
  static int freePort() throws IOException {
    for (int i = 0; i < 200; i++) {
      int port = ThreadLocalRandom.current().nextInt(15_000, 32_000);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException e) {
        // Somebody's; the next.
      }
    }
    throw new IOException("no free port between 15000 and 32000");
  }

  /** Process id of the supervisor. */
  long pid() {
    return process.pid();
  }

  /** The data folder. */
  Path data() {
    return data;
  }

  /** Where the gateway is. */
  URI gateway() throws IOException {
    return URI.create(
        "http://127.0.0.1:" + Files.readString(data.resolve("gateway/port")).strip() + "/");
  }

  /** The token that {@code up} has made, for all runs. */
  String firstToken() throws IOException {
    return Files.readString(data.resolve("gateway/first-token")).strip();
  }

  /** Where Kafka is. */
  String bootstrap() throws IOException {
    return "127.0.0.1:" + settings("kafka.properties").getProperty("broker");
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

  /**
   * kill -9 of one part as soon as it runs again.
   *
   * @param last its process id when it was killed the last time
   * @return its process id now
   */
  long killAgain(String service, long last, Duration limit)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() < deadline) {
      Optional<ProcessHandle> part = part(service).filter(process -> process.pid() != last);
      if (part.isPresent()) {
        part.get().destroyForcibly();
        return part.get().pid();
      }
      synchronized (this) {
        if (outputEnded) {
          break;
        }
        wait(50);
      }
    }
    throw new AssertionError(service + " does not come back:\n" + console());
  }

  private Optional<ProcessHandle> part(String service) throws IOException {
    String file = service.equals("postgres") ? "postgres.pid.txt" : service + ".pid";
    try {
      List<String> lines = Files.readAllLines(data.resolve("run").resolve(file));
      // Empty for the moment in which it is written.
      return lines.isEmpty()
          ? Optional.empty()
          : ProcessHandle.of(Long.parseLong(lines.getFirst()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
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

  private Properties settings(String file) throws IOException {
    Properties settings = new Properties();
    try (InputStream in = Files.newInputStream(data.resolve(file))) {
      settings.load(in);
    }
    return settings;
  }

  /** One number from the database, which must be the embedded one. */
  double number(String sql) throws IOException, SQLException {
    Properties settings = settings("postgres.properties");
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
