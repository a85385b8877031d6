package io.evenkeel.writer.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import io.evenkeel.writer.Await;
import io.evenkeel.writer.TestDatabase;
import io.evenkeel.writer.TestKafka;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The writer as a process of its own. */
class WriterMainIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private TestDatabase database;

  @BeforeEach
  void createDatabase() throws Exception {
    database = TestDatabase.create();
  }

  @AfterEach
  void dropDatabase() throws Exception {
    database.close();
  }

  @Test
  void shouldStoreEverythingOnceWhenKilledUnderLoadAndStartedBeforeItsDatabase() throws Exception {
    try (TestKafka kafka = new TestKafka(folder.resolve("kafka"))) {
      database.refuseConnections();
      Path log = folder.resolve("writer.log");
      Process writer = start(kafka.bootstrap(), log);
      Await.until("says so", LIMIT, () -> Files.readString(log).contains("EVK-DB-UNAVAILABLE"));
      assertThat(Files.readString(log)).doesNotContain("EVENKEEL-READY");
      database.acceptConnections();
      awaitReady(log);

      TrainingRun run = TrainingRuns.healthy("r1").ranks(2).build();
      Path secondLog = folder.resolve("writer-2.log");
      for (int step = 0; step < 600; step++) {
        run.step(step).forEach(kafka::send);
        kafka.send(run.signals(step));
        if (step == 300) {
          kafka.flush();
          Await.until("some are stored", LIMIT, () -> stored() > 0);
          writer.destroyForcibly().waitFor();
          writer = start(kafka.bootstrap(), secondLog);
        }
      }
      kafka.flush();
      awaitReady(secondLog);
      Await.until("all are stored", LIMIT, () -> stored() == 1200);
      URI metrics = metrics(secondLog);
      Await.until(
          "upkeep has counted the block that the run is filling",
          LIMIT,
          () -> scrape(metrics).lines().anyMatch("evenkeel_writer_rollup_blocks 1.0"::equals));

      writer.destroy();
      assertThat(writer.waitFor(5, TimeUnit.SECONDS)).isTrue();
      assertThat(Files.readString(secondLog)).contains("The writer has stopped.");
      assertThat(database.value("select count(*) from evenkeel_store.observation"))
          .isEqualTo("1200");
      assertThat(database.value("select stored from ui_v1_telemetry_counts")).isEqualTo("1200");
    }
  }

  @Test
  void shouldNameEveryProblemWhenTheConfigurationIsWrong() throws Exception {
    Path log = folder.resolve("writer.log");
    Process writer =
        process(log, Map.of("EVENKEEL_KAFKA_BOOTSTRAP", "nowhere", "EVENKEEL_DB_URL", "x")).start();

    assertThat(writer.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(writer.exitValue()).isEqualTo(2);
    assertThat(Files.readString(log))
        .contains("EVK-CONFIG-INVALID", "EVENKEEL_KAFKA_BOOTSTRAP", "EVENKEEL_DB_URL")
        .contains("EVENKEEL_DB_USER");
  }

  @Test
  void shouldStopWithOneLineWhenTheSchemaIsNotOurs() throws Exception {
    database.execute("create schema evenkeel_store; create table evenkeel_store.run (x int)");
    Path log = folder.resolve("writer.log");
    Process writer = start("127.0.0.1:1", log);

    assertThat(writer.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(writer.exitValue()).isEqualTo(1);
    assertThat(Files.readString(log)).contains("EVK-DB-MIGRATION");
  }

  private long stored() throws Exception {
    return Long.parseLong(
        database.value("select coalesce(sum(stored), 0) from ui_v1_telemetry_counts"));
  }

  private static URI metrics(Path log) throws IOException {
    Matcher told = Pattern.compile("served on port (\\d+)").matcher(Files.readString(log));
    assertThat(told.find()).isTrue();
    return URI.create("http://127.0.0.1:" + told.group(1) + "/metrics");
  }

  private static String scrape(URI metrics) throws IOException {
    try (InputStream body = metrics.toURL().openStream()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void awaitReady(Path log) throws Exception {
    Await.until(
        "ready",
        LIMIT,
        () -> Files.readString(log).lines().anyMatch("EVENKEEL-READY writer"::equals));
  }

  private Process start(String bootstrap, Path log) throws Exception {
    return process(
            log,
            Map.of(
                "EVENKEEL_KAFKA_BOOTSTRAP",
                bootstrap,
                "EVENKEEL_WRITER_METRICS_PORT",
                "0",
                "EVENKEEL_DB_URL",
                database.database().url(),
                "EVENKEEL_DB_USER",
                database.database().user(),
                "EVENKEEL_DB_PASSWORD",
                database.database().password()))
        .start();
  }

  private static ProcessBuilder process(Path log, Map<String, String> environment) {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath(),
                WriterMain.class.getName()));
    builder.environment().keySet().removeIf(name -> name.startsWith("EVENKEEL_"));
    builder.environment().putAll(environment);
    return builder.redirectErrorStream(true).redirectOutput(log.toFile());
  }

  /** Without the tests, whose logging configuration would go before the writer's own. */
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
