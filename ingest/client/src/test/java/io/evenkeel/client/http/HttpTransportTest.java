package io.evenkeel.client.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.client.Await;
import io.evenkeel.client.PublisherStatistics;
import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.client.http.GatewayOptions.Compression;
import io.evenkeel.client.http.GatewayOptions.Timeouts;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Records over HTTP to somebody who answers oddly. */
@Timeout(180)
class HttpTransportTest {

  private static final String PROBLEM = "application/problem+json";

  private final TrainingRun training =
      TrainingRuns.healthy("r").tokensPerRank(64).layers(1).build();
  private FakeGateway gateway;

  @BeforeEach
  void open() throws IOException {
    gateway = new FakeGateway();
  }

  @AfterEach
  void close() {
    gateway.close();
  }

  private PublisherStatistics publish(GatewayOptions options, int steps) {
    TelemetryPublisher publisher = GatewayClient.publisher(options);
    training.stream(steps).forEach(publisher::publish);
    Await.until("nothing waits", () -> publisher.statistics().queued() == 0);
    return publisher.close(Duration.ofSeconds(10));
  }

  private List<StepTelemetry> distinct() {
    return new ArrayList<>(new LinkedHashSet<>(gateway.accepted));
  }

  @Test
  void shouldSendInOrderAndInBatchesWhenAllIsWell() {
    assertThat(publish(gateway.options(), 300).sent()).isEqualTo(300);

    assertThat(gateway.accepted).isEqualTo(training.stream(300).toList());
    assertThat(gateway.batches).hasSizeLessThan(300);
    assertThat(gateway.posts)
        .allSatisfy(
            post -> {
              assertThat(post.getRequestHeaders().getFirst("Authorization"))
                  .isEqualTo("Bearer evk_test");
              assertThat(post.getRequestHeaders().getFirst("Content-Type"))
                  .isEqualTo("application/x-protobuf");
            });
  }

  @Test
  void shouldCompressWhenAskedTo() {
    publish(gateway.options().withCompression(Compression.GZIP), 50);

    assertThat(gateway.accepted).isEqualTo(training.stream(50).toList());
    assertThat(gateway.posts)
        .anySatisfy(
            post ->
                assertThat(post.getRequestHeaders().getFirst("Content-Encoding"))
                    .isEqualTo("gzip"));
  }

  @Test
  void shouldWaitAsLongAsItIsAskedToWhenTheRateIsTooHigh() {
    List<Long> times = new ArrayList<>();
    gateway.script.add(
        (exchange, records) -> {
          times.add(System.nanoTime());
          FakeGateway.status(429, PROBLEM, "{\"errorId\":\"EVK-GATEWAY-RATE\"}", "Retry-After", "2")
              .answer(exchange, records);
        });
    gateway.otherwise =
        (exchange, records) -> {
          times.add(System.nanoTime());
          gateway.accept(exchange, records);
        };

    assertThat(publish(gateway.options(), 20).sent()).isEqualTo(20);

    assertThat(gateway.accepted).isEqualTo(training.stream(20).toList());
    assertThat(Duration.ofNanos(times.get(1) - times.get(0)))
        .isGreaterThanOrEqualTo(Duration.ofMillis(1_990));
  }

  @Test
  void shouldPassTheOthersWhenSomeAreRejected() {
    gateway.otherwise =
        (exchange, records) -> {
          StringBuilder rejections = new StringBuilder();
          List<byte[]> taken = new ArrayList<>();
          for (int i = 0; i < records.size(); i++) {
            if (FakeGateway.telemetry(records.get(i)).key().step() % 7 == 3) {
              rejections.append(rejections.isEmpty() ? "" : ",");
              rejections.append(
                  "{\"index\":%d,\"errorId\":\"EVK-WIRE-INVALID\",\"message\":\"\"}".formatted(i));
            } else {
              taken.add(records.get(i));
            }
          }
          gateway.take(taken);
          int rejected = records.size() - taken.size();
          FakeGateway.reply(
              exchange,
              rejected == 0 ? 200 : taken.isEmpty() ? 400 : 207,
              "application/json",
              "{\"accepted\":%d,\"rejected\":%d,\"rejections\":[%s]}"
                  .formatted(taken.size(), rejected, rejections));
        };

    PublisherStatistics last = publish(gateway.options(), 70);

    assertThat(last.rejected()).isEqualTo(10);
    assertThat(last.sent()).isEqualTo(60);
    assertThat(gateway.accepted)
        .isEqualTo(training.stream(70).filter(t -> t.key().step() % 7 != 3).toList());
  }

