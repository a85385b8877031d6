package io.evenkeel.gateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.JsonCodecs;
import io.evenkeel.contract.wire.RecordBatches;
import io.evenkeel.gateway.TestKafka;
import io.evenkeel.gateway.limit.Limits;
import io.evenkeel.testing.SeededCases;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.io.ByteArrayOutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is sent, the answer is clear, its neighbours arrive, and the next request is served. */
class GatewayFuzzIT {

  private static final String PROTOBUF = "application/x-protobuf";
  private static final String JSON = "application/json";
  private static final String NDJSON = "application/x-ndjson";
  private static final String TELEMETRY = "/api/v1/telemetry";
  private static final int CASES = 60;
  private static final TrainingRun RUN = TrainingRuns.healthy("fuzz").build();

  @TempDir private static Path folder;
  private static TestKafka kafka;
  private static TestGateway gateway;

  @BeforeAll
  static void start() throws Exception {
    kafka = new TestKafka(folder.resolve("kafka"));
    gateway =
        new TestGateway(
            folder.resolve("data"),
            kafka.bootstrap(),
            Limits.STANDARD.withRates(Limits.MAX_RATE, Limits.MAX_RATE));
    gateway.awaitReady();
  }

  @AfterAll
  static void stop() {
    gateway.close();
    kafka.close();
  }

  /** After every test: a valid request is served, and the room of all bodies was given back. */
  @AfterEach
  void shouldStillServe() throws Exception {
    assertThat(gateway.post(TELEMETRY, PROTOBUF, RecordBatches.encode(List.of(valid(1)))).status())
        .isEqualTo(200);
    assertThat(GatewayApiIT.metric(gateway, "evenkeel_gateway_body_bytes")).isZero();
  }

  private static byte[] valid(long step) {
    return Codecs.STEP_TELEMETRY.encode(RUN.telemetry(step, 0));
  }

  private static void expectRefusal(TestGateway.Answer answer) {
    assertThat(answer.status()).as(answer.text()).isBetween(400, 499);
    assertThat(answer.errorId()).startsWith("EVK-");
  }

  @Test
  void shouldAnswerClearlyWhenBodiesAreRandomBytes() throws Exception {
    SeededCases.forEach(
        CASES,
        random -> {
          byte[] body = new byte[random.nextInt(1, 4_000)];
          random.nextBytes(body);
          for (String type : List.of(PROTOBUF, JSON, NDJSON)) {
            expectRefusal(gateway.post(TELEMETRY, type, body));
          }
          String encoding = random.nextBoolean() ? "gzip" : "zstd";
          expectRefusal(encoded(encoding, body));
        });
  }

  @Test
  void shouldKeepTheNeighboursWhenOneRecordIsDamaged() throws Exception {
    SeededCases.forEach(
        CASES,
        random -> {
          Map<TopicPartition, Long> from = kafka.ends(Topics.TELEMETRY);
          byte[] before = valid(random.nextLong(1L << 20));
          byte[] after = valid(random.nextLong(1L << 20));
          byte[] damaged = damaged(valid(5), random);

          TestGateway.Answer answer =
              gateway.post(
                  TELEMETRY, PROTOBUF, RecordBatches.encode(List.of(before, damaged, after)));

          assertThat(answer.status()).as(answer.text()).isIn(200, 207);
          List<byte[]> stored =
              kafka.read(Topics.TELEMETRY, from).stream().map(ConsumerRecord::value).toList();
          assertThat(stored).contains(before, after);
          assertThat(stored).hasSize(answer.json().path("accepted").asInt());
          if (answer.status() == 200) {
            assertThat(stored).contains(damaged);
          }
        });
  }

  private static byte[] damaged(byte[] record, RandomGenerator random) {
    byte[] damaged = record.clone();
    switch (random.nextInt(3)) {
      case 0 -> {
        return Arrays.copyOf(damaged, random.nextInt(damaged.length));
      }
      case 1 -> damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      default ->
          IntStream.range(0, 20)
              .forEach(i -> damaged[random.nextInt(damaged.length)] = (byte) random.nextInt());
    }
    return damaged;
  }

  @Test
  void shouldAnswerClearlyWhenJsonIsDamaged() throws Exception {
    String whole = JsonCodecs.STEP_TELEMETRY.encode(RUN.telemetry(3, 0));
    SeededCases.forEach(
        CASES,
        random -> {
          byte[] damaged = damaged(whole.getBytes(StandardCharsets.UTF_8), random);
          TestGateway.Answer alone = gateway.post(TELEMETRY, JSON, damaged);
          assertThat(alone.status()).as(alone.text()).isIn(200, 400);
          byte[] lines =
              (whole
                      + "\n"
                      + new String(damaged, StandardCharsets.ISO_8859_1).replace('\n', ' ')
                      + "\n"
                      + whole)
                  .getBytes(StandardCharsets.ISO_8859_1);
          TestGateway.Answer among = gateway.post(TELEMETRY, NDJSON, lines);
          assertThat(among.status()).as(among.text()).isIn(200, 207);
          assertThat(among.json().path("accepted").asInt()).isGreaterThanOrEqualTo(2);
        });
  }

