package io.evenkeel.gateway.otlp;

import static org.junit.jupiter.api.Assumptions.abort;

import io.evenkeel.gateway.app.TestGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The trainer with the OpenTelemetry JavaScript SDK in {@code src/test/otlp}. */
final class NodeTrainer {

  private static final Path SOURCE = Path.of("src", "test", "otlp");
  private static final Path HOME = Path.of("target", "otlp");
  private static final List<String> FILES =
      List.of("package.json", "package-lock.json", "trainer.mjs");

  private NodeTrainer() {}

  /**
   * Installs it; the calling test is skipped, saying why, where Node or the packages are missing.
   */
  static void install() throws IOException, InterruptedException {
    requireNode();
    Files.createDirectories(HOME);
    Path installed = HOME.resolve("node_modules").resolve(".package-lock.json");
    boolean current =
        Files.exists(installed)
            && Files.mismatch(
                    SOURCE.resolve("package-lock.json"), HOME.resolve("package-lock.json"))
                < 0;
    for (String file : FILES) {
      Files.copy(SOURCE.resolve(file), HOME.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    if (current) {
      return;
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
      abort("JavaScript tests skipped: there is no npm on the PATH (" + e.getMessage() + ")");
      return;
    }
    if (!npm.waitFor(3, TimeUnit.MINUTES) || npm.exitValue() != 0) {
      npm.destroyForcibly();
      abort("JavaScript tests skipped: npm ci failed: " + Files.readString(log));
    }
  }

  private static void requireNode() throws InterruptedException {
    try {
      Process node =
          new ProcessBuilder(
                  "node", "-e", "process.exit(+process.versions.node.split('.')[0] < 20 ? 1 : 0)")
              .start();
      if (node.waitFor() != 0) {
        abort("JavaScript tests skipped: Node 20 or newer is needed");
      }
    } catch (IOException e) {
      abort("JavaScript tests skipped: there is no Node on the PATH (" + e.getMessage() + ")");
    }
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
