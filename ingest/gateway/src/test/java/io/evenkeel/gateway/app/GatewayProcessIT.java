package io.evenkeel.gateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.RecordBatches;
import io.evenkeel.gateway.Await;
import io.evenkeel.gateway.TestKafka;
import io.evenkeel.gateway.token.RunPattern;
import io.evenkeel.gateway.token.TokenFile;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.io.File;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway as a process of its own: started, killed, stopped, with and without its broker. */
class GatewayProcessIT {

  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final int SENDERS = 4;
  private static final int BATCH = 20;

  @TempDir private Path folder;
  private final List<Process> started = new ArrayList<>();
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  @AfterEach
  void killAll() throws Exception {
    for (Process process : started) {
      process.destroyForcibly().waitFor();
    }
    client.close();
  }

  @Test
  void shouldHoldEveryAcknowledgedRecordWhenKilledAndItsBrokerIsAwayUnderLoad() throws Exception {
    String token = token();
    try (TestKafka kafka = new TestKafka(folder.resolve("kafka"))) {
      Path log = folder.resolve("gateway-0.log");
      Process gateway = start(kafka.bootstrap(), log);
      awaitReady(log);
      Load load = new Load(token);
      try (load) {
        Await.until("some are taken", LIMIT, () -> load.acknowledged.size() > 500);
        for (int kill = 1; kill <= 2; kill++) {
          gateway.destroyForcibly().waitFor();
          int before = load.acknowledged.size();
          log = folder.resolve("gateway-" + kill + ".log");
          gateway = start(kafka.bootstrap(), log);
          Await.until("it goes on", LIMIT, () -> load.acknowledged.size() > before + 500);
        }
        kafka.stop();
        Await.until("it says so", LIMIT, () -> status("/actuator/health/readiness", token) == 503);
        assertThat(status("/actuator/health/liveness", token)).isEqualTo(200);
        HttpResponse<String> refused = post(token, load.next());
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).contains("EVK-KAFKA-UNAVAILABLE");
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        int before = load.acknowledged.size();
        kafka.startAgain();
        Await.until("it goes on", LIMIT, () -> load.acknowledged.size() > before + 500);
        assertThat(status("/actuator/health/readiness", token)).isEqualTo(200);
      }
      assertThat(load.unexpected).isEmpty();
      Set<Long> stored = new HashSet<>();
      for (ConsumerRecord<byte[], byte[]> record : kafka.read(Topics.TELEMETRY, Map.of())) {
        stored.add(Codecs.STEP_TELEMETRY.decode(record.value()).key().step());
      }
      assertThat(stored).containsAll(load.acknowledged);
    }
  }

  @Test
  void shouldFinishWhatIsInFlightAndAnswerThoseThatWaitWhenStopped() throws Exception {
    String token = token();
    try (TestKafka kafka = new TestKafka(folder.resolve("kafka"))) {
      Path log = folder.resolve("gateway.log");
      Process gateway = start(kafka.bootstrap(), log);
      awaitReady(log);
      CompletableFuture<HttpResponse<String>> waiting =
          client.sendAsync(
              request(token, "/api/v1/runs/a/commands?wait=60").build(),
              HttpResponse.BodyHandlers.ofString());
      Await.until(
          "it waits",
          LIMIT,
          () -> get("/actuator/prometheus", token).contains("evenkeel_gateway_waiters 1.0"));
      byte[] body =
          RecordBatches.encode(
              List.of(
                  Codecs.STEP_TELEMETRY.encode(TrainingRuns.healthy("a").build().telemetry(1, 0))));
      try (Socket slow = new Socket("127.0.0.1", port())) {
        slow.setSoTimeout(30_000);
        slow.getOutputStream()
            .write(
                ("POST /api/v1/telemetry HTTP/1.1\r\nHost: x\r\nContent-Type:"
                        + " application/x-protobuf\r\nAuthorization: Bearer "
                        + token
                        + "\r\nContent-Length: "
                        + body.length
                        + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        slow.getOutputStream().write(body, 0, body.length / 2);
        slow.getOutputStream().flush();
        Await.until(
            "it is being read",
            LIMIT,
            () -> !get("/actuator/prometheus", token).contains("evenkeel_gateway_body_bytes 0.0"));

        gateway.destroy();
        assertThat(waiting.get(30, TimeUnit.SECONDS).body()).isEqualTo("{\"commands\":[]}");
        slow.getOutputStream().write(body, body.length / 2, body.length - body.length / 2);
        slow.getOutputStream().flush();
        String answer = new String(slow.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(answer).startsWith("HTTP/1.1 200").contains("\"accepted\":1");
      }
      long began = System.nanoTime();
      assertThat(gateway.waitFor(30, TimeUnit.SECONDS)).isTrue();
      System.out.printf("gateway stopped in %d ms%n", (System.nanoTime() - began) / 1_000_000);
      assertThat(kafka.read(Topics.TELEMETRY, Map.of())).hasSize(1);
    }
  }

  @Test
  void shouldServeAndSayWhatIsMissingWhenThereIsNeitherBrokerNorToken() throws Exception {
    Path log = folder.resolve("gateway.log");
    start("127.0.0.1:1", log);
    Await.until("says so", LIMIT, () -> Files.readString(log).contains("EVK-KAFKA-UNAVAILABLE"));

    assertThat(Files.readString(log)).contains("EVK-GATEWAY-TOKEN").doesNotContain("READY");
    assertThat(status("/actuator/health/liveness", "x")).isEqualTo(200);
    assertThat(status("/actuator/health/readiness", "x")).isEqualTo(503);
    HttpResponse<String> refused = post("evk_x", new byte[0]);
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.body()).contains("./evenkeel token create");
    String token = token();
    Await.until("the token holds", LIMIT, () -> post(token, new byte[0]).statusCode() == 503);

    Files.writeString(tokenFile().path(), "{ broken");
    Await.until(
        "says so, and keeps to the last good one",
        LIMIT,
        () -> {
          // It looks at the file when it is asked.
          assertThat(post(token, new byte[0]).statusCode()).isEqualTo(503);
          return Files.readString(log).contains("EVK-GATEWAY-TOKEN-FILE");
        });
    assertThat(post(token, new byte[0]).statusCode()).isEqualTo(503);
  }

  @Test
  void shouldNameEveryProblemWhenTheConfigurationIsWrong() throws Exception {
    Path log = folder.resolve("gateway.log");
    Process gateway =
        process(log, Map.of("EVENKEEL_KAFKA_BOOTSTRAP", "nowhere", "EVENKEEL_GATEWAY_PORT", "x"))
            .start();
    started.add(gateway);

    assertThat(gateway.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(gateway.exitValue()).isEqualTo(2);
    assertThat(Files.readString(log))
        .contains("EVK-CONFIG-INVALID", "EVENKEEL_KAFKA_BOOTSTRAP", "EVENKEEL_GATEWAY_PORT");
  }

  /** Senders that send the same again until it is taken. */
  private final class Load implements AutoCloseable {
    private final Set<Long> acknowledged = ConcurrentHashMap.newKeySet();
    private final Set<String> unexpected = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicInteger batches = new AtomicInteger();
    private final TrainingRun run = TrainingRuns.healthy("load").build();
    private final ExecutorService threads = Executors.newFixedThreadPool(SENDERS);
    private final List<Future<?>> senders = new ArrayList<>();

    Load(String token) {
      for (int i = 0; i < SENDERS; i++) {
        senders.add(threads.submit(() -> send(token)));
      }
    }

    private byte[] batch(long first) {
      List<byte[]> records = new ArrayList<>();
      for (long step = first; step < first + BATCH; step++) {
        records.add(Codecs.STEP_TELEMETRY.encode(run.telemetry(step, 0)));
      }
      return RecordBatches.encode(records);
    }

    byte[] next() {
      return batch((long) batches.getAndIncrement() * BATCH);
    }

    private Void send(String token) throws Exception {
      while (!stopped.get()) {
        long first = (long) batches.getAndIncrement() * BATCH;
        byte[] body = batch(first);
        while (!stopped.get() && !isTaken(token, body)) {
          LockSupport.parkNanos(20_000_000);
        }
        if (!stopped.get()) {
          for (long step = first; step < first + BATCH; step++) {
            acknowledged.add(step);
          }
        }
      }
      return null;
    }

    private boolean isTaken(String token, byte[] body) throws InterruptedException {
      try {
        int status = post(token, body).statusCode();
        if (status != 200 && status != 503) {
          unexpected.add("status " + status);
        }
        return status == 200;
      } catch (IOException e) {
        // Killed, or not there yet.
        return false;
      }
    }

    @Override
    public void close() throws Exception {
      stopped.set(true);
      for (Future<?> sender : senders) {
        sender.get(60, TimeUnit.SECONDS);
      }
      threads.shutdown();
    }
  }

  private TokenFile tokenFile() {
    return new TokenFile(folder.resolve("data").resolve("gateway").resolve("tokens.json"));
  }

  private String token() throws IOException {
    return tokenFile().create("all", new RunPattern("*"), Instant.EPOCH, null).secret();
  }

  private int port() throws IOException {
    return Integer.parseInt(
        Files.readString(folder.resolve("data").resolve("gateway").resolve("port")).strip());
  }

  private HttpRequest.Builder request(String token, String path) throws IOException {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
        .timeout(Duration.ofSeconds(90))
        .header("Authorization", "Bearer " + token);
  }

  private HttpResponse<String> post(String token, byte[] body)
      throws IOException, InterruptedException {
    return client.send(
        request(token, "/api/v1/telemetry")
            .header("Content-Type", "application/x-protobuf")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private String get(String path, String token) throws Exception {
    return client.send(request(token, path).build(), HttpResponse.BodyHandlers.ofString()).body();
  }

  private int status(String path, String token) throws Exception {
    return client
        .send(request(token, path).build(), HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private static void awaitReady(Path log) throws Exception {
    Await.until(
        "ready",
        LIMIT,
        () -> Files.readString(log).lines().anyMatch("EVENKEEL-READY gateway"::equals));
  }

  private Process start(String bootstrap, Path log) throws Exception {
    Files.deleteIfExists(folder.resolve("data").resolve("gateway").resolve("port"));
    Process process =
        process(
                log,
                Map.of(
                    "EVENKEEL_KAFKA_BOOTSTRAP",
                    bootstrap,
                    "EVENKEEL_GATEWAY_PORT",
                    "0",
                    "EVENKEEL_DATA",
                    folder.resolve("data").toString()))
            .start();
    started.add(process);
    Await.until(
        "it listens",
        LIMIT,
        () -> Files.exists(folder.resolve("data").resolve("gateway").resolve("port")));
    return process;
  }

  private static ProcessBuilder process(Path log, Map<String, String> environment) {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath(),
                GatewayMain.class.getName()));
    builder.environment().keySet().removeIf(name -> name.startsWith("EVENKEEL_"));
    builder.environment().putAll(environment);
    return builder.redirectErrorStream(true).redirectOutput(log.toFile());
  }

  /** Without the tests, whose logging configuration would go before the gateway's own. */
  private static String classPath() {
    String all =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return String.join(
        File.pathSeparator,
        List.of(all.split(File.pathSeparator)).stream()
            .filter(path -> !path.endsWith("test-classes"))
            .toList());
  }
}