  /** Kafka went away in the middle of a batch: that is no fault of the records. */
  @Test
  void shouldSendAgainWhatKafkaDidNotTake() {
    gateway.script.add(
        (exchange, records) -> {
          assertThat(records).hasSize(1);
          FakeGateway.reply(
              exchange,
              400,
              "application/json",
              """
              {"accepted":0,"rejected":1,"rejections":
               [{"index":0,"errorId":"EVK-KAFKA-UNAVAILABLE","message":"away"}]}\
              """);
        });

    PublisherStatistics last = publish(gateway.options(), 10);

    assertThat(last.rejected()).isZero();
    assertThat(gateway.accepted).isEqualTo(training.stream(10).toList());
  }

  @Test
  void shouldSendAgainWhenTheAnswerIsNoGateways() {
    gateway.script.add(FakeGateway.status(500, "text/html", "<html>Internal error</html>"));
    gateway.script.add(FakeGateway.status(200, "text/html", "<html>Log in to our WLAN</html>"));
    gateway.script.add(FakeGateway.status(200, "application/json", "{\"accepted\":0}"));
    gateway.script.add(FakeGateway.status(200, "application/json", "[[[[[[[["));
    gateway.script.add(FakeGateway.status(404, PROBLEM, ""));
    gateway.script.add(FakeGateway.status(302, "", "", "Location", "http://127.0.0.1:1/"));
    gateway.script.add(FakeGateway.status(503, PROBLEM, "{}", "Retry-After", "soon"));

    assertThat(publish(gateway.options(), 20).sent()).isEqualTo(20);

    assertThat(gateway.accepted).isEqualTo(training.stream(20).toList());
    assertThat(gateway.script).isEmpty();
  }

  @Test
  void shouldSendAgainWhenTheAnswerIsCutOff() {
    for (int i = 0; i < 3; i++) {
      gateway.script.add(
          (exchange, records) -> {
            gateway.take(records);
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody().write("{\"accepted\":".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            throw new IOException("the gateway was killed");
          });
    }

    assertThat(publish(gateway.options(), 30).sent()).isEqualTo(30);

    assertThat(gateway.accepted).hasSizeGreaterThan(30);
    assertThat(distinct()).isEqualTo(training.stream(30).toList());
  }

  @Test
  void shouldSendAgainWhenTheAnswerNeverEnds() {
    byte[] mebi = new byte[1 << 20];
    gateway.script.add(
        (exchange, records) -> {
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream body = exchange.getResponseBody()) {
            for (int i = 0; i < 1_000; i++) {
              body.write(mebi);
            }
          }
        });

    assertThat(publish(gateway.options(), 5).sent()).isEqualTo(5);
    assertThat(gateway.accepted).isEqualTo(training.stream(5).toList());
  }

  @Test
  void shouldSendAgainWhenNoAnswerComesInTime() {
    CountDownLatch never = new CountDownLatch(1);
    FakeGateway.Script silent = (exchange, records) -> await(never);
    FakeGateway.Script headOnly =
        (exchange, records) -> {
          exchange.sendResponseHeaders(200, 100);
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
          await(never);
        };
    gateway.script.addAll(List.of(silent, headOnly));
    Timeouts hasty =
        new Timeouts(
            Duration.ofSeconds(5), Duration.ofMillis(300), Duration.ZERO, Duration.ofSeconds(1));

    // A second is not enough on a busy machine: some that are not silent may be found so too.
    assertThat(publish(gateway.options().withTimeouts(hasty), 10).sent()).isEqualTo(10);

    assertThat(distinct()).isEqualTo(training.stream(10).toList());
    never.countDown();
  }

  @Test
  void shouldSendAgainWhenTheConnectionIsReset() throws Exception {
    try (ServerSocket rude = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      int port = rude.getLocalPort();
      TelemetryPublisher publisher =
          GatewayClient.publisher(
              GatewayOptions.of(java.net.URI.create("http://127.0.0.1:" + port), "t"));
      training.stream(10).forEach(publisher::publish);
      for (int i = 0; i < 4; i++) {
        try (Socket socket = rude.accept()) {
          socket.getInputStream().read(new byte[20]);
          socket.setSoLinger(true, 0);
        }
      }
      rude.close();
      try (FakeGateway back = new FakeGateway(port)) {
        assertThat(publisher.close(Duration.ofSeconds(60)).sent()).isEqualTo(10);
        assertThat(back.accepted).isEqualTo(training.stream(10).toList());
      }
    }
  }

