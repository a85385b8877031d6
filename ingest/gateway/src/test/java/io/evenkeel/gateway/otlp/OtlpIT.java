package io.evenkeel.gateway.otlp;

import static io.evenkeel.gateway.otlp.Exports.export;
import static io.evenkeel.gateway.otlp.Exports.gauge;
import static io.evenkeel.gateway.otlp.Exports.point;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.UnknownFieldSet;
import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.run.Knobs;
import io.evenkeel.contract.telemetry.ExpertLoads;
import io.evenkeel.contract.telemetry.ExpertVector;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.MoeLayerTelemetry;
import io.evenkeel.contract.telemetry.MoeShape;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.gateway.Await;
import io.evenkeel.gateway.TestKafka;
import io.evenkeel.gateway.app.TestGateway;
import io.evenkeel.gateway.limit.Limits;
import io.evenkeel.gateway.token.RunPattern;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleGauge;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.AggregationTemporalitySelector;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports of real SDKs, and by hand, through a real gateway to a real broker. */
class OtlpIT {

  private static final String PROTOBUF = "application/x-protobuf";
  private static final String JSON = "application/json";
  private static final String METRICS = "/v1/metrics";
  private static final AttributeKey<Long> STEP = AttributeKey.longKey("step");
  private static final int STEPS = 20;

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