  @Test
  void shouldRefuseWhenAValueIsOutOfItsRange() throws Exception {
    for (String fields :
        List.of(
            "\"step\":-1",
            "\"step\":9223372036854775808",
            "\"step\":\"18446744073709551616\"",
            "\"step\":1e400",
            "\"step\":0.5",
            "\"step\":null,\"rank\":1",
            "\"step\":1,\"rank\":4294967296",
            "\"step\":1,\"worldSize\":0",
            "\"step\":1,\"tokens\":-1",
            "\"step\":1,\"schemaVersion\":2",
            "\"step\":1,\"unknown\":1",
            "\"step\":1,\"scalars\":{\"\":1}",
            "\"step\":1,\"scalars\":{\"x\":\"abc\"}",
            "\"step\":1,\"scalars\":[1]",
            "\"step\":1,\"losses\":7",
            "\"step\":1,\"wallTimeMicros\":\"9223372036854775807\"",
            "\"step\":1,\"moeLayers\":[{\"layer\":0,\"load\":[1,2]}]",
            "\"step\":{}",
            "\"step\":[]",
            "\"step\":1,\"step\":\"x\"")) {
      TestGateway.Answer answer =
          gateway.post(TELEMETRY, JSON, "{\"run\":\"fuzz\"," + fields + "}");
      expectRefusal(answer);
      assertThat(answer.json().path("rejections").size()).as(fields).isEqualTo(1);
    }
    for (String run : List.of("", "a b", "../x", "\\u0000", "\\ud800", "a".repeat(200))) {
      expectRefusal(gateway.post(TELEMETRY, JSON, "{\"run\":\"" + run + "\",\"step\":1}"));
    }
  }

  @Test
  void shouldTakeClocksThatAreYearsOff() throws Exception {
    for (String micros : List.of("-62135596800000000", "0", "253402300799000000")) {
      assertThat(
              gateway
                  .post(
                      TELEMETRY,
                      JSON,
                      "{\"run\":\"fuzz\",\"step\":1,\"wallTimeMicros\":" + micros + "}")
                  .status())
          .isEqualTo(200);
    }
  }

  @Test
  void shouldRefuseWhatIsHuge() throws Exception {
    String name = "x".repeat(10 << 20);
    String numbers =
        IntStream.range(0, 1_000_000).mapToObj(i -> "1").collect(Collectors.joining(","));
    for (String body :
        List.of(
            "{\"run\":\"" + name + "\",\"step\":1}",
            "{\"run\":\"fuzz\",\"step\":1,\"scalars\":{\"" + name + "\":1}}",
            "{\"run\":\"fuzz\",\"step\":1,\"" + name + "\":1}",
            "{\"run\":\"fuzz\",\"step\":1,\"moeShape\":{\"layers\":1,\"ffnExperts\":1000000},"
                + "\"moeLayers\":[{\"layer\":0,\"load\":["
                + numbers
                + "]}]}",
            "{\"run\":\"fuzz\",\"step\":" + "[".repeat(1_000_000) + "]".repeat(1_000_000) + "}",
            "[".repeat(3_000_000),
            "{\"a\":".repeat(500_000),
            "1".repeat(5_000_000))) {
      expectRefusal(gateway.post(TELEMETRY, JSON, body));
      expectRefusal(gateway.post(TELEMETRY, NDJSON, body));
    }
    Map<String, Double> scalars = new TreeMap<>();
    IntStream.range(0, 300_000).forEach(i -> scalars.put("s" + i, 1.0));
    String many =
        scalars.keySet().stream()
            .map(key -> "\"" + key + "\":1")
            .collect(Collectors.joining(",", "{\"run\":\"fuzz\",\"step\":1,\"scalars\":{", "}}"));
    expectRefusal(gateway.post(TELEMETRY, JSON, many));
    // A tag and a length that promises two gigabytes, and one that does not end.
    expectRefusal(gateway.post(TELEMETRY, PROTOBUF, new byte[] {0x0A, -1, -1, -1, -1, 0x07, 1, 2}));
    expectRefusal(
        gateway.post(
            TELEMETRY, PROTOBUF, new byte[] {0x0A, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1}));
    byte[] inner = {0x12, -1, -1, -1, -1, 0x07, 'a'};
    expectRefusal(gateway.post(TELEMETRY, PROTOBUF, RecordBatches.encode(List.of(inner))));
    byte[] nine = new byte[9 << 20];
    expectRefusal(gateway.post(TELEMETRY, PROTOBUF, RecordBatches.encode(List.of(nine))));
    byte[] invalid = {0x12, 0x02, (byte) 0xC3, 0x28};
    expectRefusal(gateway.post(TELEMETRY, PROTOBUF, RecordBatches.encode(List.of(invalid))));
  }

