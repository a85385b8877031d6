package io.evenkeel.gateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.Lease;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.JsonCodecs;
import io.evenkeel.contract.wire.RecordBatches;
import io.evenkeel.gateway.Await;
import io.evenkeel.gateway.TestKafka;
import io.evenkeel.gateway.limit.Limits;
import io.evenkeel.gateway.token.RunPattern;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page docs/http-api.md, line by line. */
class GatewayApiIT {

  private static final String PROTOBUF = "application/x-protobuf";
  private static final String JSON = "application/json";
  private static final String NDJSON = "application/x-ndjson";
  private static final String TELEMETRY = "/api/v1/telemetry";
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  @TempDir private static Path folder;
  private static TestKafka kafka;
  private static TestGateway gateway;

  @BeforeAll
  static void start() throws Exception {
    kafka = new TestKafka(folder.resolve("kafka"));
    gateway = new TestGateway(folder.resolve("data"), kafka.bootstrap(), Limits.STANDARD);
    gateway.awaitReady();
  }

  @AfterAll
  static void stop() {
    gateway.close();
    kafka.close();
  }

  private static TrainingRun run(String name) {
    return TrainingRuns.healthy(name).ranks(2).build();
  }

  private static byte[] batch(List<StepTelemetry> records) {
    return RecordBatches.encode(records.stream().map(Codecs.STEP_TELEMETRY::encode).toList());
  }

  private static String json(long step) {
    return "{\"run\":\"json\",\"step\":" + step + ",\"losses\":{\"languageModel\":2.5}}";
  }

