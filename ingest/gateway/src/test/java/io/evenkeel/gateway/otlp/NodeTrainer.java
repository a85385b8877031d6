package io.evenkeel.gateway.otlp;

import static org.junit.jupiter.api.Assumptions.abort;

import io.evenkeel.gateway.app.TestGateway;
import io.evenkeel.testing.node.NodeProject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The trainer with the OpenTelemetry JavaScript SDK in {@code src/test/otlp}. */
final class NodeTrainer {

  private static final Path HOME = Path.of("target", "otlp");
  private static final NodeProject PROJECT =
      new NodeProject(Path.of("src", "test", "otlp"), HOME, List.of("trainer.mjs"));

  private NodeTrainer() {}

  /**
   * Installs it; the calling test is skipped, saying why, where Node or the packages are missing.
   */
  static void install() throws IOException, InterruptedException {
    PROJECT.install().ifPresent(reason -> abort("JavaScript tests skipped: " + reason));
  }

  /**
   * Trains; returns when the SDK has sent everything.
   *
   * @return what the SDK has logged
   */
  static String train(TestGateway gateway, String run, String what, String encoding, int steps)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile(HOME, "trainer", ".log");
    ProcessBuilder builder =
        new ProcessBuilder("node", "trainer.mjs", what, encoding, Integer.toString(steps))
            .directory(HOME.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("RUN", run);
    builder
        .environment()
        .put("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", gateway.base() + "/v1/metrics");
    builder
        .environment()
        .put("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "Authorization=Bearer%20" + gateway.token());
    builder.environment().put("OTEL_EXPORTER_OTLP_METRICS_COMPRESSION", "gzip");
    Process node = builder.start();
    if (!node.waitFor(1, TimeUnit.MINUTES) || node.exitValue() != 0) {
      node.destroyForcibly();
      throw new AssertionError("the trainer failed: " + Files.readString(log));
    }
    return Files.readString(log);
  }
}