  /** What stands on the topic of a run, in the order of the topic. */
  private static List<StepTelemetry> stored(String run) throws Exception {
    List<StepTelemetry> stored = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : kafka.read(Topics.TELEMETRY, Map.of())) {
      StepTelemetry step = Codecs.STEP_TELEMETRY.decode(record.value());
      if (step.key().run().equals(run)) {
        stored.add(step);
      }
    }
    return stored;
  }

  private static void assertSteps(List<StepTelemetry> steps) {
    assertThat(steps).hasSize(STEPS);
    for (int i = 0; i < STEPS; i++) {
      StepTelemetry step = steps.get(i);
      assertThat(step.key().step()).isEqualTo(i);
      assertThat(step.losses()).isEqualTo(new Losses(3 - i / 100.0, null, null, null));
      assertThat(step.gradientNorm()).isEqualTo(0.5);
      assertThat(step.stepTimeMillis()).isEqualTo(125);
      assertThat(step.tokens()).isEqualTo(1_000);
      assertThat(step.knobs()).contains(new KnobValue(Knobs.LEARNING_RATE, "", 1e-3));
      assertThat(step.scalars()).isEqualTo(Map.of("accuracy{split=train}", 0.25));
    }
  }

  @Test
  void shouldStoreEachStepOnceWhenTheJavaScriptSdkPushesJson() throws Exception {
    NodeTrainer.install();

    String log = NodeTrainer.train(gateway, "js-dense", "dense", "http", STEPS);

    assertSteps(stored("js-dense"));
    assertThat(log).contains("DONE", "EVK-OTLP-KIND", "batch.length");
  }

  @Test
  void shouldStoreLayersAndExpertsWhenTheJavaScriptSdkPushesProtobuf() throws Exception {
    NodeTrainer.install();

    String log = NodeTrainer.train(gateway, "js-moe", "moe", "proto", STEPS);

    List<StepTelemetry> steps = stored("js-moe");
    assertSteps(steps);
    assertThat(log.strip()).isEqualTo("DONE");
    for (StepTelemetry step : steps) {
      assertThat(step.moeShape()).isEqualTo(new MoeShape(2, 4, 0, 2, 2, 0));
      assertThat(step.moeLayers()).hasSize(2);
      for (MoeLayerTelemetry layer : step.moeLayers()) {
        assertThat(layer.loadBalanceCoefficient()).isEqualTo(0.01);
        assertThat(layer.load()).isEqualTo(ExpertLoads.of(500, 500, 500, 500));
        assertThat(layer.lmGradP()).isEqualTo(ExpertVector.of(1, 1, 1, 1));
        assertThat(layer.lbGradP()).isEqualTo(ExpertVector.of(2, 2, 2, 2));
        assertThat(layer.routerCosineAll()).isEqualTo(0.125);
        assertThat(layer.ffnExpertsSum()).isEqualTo(2_000);
      }
    }
  }

  @Test
  void shouldStoreEachStepOnceWhenTheJavaSdkPushesInParts() throws Exception {
    train("java-delta", AggregationTemporalitySelector.deltaPreferred());

    assertSteps(stored("java-delta"));
  }

  @Test
  void shouldStoreEachStepOnceWhenTheJavaSdkSendsEveryStepAgainAtEveryExport() throws Exception {
    train("java-cumulative", AggregationTemporalitySelector.alwaysCumulative());

    assertSteps(stored("java-cumulative"));
  }

  private static void train(String run, AggregationTemporalitySelector temporality) {
    SdkMeterProvider provider =
        SdkMeterProvider.builder()
            .setResource(
                Resource.create(Attributes.of(AttributeKey.stringKey("evenkeel.run"), run)))
            .registerMetricReader(
                PeriodicMetricReader.builder(
                        OtlpHttpMetricExporter.builder()
                            .setEndpoint(gateway.base() + METRICS)
                            .addHeader("Authorization", "Bearer " + gateway.token())
                            .setCompression("gzip")
                            .setAggregationTemporalitySelector(temporality)
                            .build())
                    .setInterval(Duration.ofMinutes(5))
                    .build())
            .build();
    Meter meter = provider.get("trainer");
    DoubleGauge loss = meter.gaugeBuilder("loss").build();
    DoubleGauge norm = meter.gaugeBuilder("train/grad_norm").build();
    DoubleGauge rate = meter.gaugeBuilder("lr").build();
    DoubleGauge time = meter.gaugeBuilder("step_time").setUnit("ms").build();
    DoubleGauge accuracy = meter.gaugeBuilder("accuracy").build();
    LongCounter tokens = meter.counterBuilder("tokens").build();
    for (long step = 0; step < STEPS; step++) {
      Attributes attributes = Attributes.of(STEP, step);
      loss.set(3 - step / 100.0, attributes);
      norm.set(0.5, attributes);
      rate.set(1e-3, attributes);
      time.set(125, attributes);
      tokens.add(500, attributes);
      tokens.add(500, attributes);
      accuracy.set(0.25, Attributes.of(STEP, step, AttributeKey.stringKey("split"), "train"));
      if (step == STEPS / 2) {
        assertThat(provider.forceFlush().join(30, TimeUnit.SECONDS).isSuccess()).isTrue();
      }
    }
    assertThat(provider.shutdown().join(30, TimeUnit.SECONDS).isSuccess()).isTrue();
  }

  @Test
  void shouldHaveStoredTheStepWhenItAnswers() throws Exception {
    byte[] body =
        export(Map.of("evenkeel.run", "hand"), gauge("loss", point(Double.NaN, Map.of("step", 4))))
            .toByteArray();

    TestGateway.Answer answer = gateway.post(METRICS, PROTOBUF, body);
    TestGateway.Answer again = gateway.post(METRICS, PROTOBUF, body);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(ExportMetricsServiceResponse.parseFrom(answer.response().body()))
        .isEqualTo(ExportMetricsServiceResponse.getDefaultInstance());
    assertThat(again.status()).isEqualTo(200);
    assertThat(stored("hand")).hasSize(1);
    assertThat(stored("hand").getFirst().losses().languageModel()).isNaN();
  }

  @Test
  void shouldTellWhatWasRefusedWhenTheRestIsTaken() throws Exception {
    TestGateway.Answer answer =
        gateway.post(
            METRICS,
            JSON,
            """
            {"resourceMetrics":[{"resource":{"attributes":[
              {"key":"evenkeel.run","value":{"stringValue":"partly"}}]},
              "scopeMetrics":[{"metrics":[{"name":"loss","gauge":{"dataPoints":[
                {"asDouble":1,"attributes":[{"key":"step","value":{"intValue":"1"}}]},
                {"asDouble":1}]}}]}]}]}
            """);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.response().headers().firstValue("Content-Type")).contains(JSON);
    assertThat(answer.json().at("/partialSuccess/rejectedDataPoints").asString()).isEqualTo("1");
    assertThat(answer.json().at("/partialSuccess/errorMessage").asString())
        .contains("EVK-OTLP-POINT", "the attribute step is missing");
    assertThat(stored("partly")).hasSize(1);
  }

  @Test
  void shouldKeepADeadLetterOfTheExportWhenAPointIsRefused() throws Exception {
    byte[] partly =
        export(
                Map.of("evenkeel.run", "letters"),
                gauge("loss", point(1, Map.of("step", 1)), point(2, Map.of())))
            .toByteArray();
    byte[] late =
        export(Map.of("evenkeel.run", "letters"), gauge("lr", point(1, Map.of("step", 1))))
            .toByteArray();

    assertLetter(partly, 200, "EVK-OTLP-POINT", "the attribute step is missing");
    assertLetter(late, 400, "EVK-OTLP-STEP-SENT", "step 1 of letters is stored already");
    assertLetter(new byte[] {7, 7, 7}, 400, "EVK-WIRE-MALFORMED", "cannot be read");

    Map<TopicPartition, Long> from = kafka.ends(Topics.DEAD_LETTERS);
    byte[] sound =
        export(Map.of("evenkeel.run", "letters"), gauge("loss", point(1, Map.of("step", 2))))
            .toByteArray();
    assertThat(gateway.post(METRICS, PROTOBUF, sound).status()).isEqualTo(200);
    assertThat(kafka.read(Topics.DEAD_LETTERS, from)).isEmpty();
  }

  private static void assertLetter(byte[] export, int status, String errorId, String why)
      throws Exception {
    Map<TopicPartition, Long> from = kafka.ends(Topics.DEAD_LETTERS);

    assertThat(gateway.post(METRICS, PROTOBUF, export).status()).isEqualTo(status);

    List<ConsumerRecord<byte[], byte[]>> letters = kafka.read(Topics.DEAD_LETTERS, from);
    assertThat(letters).hasSize(1);
    DeadLetter letter = Codecs.DEAD_LETTER.decode(letters.getFirst().value());
    assertThat(letter.origin().topic()).isEqualTo("gateway:/v1/metrics");
    assertThat(letter.errorId()).isEqualTo(errorId);
    assertThat(letter.message()).contains(why);
    assertThat(letter.value()).isEqualTo(export);
    assertThat(letter.valueLength()).isEqualTo(export.length);
    assertThat(letter.service()).isEqualTo("gateway");
  }

  @Test
  void shouldAnswerWithAStatusInTheRequestsEncodingWhenNothingIsTaken() throws Exception {
    byte[] noRun = export(Map.of(), gauge("loss", point(1, Map.of("step", 1)))).toByteArray();

    assertStatus(gateway.post(METRICS, PROTOBUF, noRun), 400, 3, "EVK-OTLP-RESOURCE");
    assertStatus(
        gateway.post(METRICS, PROTOBUF, new byte[] {7, 7, 7}), 400, 3, "EVK-WIRE-MALFORMED");
    assertStatus(gateway.post(METRICS, "text/plain", "x"), 415, 3, "EVK-GATEWAY-MEDIA-TYPE");
    TestGateway.Answer json = gateway.post(METRICS, JSON, "{");
    assertThat(json.status()).isEqualTo(400);
    assertThat(json.json().at("/code").asInt()).isEqualTo(3);
    assertThat(json.json().at("/message").asString()).contains("EVK-WIRE-MALFORMED");
    assertStatus(
        gateway.send(
            gateway
                .request(METRICS)
                .setHeader("Authorization", "Bearer nonsense")
                .header("Content-Type", PROTOBUF)
                .POST(HttpRequest.BodyPublishers.ofByteArray(noRun))),
        401,
        16,
        "EVK-GATEWAY-TOKEN");
  }

  @Test
  void shouldRefuseTheRunsOfOthersWhenATokenIsScoped() throws Exception {
    String secret =
        gateway.tokens().create("scoped", new RunPattern("mine-*"), Instant.EPOCH, null).secret();
    byte[] body =
        export(Map.of("evenkeel.run", "theirs"), gauge("loss", point(1, Map.of("step", 1))))
            .toByteArray();
    HttpRequest.Builder request =
        gateway
            .request(METRICS)
            .setHeader("Authorization", "Bearer " + secret)
            .header("Content-Type", PROTOBUF)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    Await.until(
        "the token is known", Duration.ofSeconds(30), () -> gateway.send(request).status() != 401);

    TestGateway.Answer answer = gateway.send(request);

    assertStatus(answer, 403, 7, "EVK-GATEWAY-SCOPE");
    assertThat(stored("theirs")).isEmpty();
  }

  @Test
  void shouldAskToComeAgainWhenKafkaIsAway() throws Exception {
    byte[] body =
        export(Map.of("evenkeel.run", "away"), gauge("loss", point(1, Map.of("step", 1))))
            .toByteArray();
    try (TestGateway alone =
        new TestGateway(folder.resolve("alone"), "127.0.0.1:1", Limits.STANDARD)) {
      TestGateway.Answer answer = alone.post(METRICS, PROTOBUF, body);

      assertStatus(answer, 503, 14, "EVK-KAFKA-UNAVAILABLE");
      assertThat(answer.response().headers().firstValue("Retry-After")).isPresent();
    }
  }

  private static void assertStatus(TestGateway.Answer answer, int status, int code, String errorId)
      throws Exception {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.response().headers().firstValue("Content-Type")).contains(PROTOBUF);
    UnknownFieldSet fields = UnknownFieldSet.parseFrom(answer.response().body());
    assertThat(fields.getField(1).getVarintList()).containsExactly((long) code);
    assertThat(fields.getField(2).getLengthDelimitedList().getFirst().toStringUtf8())
        .contains(errorId);
  }
}