  @Test
  void shouldPassOnTheVeryBytesWhenProtobufIsValid() throws Exception {
    Map<TopicPartition, Long> from = kafka.ends(Topics.TELEMETRY);
    List<StepTelemetry> sent = run("bytes").stream(3).toList();

    TestGateway.Answer answer = gateway.post(TELEMETRY, PROTOBUF, batch(sent));

    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.json().path("accepted").asInt()).isEqualTo(6);
    assertThat(answer.json().path("rejected").asInt()).isZero();
    List<ConsumerRecord<byte[], byte[]>> stored = kafka.read(Topics.TELEMETRY, from);
    assertThat(stored.stream().map(ConsumerRecord::value))
        .containsExactlyInAnyOrderElementsOf(
            sent.stream().map(Codecs.STEP_TELEMETRY::encode).toList());
    assertThat(stored)
        .allSatisfy(
            record -> {
              StepTelemetry telemetry = Codecs.STEP_TELEMETRY.decode(record.value());
              assertThat(new String(record.key(), StandardCharsets.UTF_8))
                  .isEqualTo(Topics.telemetryKey("bytes", telemetry.key().rank()));
            });
  }

  @Test
  void shouldTakeAnObjectAnArrayAndLinesWhenJson() throws Exception {
    Map<TopicPartition, Long> from = kafka.ends(Topics.TELEMETRY);

    assertThat(gateway.post(TELEMETRY, JSON, json(1)).status()).isEqualTo(200);
    assertThat(
            gateway
                .post(TELEMETRY, JSON + ";charset=utf-8", " [ " + json(2) + " , " + json(3) + " ] ")
                .status())
        .isEqualTo(200);
    assertThat(gateway.post(TELEMETRY, NDJSON, json(4) + "\r\n\n" + json(5) + "\n").status())
        .isEqualTo(200);
    assertThat(gateway.post(TELEMETRY, JSON, "[]").status()).isEqualTo(200);
    String whole = JsonCodecs.STEP_TELEMETRY.encode(run("json").telemetry(6, 1));
    assertThat(gateway.post(TELEMETRY, JSON, whole).status()).isEqualTo(200);

    List<StepTelemetry> stored = telemetry(from);
    assertThat(stored.stream().map(telemetry -> telemetry.key().step()))
        .containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L);
    assertThat(stored).contains(run("json").telemetry(6, 1));
    assertThat(stored)
        .filteredOn(telemetry -> telemetry.key().step() < 6)
        .allSatisfy(
            telemetry -> {
              assertThat(telemetry.losses().languageModel()).isEqualTo(2.5);
              assertThat(telemetry.stepTimeMillis()).isNaN();
              assertThat(telemetry.worldSize()).isEqualTo(1);
            });
  }

  @Test
  void shouldTakeCompressedBodiesWhenGzipOrZstd() throws Exception {
    byte[] body = batch(run("packed").stream(2).toList());
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
      out.write(body);
    }

    assertThat(encoded("gzip", gzip.toByteArray()).status()).isEqualTo(200);
    assertThat(encoded("zstd", Zstd.compress(body, 3)).status()).isEqualTo(200);
    assertThat(encoded("zstd", Zstd.compress(body, 19)).status()).isEqualTo(200);

    assertThat(encoded("br", body).errorId()).isEqualTo("EVK-GATEWAY-MEDIA-TYPE");
    assertThat(encoded("gzip", body).errorId()).isEqualTo("EVK-WIRE-MALFORMED");
    assertThat(encoded("zstd", body).errorId()).isEqualTo("EVK-WIRE-MALFORMED");
    byte[] cut = java.util.Arrays.copyOf(gzip.toByteArray(), gzip.size() / 2);
    assertThat(encoded("gzip", cut).status()).isEqualTo(400);
  }

  private static TestGateway.Answer encoded(String encoding, byte[] body) throws Exception {
    return gateway.send(
        gateway
            .request(TELEMETRY)
            .header("Content-Type", PROTOBUF)
            .header("Content-Encoding", encoding)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  @Test
  void shouldKeepTheNeighboursAndADeadLetterWhenOneRecordIsRefused() throws Exception {
    Map<TopicPartition, Long> from = kafka.ends(Topics.TELEMETRY);
    Map<TopicPartition, Long> lettersFrom = kafka.ends(Topics.DEAD_LETTERS);
    byte[] first = Codecs.STEP_TELEMETRY.encode(run("neighbours").telemetry(1, 0));
    byte[] broken = new byte[100_000];
    java.util.Arrays.fill(broken, (byte) 0xFF);
    byte[] third = Codecs.STEP_TELEMETRY.encode(run("neighbours").telemetry(1, 1));

    TestGateway.Answer answer =
        gateway.post(TELEMETRY, PROTOBUF, RecordBatches.encode(List.of(first, broken, third)));

    assertThat(answer.status()).isEqualTo(207);
    assertThat(answer.json().path("accepted").asInt()).isEqualTo(2);
    assertThat(answer.json().path("rejected").asInt()).isEqualTo(1);
    assertThat(answer.json().path("rejections").get(0).path("index").asInt()).isEqualTo(1);
    assertThat(answer.json().path("rejections").get(0).path("errorId").asString())
        .isEqualTo("EVK-WIRE-MALFORMED");
    assertThat(kafka.read(Topics.TELEMETRY, from).stream().map(ConsumerRecord::value))
        .containsExactlyInAnyOrder(first, third);
    List<ConsumerRecord<byte[], byte[]>> letters = kafka.read(Topics.DEAD_LETTERS, lettersFrom);
    assertThat(letters).hasSize(1);
    DeadLetter letter = Codecs.DEAD_LETTER.decode(letters.getFirst().value());
    assertThat(letter.origin().topic()).isEqualTo("gateway:/api/v1/telemetry");
    assertThat(letter.valueLength()).isEqualTo(100_000);
    assertThat(letter.value()).hasSize(DeadLetter.MAX_VALUE_BYTES);
    assertThat(letter.errorId()).isEqualTo("EVK-WIRE-MALFORMED");
    assertThat(letter.service()).isEqualTo("gateway");
  }

  @Test
  void shouldAnswer400WithEveryRecordWhenAllAreRefused() throws Exception {
    TestGateway.Answer answer = gateway.post(TELEMETRY, NDJSON, "{}\nnonsense\n[1]\n");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.response().headers().firstValue("Content-Type"))
        .hasValue("application/problem+json");
    assertThat(answer.json().path("rejected").asInt()).isEqualTo(3);
    assertThat(answer.json().path("status").asInt()).isEqualTo(400);
    assertThat(answer.errorId()).startsWith("EVK-WIRE-");
    assertThat(gateway.post(TELEMETRY, JSON, "[" + json(1)).errorId())
        .isEqualTo("EVK-WIRE-MALFORMED");
    assertThat(gateway.post(TELEMETRY, JSON, json(1) + json(2)).status()).isEqualTo(400);
    assertThat(gateway.post(TELEMETRY, JSON, "").status()).isEqualTo(400);
    assertThat(gateway.post(TELEMETRY, PROTOBUF, "no batch").errorId())
        .isEqualTo("EVK-WIRE-MALFORMED");
  }

  @Test
  void shouldAnswer401WhenTheTokenIsMissingUnknownExpiredOrRevoked() throws Exception {
    assertThat(as(null, "/api/v1/runs/a/commands").errorId()).isEqualTo("EVK-GATEWAY-TOKEN");
    TestGateway.Answer unknown = as("evk_wrong", "/api/v1/runs/a/commands");
    assertThat(unknown.status()).isEqualTo(401);
    assertThat(unknown.response().headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
    String expired =
        gateway.tokens().create("old", new RunPattern("*"), NOW, NOW.plusSeconds(1)).secret();
    String fresh = gateway.tokens().create("fresh", new RunPattern("*"), NOW, null).secret();

    Await.until(
        "the new token holds",
        Duration.ofSeconds(20),
        () -> as(fresh, "/api/v1/runs/a/commands").status() == 200);
    assertThat(as(expired, "/api/v1/runs/a/commands").status()).isEqualTo(401);
    assertThat(gateway.tokens().revoke("fresh")).isTrue();
    Await.until(
        "the revoked token is refused",
        Duration.ofSeconds(20),
        () -> as(fresh, "/api/v1/runs/a/commands").status() == 401);
  }

  @Test
  void shouldAnswer403WhenTheTokenDoesNotCoverTheRun() throws Exception {
    String narrow = gateway.tokens().create("narrow", new RunPattern("team-*"), NOW, null).secret();
    Await.until(
        "the new token holds",
        Duration.ofSeconds(20),
        () -> as(narrow, "/api/v1/runs/team-1/commands").status() == 200);

    assertThat(as(narrow, "/api/v1/runs/other/commands").errorId()).isEqualTo("EVK-GATEWAY-SCOPE");
    assertThat(as(narrow, "/api/v1/runs/other/alerts").status()).isEqualTo(403);
    byte[] body = batch(List.of(run("other").telemetry(1, 0), run("other").telemetry(1, 1)));
    HttpRequest.Builder post =
        gateway
            .request(TELEMETRY)
            .setHeader("Authorization", "Bearer " + narrow)
            .header("Content-Type", PROTOBUF);
    TestGateway.Answer refused =
        gateway.send(post.POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.errorId()).isEqualTo("EVK-GATEWAY-SCOPE");
    byte[] mixed = batch(List.of(run("other").telemetry(1, 0), run("team-1").telemetry(1, 1)));
    TestGateway.Answer partly =
        gateway.send(post.POST(HttpRequest.BodyPublishers.ofByteArray(mixed)));
    assertThat(partly.status()).isEqualTo(207);
    assertThat(partly.json().path("rejections").get(0).path("errorId").asString())
        .isEqualTo("EVK-GATEWAY-SCOPE");
  }

  private static TestGateway.Answer as(String token, String path) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(java.net.URI.create(gateway.base() + path));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return gateway.send(request.GET());
  }

  @Test
  void shouldAnswerWithIdsWhenPathMethodParameterOrTypeIsWrong() throws Exception {
    assertThat(gateway.get("/api/v1/nothing").status()).isEqualTo(404);
    assertThat(gateway.get("/api/v1/nothing").errorId()).isEqualTo("EVK-GATEWAY-REQUEST");
    assertThat(gateway.get(TELEMETRY).status()).isEqualTo(405);
    assertThat(gateway.get("/api/v1/runs/a/commands?after=x").status()).isEqualTo(400);
    assertThat(gateway.get("/api/v1/runs/a/commands?after=-1").errorId())
        .isEqualTo("EVK-GATEWAY-REQUEST");
    assertThat(gateway.get("/api/v1/runs/a/alerts?after=x").status()).isEqualTo(400);
    assertThat(gateway.post(TELEMETRY, "text/plain", "x").status()).isEqualTo(415);
    assertThat(gateway.post(TELEMETRY, JSON + ";charset=utf-16", "x").errorId())
        .isEqualTo("EVK-GATEWAY-MEDIA-TYPE");
    assertThat(gateway.post("/api/v1/runs", "*/", "x").status()).isEqualTo(415);
  }

  @Test
  void shouldAnswer413WhenTheBodyIsTooLargeBeforeOrAfterDecompression() throws Exception {
    byte[] large = new byte[Limits.STANDARD.bodyBytes() + 1];
    assertThat(gateway.post(TELEMETRY, PROTOBUF, large).errorId())
        .isEqualTo("EVK-GATEWAY-TOO-LARGE");
    TestGateway.Answer streamed =
        gateway.send(
            gateway
                .request(TELEMETRY)
                .header("Content-Type", PROTOBUF)
                .POST(
                    HttpRequest.BodyPublishers.ofInputStream(
                        () -> new java.io.ByteArrayInputStream(large))));
    assertThat(streamed.status()).isEqualTo(413);
    byte[] zeros = new byte[Limits.STANDARD.decompressedBytes() + 1];
    assertThat(encoded("zstd", Zstd.compress(zeros, 3)).status()).isEqualTo(413);
    byte[] many =
        RecordBatches.encode(
            java.util.Collections.nCopies(Limits.STANDARD.records() + 1, new byte[0]));
    assertThat(gateway.post(TELEMETRY, PROTOBUF, many).status()).isEqualTo(413);
  }

  @Test
  void shouldTakeRunsAndAcknowledgements() throws Exception {
    Map<TopicPartition, Long> runsFrom = kafka.ends(Topics.RUNS);
    Map<TopicPartition, Long> acksFrom = kafka.ends(Topics.ACKS);
    CommandAck ack =
        new CommandAck(
            "declared",
            0,
            new CommandPosition(1, 7),
            AckStatus.APPLIED,
            12,
            "load_balance.alpha",
            "",
            0.1,
            0.2,
            "",
            "",
            NOW);

    assertThat(gateway.post("/api/v1/runs", JSON, "{\"run\":\"declared\"}").status())
        .isEqualTo(200);
    assertThat(
            gateway
                .post(
                    "/api/v1/runs/declared/acks",
                    PROTOBUF,
                    RecordBatches.encode(List.of(Codecs.COMMAND_ACK.encode(ack))))
                .status())
        .isEqualTo(200);
    TestGateway.Answer other =
        gateway.post("/api/v1/runs/another/acks", JSON, JsonCodecs.COMMAND_ACK.encode(ack));
    assertThat(other.status()).isEqualTo(400);
    assertThat(other.errorId()).isEqualTo("EVK-WIRE-INVALID");

    List<ConsumerRecord<byte[], byte[]>> runs = kafka.read(Topics.RUNS, runsFrom);
    assertThat(runs).hasSize(1);
    assertThat(new String(runs.getFirst().key(), StandardCharsets.UTF_8)).isEqualTo("declared");
    assertThat(Codecs.RUN_SPEC.decode(runs.getFirst().value()).name()).isEqualTo("declared");
    List<ConsumerRecord<byte[], byte[]>> acks = kafka.read(Topics.ACKS, acksFrom);
    assertThat(acks).hasSize(1);
    assertThat(Codecs.COMMAND_ACK.decode(acks.getFirst().value())).isEqualTo(ack);
  }

  private static Command command(String run, long sequence) {
    return new Command(
        run,
        0,
        new CommandPosition(1, sequence),
        NOW,
        NOW.plusSeconds(60),
        3,
        new SetKnob("load_balance.alpha", "", 0.01, null),
        "operator:admin",
        "a test");
  }

  private static Command lease(String run, Instant until) {
    return new Command(
        run,
        0,
        new CommandPosition(1, 0),
        NOW,
        NOW.plusSeconds(60),
        3,
        new Lease(until),
        "lease",
        "");
  }

  private static void publish(Command command) throws Exception {
    kafka.send(Topics.COMMANDS, command.run(), Codecs.COMMAND.encode(command)).get();
  }

  @Test
  void shouldHandOutCommandsAndTheNewestLeaseInTheirOrderWhenPolled() throws Exception {
    publish(command("polled", 1));
    publish(lease("polled", NOW.plusSeconds(1)));
    publish(command("polled", 2));
    publish(lease("polled", NOW.plusSeconds(2)));
    publish(command("polled", 3));
    publish(command("someone-else", 9));
    Await.until(
        "all are read",
        Duration.ofSeconds(20),
        () -> commands("/api/v1/runs/polled/commands?after=2&lease=9999999999999999").size() == 1);

    List<Command> all = commands("/api/v1/runs/polled/commands");
    assertThat(all)
        .containsExactly(
            command("polled", 1),
            command("polled", 2),
            lease("polled", NOW.plusSeconds(2)),
            command("polled", 3));
    long until = NOW.plusSeconds(2).toEpochMilli() * 1000;
    assertThat(commands("/api/v1/runs/polled/commands?after=1&lease=" + until))
        .containsExactly(command("polled", 2), command("polled", 3));
    assertThat(commands("/api/v1/runs/polled/commands?after=3&lease=" + (until - 1)))
        .containsExactly(lease("polled", NOW.plusSeconds(2)));
    assertThat(commands("/api/v1/runs/nobody/commands")).isEmpty();
    String json = gateway.get("/api/v1/runs/polled/commands?after=2&lease=" + until).text();
    assertThat(json)
        .isEqualTo("{\"commands\":[" + JsonCodecs.COMMAND.encode(command("polled", 3)) + "]}");
  }

  private static List<Command> commands(String path) throws Exception {
    TestGateway.Answer answer = gateway.send(gateway.request(path).header("Accept", PROTOBUF));
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    List<Command> commands = new ArrayList<>();
    for (byte[] encoded : RecordBatches.decode(answer.response().body(), 10_000)) {
      commands.add(Codecs.COMMAND.decode(encoded));
    }
    return commands;
  }

  @Test
  void shouldAnswerThoseThatWaitWhenACommandComes() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      waiting.add(
          gateway
              .client()
              .sendAsync(
                  gateway.request("/api/v1/runs/waiting/commands?wait=60").build(),
                  HttpResponse.BodyHandlers.ofString()));
    }
    Await.until(
        "they wait",
        Duration.ofSeconds(20),
        () -> metric(gateway, "evenkeel_gateway_waiters") >= 50);
    publish(command("not-waiting", 1));
    publish(command("waiting", 1));

    for (CompletableFuture<HttpResponse<String>> each : waiting) {
      assertThat(each.get(20, java.util.concurrent.TimeUnit.SECONDS).body())
          .contains("operator:admin");
    }
    assertThat(gateway.get("/api/v1/runs/waiting/commands?after=1&wait=1").text())
        .isEqualTo("{\"commands\":[]}");
  }

  static double metric(TestGateway gateway, String name) throws Exception {
    return gateway
        .get("/actuator/prometheus")
        .text()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  private static AlertEvent alert(String run, long step) {
    return new AlertEvent(
        "id",
        run,
        0,
        "gradient-norm-ratio",
        "run",
        AlertState.FIRING,
        Severity.CRITICAL,
        step,
        step,
        0.5,
        0.1,
        "a test",
        Map.of(),
        NOW,
        NOW);
  }

  private static void publish(AlertEvent event) throws Exception {
    kafka.send(Topics.ALERTS, event.run(), Codecs.ALERT_EVENT.encode(event)).get();
  }

  @Test
  void shouldHandOutAlertsAfterTheCursor() throws Exception {
    publish(alert("alerted", 1));
    TestGateway.Answer now = gateway.get("/api/v1/runs/alerted/alerts");
    Await.until(
        "the first is read",
        Duration.ofSeconds(20),
        () -> gateway.get("/api/v1/runs/alerted/alerts?after=").json().path("alerts").size() == 1);
    assertThat(now.json().path("alerts").size()).isZero();
    String cursor = gateway.get("/api/v1/runs/alerted/alerts").json().path("next").asString();
    CompletableFuture<HttpResponse<byte[]>> waiting =
        gateway
            .client()
            .sendAsync(
                gateway
                    .request("/api/v1/runs/alerted/alerts?wait=60&after=" + cursor)
                    .header("Accept", PROTOBUF)
                    .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    publish(alert("someone-else", 1));
    publish(alert("alerted", 2));

    HttpResponse<byte[]> answer = waiting.get(30, java.util.concurrent.TimeUnit.SECONDS);
    List<byte[]> events = RecordBatches.decode(answer.body(), 10);
    assertThat(events).hasSize(1);
    assertThat(Codecs.ALERT_EVENT.decode(events.getFirst())).isEqualTo(alert("alerted", 2));
    String next = answer.headers().firstValue("Evenkeel-Next").orElseThrow();
    TestGateway.Answer none = gateway.get("/api/v1/runs/alerted/alerts?wait=0&after=" + next);
    assertThat(none.json().path("alerts").size()).isZero();
    assertThat(none.json().path("next").asString()).isNotEmpty();
  }

  @Test
  void shouldTellItsHealthAndCountWhenNobodyShowsAToken() throws Exception {
    gateway.post(TELEMETRY, JSON, json(77));
    gateway.post(TELEMETRY, JSON, "{}");

    assertThat(as(null, "/actuator/health/liveness").text()).contains("UP");
    assertThat(as(null, "/actuator/health/readiness").text()).contains("UP");
    String metrics = as(null, "/actuator/prometheus").text();
    assertThat(metrics)
        .contains("evenkeel_gateway_records_total{error=\"none\",kind=\"telemetry\"}")
        .contains("evenkeel_gateway_records_total{error=\"EVK-WIRE-")
        .contains("evenkeel_gateway_kafka_acknowledged_seconds_bucket")
        .contains("http_server_requests_seconds_count");
    assertThat(as(null, "/actuator/env").status()).isEqualTo(404);
  }

  private static List<StepTelemetry> telemetry(Map<TopicPartition, Long> from) throws Exception {
    List<StepTelemetry> records = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : kafka.read(Topics.TELEMETRY, from)) {
      records.add(Codecs.STEP_TELEMETRY.decode(record.value()));
    }
    return records;
  }
}
