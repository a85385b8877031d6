package io.evenkeel.bench.store;

import io.evenkeel.bench.BenchException;
import io.evenkeel.bench.live.Programs;
import io.evenkeel.contract.error.ErrorId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A time-series database that is installed here, in a process of its own, with empty storage. */
final class TimeSeriesServer implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final int STOP_SECONDS = 20;
  private static final int NO_CONTENT = 204;
  private static final int OK = 200;

  private final Process process;
  private final int port;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** The databases that the store is compared with. */
  enum Kind {
    /** Debian's package {@code influxdb}, 1.6. */
    INFLUXDB("influxd"),
    /** Debian's package {@code victoria-metrics}. */
    VICTORIA_METRICS("victoria-metrics");

    private final String program;

    Kind(String program) {
      this.program = program;
    }

    /** Where its program is, if it is on PATH. */
    Optional<Path> installed() {
      return Programs.find(program);
    }
  }

  private TimeSeriesServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts one and makes its database. */
  static TimeSeriesServer start(Kind kind, Path program, Path folder)
      throws IOException, BenchException {
    Files.createDirectories(folder);
    int port = freePort();
    List<String> command =
        switch (kind) {
          case INFLUXDB ->
              List.of(program.toString(), "-config", configuration(folder, port).toString());
          case VICTORIA_METRICS ->
              List.of(
                  program.toString(),
                  "-storageDataPath=" + folder.resolve("data"),
                  "-httpListenAddr=127.0.0.1:" + port,
                  "-retentionPeriod=100y",
                  "-influxTrimTimestamp=1ms");
        };
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    TimeSeriesServer server = new TimeSeriesServer(process, port);
    try {
      Waiting.until(program.getFileName() + " answers", START_LIMIT, server::answers);
      if (kind == Kind.INFLUXDB) {
        server.post("/query?q=CREATE%20DATABASE%20bench", HttpRequest.BodyPublishers.noBody());
      }
    } catch (IOException | BenchException e) {
      server.close();
      throw e;
    }
    return server;
  }

  /** Writes all, one request after the other; the seconds until the last was acknowledged. */
  double write(List<Path> bodies) throws IOException, BenchException {
    long begin = System.nanoTime();
    for (Path body : bodies) {
      post("/write?db=bench&precision=ns", HttpRequest.BodyPublishers.ofFile(body));
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  private static Path configuration(Path folder, int port) throws IOException {
    return Files.writeString(
        folder.resolve("influxdb.conf"),
        """
        reporting-disabled = true
        bind-address = "127.0.0.1:%1$d"
        [meta]
        dir = "%2$s/meta"
        [data]
        dir = "%2$s/data"
        wal-dir = "%2$s/wal"
        index-version = "tsi1"
        query-log-enabled = false
        [http]
        bind-address = "127.0.0.1:%3$d"
        log-enabled = false
        max-body-size = 0
        [monitor]
        store-enabled = false
        """
            .formatted(freePort(), folder, port));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private boolean answers() throws BenchException {
    if (!process.isAlive()) {
      throw new BenchException(ErrorId.BENCH_STORE, "the database to compare with has ended.");
    }
    try {
      return http.send(
                  HttpRequest.newBuilder(uri("/ping")).GET().build(), BodyHandlers.discarding())
              .statusCode()
          <= NO_CONTENT;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private void post(String path, HttpRequest.BodyPublisher body)
      throws IOException, BenchException {
    try {
      var answer =
          http.send(HttpRequest.newBuilder(uri(path)).POST(body).build(), BodyHandlers.ofString());
      if (answer.statusCode() != NO_CONTENT && answer.statusCode() != OK) {
        throw new BenchException(
            ErrorId.BENCH_STORE,
            path + " was answered " + answer.statusCode() + " " + answer.body());
      }
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private static BenchException interrupted() {
    Thread.currentThread().interrupt();
    return new BenchException(ErrorId.BENCH_STORE, "interrupted.");
  }

  /** Where a path of it is. */
  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  @Override
  public void close() {
    http.close();
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
