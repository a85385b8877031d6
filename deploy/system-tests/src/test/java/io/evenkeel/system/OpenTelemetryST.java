package io.evenkeel.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleGauge;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.AggregationTemporalitySelector;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Trainers that know OpenTelemetry alone: what they push stands in the views, signals and all. */
@ExtendWith(SharedStack.class)
@Order(20)
class OpenTelemetryST {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final Path SOURCE =
      Path.of("..", "..", "ingest", "gateway", "src", "test", "otlp");
  private static final Path HOME = Path.of("target", "otlp");
  private static final int STEPS = 30;

  @Test
  void shouldShowSignalsWhenTheJavaScriptSdkPushesAMixtureOfExperts(Evenkeel evenkeel)
      throws Exception {
    install();
    train(evenkeel, "otlp-js");

    String of = " where run = 'otlp-js'";
    evenkeel.awaitNumber(
        "select count(*) from ui_v1_run_steps" + of + " and gradient_norm_ratio_max is not null",
        steps -> steps == STEPS,
        LIMIT);
    // alpha / layers * norm of (2, 2, 2, 2) / norm of (1, 1, 1, 1)
    assertThat(evenkeel.number("select min(gradient_norm_ratio_max) from ui_v1_run_steps" + of))
        .isBetween(0.01999, 0.02001);
    assertThat(evenkeel.number("select max(gradient_norm_ratio_max) from ui_v1_run_steps" + of))
        .isBetween(0.01999, 0.02001);
    assertThat(evenkeel.number("select loss_lm from ui_v1_run_steps" + of + " and step = 10"))
        .isBetween(2.8999, 2.9001);
    assertThat(evenkeel.number("select sum(tokens) from ui_v1_run_steps" + of))
        .isEqualTo(1_000 * STEPS);
    assertThat(
            evenkeel.number(
                "select count(*) from ui_v1_layer_steps"
                    + of
                    + " and max_violation = 0 and router_cosine_all = 0.125"))
        .isEqualTo(2 * STEPS);
    evenkeel.awaitNumber(
        "select count(*) from ui_v1_scalar_steps" + of + " and name = 'accuracy{split=train}'",
        scalars -> scalars == STEPS,
        LIMIT);
  }

  @Test
  void shouldShowTheRunWhenTheJavaSdkPushes(Evenkeel evenkeel) throws Exception {
    SdkMeterProvider provider =
        SdkMeterProvider.builder()
            .setResource(
                Resource.create(Attributes.of(AttributeKey.stringKey("evenkeel.run"), "otlp-java")))
            .registerMetricReader(
                PeriodicMetricReader.builder(
                        OtlpHttpMetricExporter.builder()
                            .setEndpoint(evenkeel.gateway().resolve("v1/metrics").toString())
                            .addHeader("Authorization", "Bearer " + evenkeel.firstToken())
                            .setAggregationTemporalitySelector(
                                AggregationTemporalitySelector.deltaPreferred())
                            .build())
                    .setInterval(Duration.ofMinutes(5))
                    .build())
            .build();
    DoubleGauge loss = provider.get("trainer").gaugeBuilder("train/loss").build();
    DoubleGauge norm = provider.get("trainer").gaugeBuilder("grad_norm").build();
    for (long step = 0; step < STEPS; step++) {
      Attributes attributes = Attributes.of(AttributeKey.longKey("step"), step);
      loss.set(3 - step / 100.0, attributes);
      norm.set(0.5, attributes);
    }
    assertThat(provider.shutdown().join(30, TimeUnit.SECONDS).isSuccess()).isTrue();

    evenkeel.awaitNumber(
        "select count(*) from ui_v1_run_steps"
            + " where run = 'otlp-java' and gradient_norm = 0.5 and loss_lm is not null",
        steps -> steps == STEPS,
        LIMIT);
    assertThat(evenkeel.number("select count(*) from ui_v1_runs where run = 'otlp-java'"))
        .isEqualTo(1);
  }

  private static void train(Evenkeel evenkeel, String run)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile(HOME, "trainer", ".log");
    ProcessBuilder builder =
        new ProcessBuilder("node", "trainer.mjs", "moe", "http", Integer.toString(STEPS))
            .directory(HOME.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("RUN", run);
    builder
        .environment()
        .put(
            "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
            evenkeel.gateway().resolve("v1/metrics").toString());
    builder
        .environment()
        .put(
            "OTEL_EXPORTER_OTLP_METRICS_HEADERS",
            "Authorization=Bearer%20" + evenkeel.firstToken());
    Process node = builder.start();
    if (!node.waitFor(1, TimeUnit.MINUTES) || node.exitValue() != 0) {
      node.destroyForcibly();
      throw new AssertionError("the trainer failed: " + Files.readString(log));
    }
    assertThat(Files.readString(log).strip()).isEqualTo("DONE");
  }

  private static void install() throws IOException, InterruptedException {
    Files.createDirectories(HOME);
    for (String file : List.of("package.json", "package-lock.json", "trainer.mjs")) {
      Files.copy(SOURCE.resolve(file), HOME.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    Path log = HOME.resolve("npm.log");
    Process npm;
    try {
      npm =
          new ProcessBuilder("npm", "ci", "--no-audit", "--no-fund")
              .directory(HOME.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException e) {
      abort("skipped: there is no npm on the PATH (" + e.getMessage() + ")");
      return;
    }
    if (!npm.waitFor(3, TimeUnit.MINUTES) || npm.exitValue() != 0) {
      npm.destroyForcibly();
      abort("skipped: npm ci failed: " + Files.readString(log));
    }
  }
}