  @Test
  void shouldCountAsRejectedWhenTheTokenIsWrong() {
    gateway.otherwise =
        FakeGateway.status(401, PROBLEM, "{\"status\":401,\"errorId\":\"EVK-GATEWAY-TOKEN\"}");

    PublisherStatistics last = publish(gateway.options(), 40);

    assertThat(last.rejected()).isEqualTo(40);
    assertThat(last.sent()).isZero();
    assertThat(last.dropped()).isZero();
  }

  @Test
  void shouldSplitABatchThatIsTooLarge() {
    gateway.otherwise =
        (exchange, records) -> {
          if (records.size() > 3) {
            FakeGateway.reply(exchange, 413, PROBLEM, "{\"errorId\":\"EVK-GATEWAY-TOO-LARGE\"}");
          } else {
            gateway.accept(exchange, records);
          }
        };

    assertThat(publish(gateway.options(), 200).sent()).isEqualTo(200);

    assertThat(gateway.accepted).isEqualTo(training.stream(200).toList());
  }

  @Test
  void shouldFindTheOneRecordForWhichWholeBodiesAreRefused() {
    gateway.otherwise =
        (exchange, records) -> {
          if (records.stream().anyMatch(r -> FakeGateway.telemetry(r).key().step() == 77)) {
            FakeGateway.reply(exchange, 400, PROBLEM, "{\"errorId\":\"EVK-WIRE-MALFORMED\"}");
          } else {
            gateway.accept(exchange, records);
          }
        };

    PublisherStatistics last = publish(gateway.options(), 150);

    assertThat(last.rejected()).isOne();
    assertThat(gateway.accepted)
        .isEqualTo(training.stream(150).filter(t -> t.key().step() != 77).toList());
  }

  /** A token may cover one run and not another, and a gateway judges bodies as a whole. */
  @Test
  void shouldNotMixRunsInOneBody() {
    TrainingRun foreign = TrainingRuns.healthy("foreign").tokensPerRank(64).layers(1).build();
    gateway.otherwise =
        (exchange, records) -> {
          boolean own =
              records.stream().anyMatch(r -> FakeGateway.telemetry(r).key().run().equals("r"));
          if (own) {
            gateway.accept(exchange, records);
          } else {
            FakeGateway.reply(exchange, 403, PROBLEM, "{\"errorId\":\"EVK-GATEWAY-SCOPE\"}");
          }
        };
    try (TelemetryPublisher publisher = GatewayClient.publisher(gateway.options())) {
      for (long step = 0; step < 50; step++) {
        publisher.publish(training.telemetry(step, 0));
        publisher.publish(foreign.telemetry(step, 0));
      }
      Await.until("nothing waits", () -> publisher.statistics().queued() == 0);
      assertThat(publisher.statistics().rejected()).isEqualTo(50);
    }
    assertThat(gateway.accepted).isEqualTo(training.stream(50).toList());
  }

  /** Until somebody is ready the oldest may still be dropped, so nothing may be under way. */
  @Test
  void shouldSendNothingUntilTheGatewayIsReady() {
    gateway.readiness.addAll(List.of(503, 503, 502, 429));

    assertThat(publish(gateway.options(), 5).sent()).isEqualTo(5);

    assertThat(gateway.probes).hasValueGreaterThanOrEqualTo(5);
    assertThat(gateway.posts.size()).isLessThanOrEqualTo(5);
  }

  @Test
  void shouldGiveUpAtOnceWhenClosedDuringARequestThatHangs() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    gateway.otherwise =
        (exchange, records) -> {
          arrived.countDown();
          await(never);
        };
    TelemetryPublisher publisher = GatewayClient.publisher(gateway.options());
    training.stream(3).forEach(publisher::publish);
    arrived.await();

    PublisherStatistics last = publisher.close(Duration.ofMillis(50));

    assertThat(last.dropped()).isEqualTo(3);
    Await.until(
        "the request is given up and its threads end",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("evenkeel-publisher-gateway")));
    never.countDown();
  }

  /** The step before a crash tells more than any other, and nobody closes anything in a crash. */
  @Test
  void shouldSendTheLastStepsWhenTheJvmEndsWithoutClosing() throws Exception {
    Process trainer =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                CrashingTrainer.class.getName(),
                gateway.address().toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(trainer.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(trainer.waitFor(60, TimeUnit.SECONDS)).isTrue();

    assertThat(trainer.exitValue()).as(output).isOne();
    assertThat(output).contains("the loss is NaN");
    assertThat(gateway.accepted)
        .extracting(telemetry -> telemetry.key().step())
        .containsExactlyElementsOf(LongStream.range(0, CrashingTrainer.STEPS).boxed().toList());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
