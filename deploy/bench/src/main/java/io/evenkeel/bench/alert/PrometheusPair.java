package io.evenkeel.bench.alert;

import io.evenkeel.bench.BenchException;
import io.evenkeel.bench.live.Programs;
import io.evenkeel.bench.live.Stack;
import io.evenkeel.contract.error.ErrorId;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Debian's Prometheus, scraping and evaluating every second, and its Alertmanager, which tells the
 * first of a group at once.
 */
final class PrometheusPair implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final int STOP_SECONDS = 20;
  private static final int OK = 200;
  private static final long LOOK_NANOS = 50_000_000;

  private final List<Process> processes = new ArrayList<>();

  private PrometheusPair() {}

  /**
   * Starts both where both are installed, and waits until they are ready.
   *
   * @return null where one of them is missing
   */
  static @Nullable PrometheusPair startIfInstalled(Listener listener, Path folder)
      throws IOException, BenchException {
    Path prometheus = Programs.find("prometheus").orElse(null);
    Path alertmanager = Programs.find("prometheus-alertmanager").orElse(null);
    if (prometheus == null || alertmanager == null) {
      return null;
    }
    int prometheusPort = Stack.freePort();
    int alertmanagerPort = Stack.freePort();
    PrometheusPair pair = new PrometheusPair();
    try {
      pair.start(
          folder,
          "alertmanager",
          alertmanagerPort,
          alertmanager.toString(),
          "--config.file=" + alertmanagerConfig(folder, listener),
          "--storage.path=" + folder.resolve("alertmanager"),
          "--web.listen-address=127.0.0.1:" + alertmanagerPort,
          "--cluster.listen-address=");
      pair.start(
          folder,
          "prometheus",
          prometheusPort,
          prometheus.toString(),
          "--config.file=" + prometheusConfig(folder, listener, alertmanagerPort),
          "--storage.tsdb.path=" + folder.resolve("prometheus"),
          "--web.listen-address=127.0.0.1:" + prometheusPort);
    } catch (IOException | BenchException e) {
      pair.close();
      throw e;
    }
    return pair;
  }

  private static Path alertmanagerConfig(Path folder, Listener listener) throws IOException {
    return Files.writeString(
        folder.resolve("alertmanager.yml"),
        """
        route: {receiver: hook, group_by: [run, alertname], group_wait: 0s, group_interval: 1m}
        receivers:
          - name: hook
            webhook_configs: [{url: '%s', send_resolved: false}]
        """
            .formatted(listener.alertmanager()));
  }

  private static Path prometheusConfig(Path folder, Listener listener, int alertmanagerPort)
      throws IOException {
    Path rules =
        Files.writeString(
            folder.resolve("rules.yml"),
            """
            groups:
              - name: trainer
                rules: [{alert: non-finite, expr: '%s', labels: {severity: critical}}]
            """
                .formatted(Listener.expression()));
    return Files.writeString(
        folder.resolve("prometheus.yml"),
        """
        global: {scrape_interval: 1s, evaluation_interval: 1s}
        rule_files: ['%s']
        scrape_configs:
          - job_name: trainer
            static_configs: [{targets: ['%s']}]
        alerting:
          alertmanagers:
            - static_configs: [{targets: ['127.0.0.1:%d']}]
        """
            .formatted(rules, listener.address(), alertmanagerPort));
  }

  private void start(Path folder, String name, int port, String... command)
      throws IOException, BenchException {
    Path log = folder.resolve(name + ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    processes.add(process);
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!isReady(port)) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new BenchException(
            ErrorId.BENCH_LIVE,
            name + " does not start: " + String.join(" / ", Files.readAllLines(log)) + ".");
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private static boolean isReady(int port) throws BenchException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI ready = URI.create("http://127.0.0.1:" + port + "/-/ready");
      return http.send(HttpRequest.newBuilder(ready).build(), BodyHandlers.discarding())
              .statusCode()
          == OK;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException(ErrorId.BENCH_LIVE, "the measurement was interrupted.");
    }
  }

  @Override
  public void close() {
    for (Process process : processes.reversed()) {
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
}
