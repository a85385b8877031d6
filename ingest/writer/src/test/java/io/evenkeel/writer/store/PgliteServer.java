package io.evenkeel.writer.store;

import static org.junit.jupiter.api.Assumptions.abort;

import io.evenkeel.writer.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A fresh TimescaleDB in memory: PostgreSQL in WebAssembly under Node, see {@code
 * src/test/pglite/bridge.mjs}. It has one backend: good for what SQL means, not for how fast or how
 * concurrent it is.
 */
final class PgliteServer {

  private static final Path SOURCE = Path.of("src", "test", "pglite");
  private static final Path HOME = Path.of("target", "pglite");
  private static final List<String> FILES =
      List.of("package.json", "package-lock.json", "bridge.mjs");

  private PgliteServer() {}

  /**
   * Starts one; the calling test is skipped, saying why, where Node or the packages are missing.
   */
  static TestDatabase start() throws IOException, InterruptedException {
    requireNode();
    install();
    Process bridge =
        new ProcessBuilder("node", "bridge.mjs")
            .directory(HOME.toFile())
            .redirectError(HOME.resolve("bridge.log").toFile())
            .start();
    BufferedReader output = bridge.inputReader(StandardCharsets.UTF_8);
    String line = output.readLine();
    if (line == null || !line.startsWith("PORT ")) {
      throw new IOException(
          "the bridge did not start: " + Files.readString(HOME.resolve("bridge.log")));
    }
    Database database =
        new Database(
            "jdbc:postgresql://127.0.0.1:"
                + Integer.parseInt(line.substring(5))
                + "/postgres?preferQueryMode=simple&sslmode=disable&socketTimeout=60",
            "postgres",
            "");
    return TestDatabase.of(database, bridge::destroy);
  }

  private static void requireNode() throws InterruptedException {
    try {
      Process node =
          new ProcessBuilder(
                  "node", "-e", "process.exit(+process.versions.node.split('.')[0] < 20 ? 1 : 0)")
              .start();
      if (node.waitFor() != 0) {
        abort("TimescaleDB tests skipped: Node 20 or newer is needed");
      }
    } catch (IOException e) {
      abort("TimescaleDB tests skipped: there is no Node on the PATH (" + e.getMessage() + ")");
    }
  }

  private static void install() throws IOException, InterruptedException {
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
      abort("TimescaleDB tests skipped: there is no npm on the PATH (" + e.getMessage() + ")");
      return;
    }
    if (!npm.waitFor(3, TimeUnit.MINUTES) || npm.exitValue() != 0) {
      npm.destroyForcibly();
      abort("TimescaleDB tests skipped: npm ci failed: " + Files.readString(log));
    }
  }
}