  @Test
  void shouldRefuseBombsWithoutUnpackingThem() throws Exception {
    byte[] zeros = new byte[1 << 20];
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
      for (int i = 0; i < 1_024; i++) {
        out.write(zeros);
      }
    }
    TestGateway.Answer bomb = encoded("gzip", gzip.toByteArray());
    assertThat(bomb.status()).isEqualTo(413);
    assertThat(bomb.errorId()).isEqualTo("EVK-GATEWAY-TOO-LARGE");
    byte[] frame = Zstd.compress(new byte[64 << 20]);
    assertThat(encoded("zstd", frame).status()).isEqualTo(413);
    byte[] many = RecordBatches.encode(Collections.nCopies(10_001, new byte[0]));
    assertThat(gateway.post(TELEMETRY, PROTOBUF, many).status()).isEqualTo(413);
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
  void shouldRefuseWhenTheTokenIsAnything() throws Exception {
    SeededCases.forEach(
        CASES,
        random -> {
          StringBuilder token = new StringBuilder();
          random.ints(random.nextInt(200), ' ', 127).forEach(c -> token.append((char) c));
          TestGateway.Answer answer =
              gateway.send(
                  HttpRequest.newBuilder(URI.create(gateway.base() + TELEMETRY))
                      .header("Authorization", token.toString().strip())
                      .header("Content-Type", JSON)
                      .POST(HttpRequest.BodyPublishers.ofString("{}")));
          assertThat(answer.status()).isEqualTo(401);
          assertThat(answer.errorId()).isEqualTo("EVK-GATEWAY-TOKEN");
        });
  }

  /** Bytes that are no HTTP, so that no client library gets in the way. */
  @Test
  void shouldSurviveWhatIsNoHttp() throws Exception {
    URI uri = URI.create(gateway.base());
    String authorized =
        "POST /api/v1/telemetry HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
            + gateway.token()
            + "\r\nContent-Type: application/x-protobuf\r\n";
    List<String> requests =
        List.of(
            "GET /api/v1/\u0001 HTTP/1.1\r\nHost: x\r\n\r\n",
            "NONSENSE\r\n\r\n",
            "GET / HTTP/9.9\r\n\r\n",
            "POST /api/v1/telemetry HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
            "POST /api/v1/telemetry HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
            "POST /api/v1/telemetry HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            authorized + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
            authorized + "Transfer-Encoding: chunked\r\n\r\n5\r\nabcdefghij\r\n0\r\n\r\n",
            authorized + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc",
            authorized + "Transfer-Encoding: nonsense\r\n\r\nabc",
            authorized + "Content-Length: 1000\r\n\r\nabc",
            "GET /" + "a".repeat(100_000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(100_000) + "\r\n\r\n",
            "GET /api/v1/runs/a/commands?after=%zz HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /..%2f..%2fetc/passwd HTTP/1.1\r\nHost: x\r\n\r\n");
    for (String request : requests) {
      try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        socket.shutdownOutput();
        String answer =
            new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertThat(answer).as(start(request)).matches("(?s)HTTP/1\\.[01] (4\\d\\d|50[15]).*");
        assertThat(answer)
            .as(start(request))
            .contains("\"errorId\":\"EVK-GATEWAY-", "application/problem+json")
            .doesNotContain("Tomcat", "java.", "Exception", "<html");
      } catch (java.net.SocketException e) {
        // It hung up on us, which is an answer too.
        assertThat(e).hasMessageContaining("reset");
      }
    }
  }

  private static String start(String request) {
    return request.substring(0, Math.min(request.length(), 80));
  }

  @Test
  void shouldKeepEveryCopyWhenOneRecordComesAThousandTimes() throws Exception {
    Map<TopicPartition, Long> from = kafka.ends(Topics.TELEMETRY);
    byte[] record = valid(77);
    byte[] body = RecordBatches.encode(Collections.nCopies(100, record));

    for (int i = 0; i < 10; i++) {
      assertThat(gateway.post(TELEMETRY, PROTOBUF, body).status()).isEqualTo(200);
    }

    Set<StepTelemetry> distinct = new java.util.HashSet<>();
    List<ConsumerRecord<byte[], byte[]>> stored = kafka.read(Topics.TELEMETRY, from);
    for (ConsumerRecord<byte[], byte[]> each : stored) {
      distinct.add(Codecs.STEP_TELEMETRY.decode(each.value()));
    }
    // The gateway keeps no state: who reads the topic knows the observation by its identity.
    assertThat(stored).hasSize(1_000);
    assertThat(distinct).hasSize(1);
    assertThat(stored.stream().map(ConsumerRecord::partition).distinct()).hasSize(1);
  }
}
