package io.evenkeel.writer.store;

import static org.junit.jupiter.api.Assumptions.abort;

import io.evenkeel.testing.node.NodeProject;
import io.evenkeel.writer.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A fresh TimescaleDB in memory: PostgreSQL in WebAssembly under Node, see {@code
 * src/test/pglite/bridge.mjs}. It has one backend: good for what SQL means, not for how fast or how
 * concurrent it is.
 */
final class PgliteServer {

  private static final Path HOME = Path.of("target", "pglite");
  private static final NodeProject PROJECT =
      new NodeProject(Path.of("src", "test", "pglite"), HOME, List.of("bridge.mjs"));

  private PgliteServer() {}

  /**
   * Starts one; the calling test is skipped, saying why, where Node or the packages are missing.
   */
  static TestDatabase start() throws IOException, InterruptedException {
    PROJECT.install().ifPresent(reason -> abort("TimescaleDB tests skipped: " + reason));
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
}
