package io.evenkeel.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A log of 100,000 steps goes through everything, with nothing running and with everything running;
 * it comes out again as it went in, and is deleted without a trace.
 */
class ReplayST {
  private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final int STEPS = 100_000;
  private static final int SPIKE = 60_000;
  private static final int SPIKE_STEPS = 6;

  /** Rows of a run in any table, by its number and by its name. */
  private static final String ROWS =
      "select coalesce(sum((xpath('/row/c/text()', query_to_xml(format('select count(*) as c from"
          + " %%I.%%I where %%I::text = %%L', c.table_schema, c.table_name, c.column_name,"
          + " case c.column_name when 'run_id' then '%d' else '%s' end), false, true, '')))[1]::text::bigint), 0)"
          + " from information_schema.columns c join information_schema.tables t"
          + " using (table_schema, table_name) where t.table_type = 'BASE TABLE'"
          + " and c.table_schema in ('evenkeel_store', 'controller')"
          + " and c.column_name in ('run', 'run_id')";

  @TempDir Path dir;

  private record Ended(int status, String console) {}

  @Test
  void shouldReportTheSpikeGiveTheLogBackAndForgetItWhenTold() throws Exception {
    Path log = dir.resolve("long.csv");
    List<String> rows = write(log);
    Path data = dir.resolve("data");

    JsonNode report = replay(log, data, "long");
    assertThat(report.at("/observations/added").asLong()).isEqualTo(STEPS);
    assertSpikeAlone(report);
    System.out.println("replay of " + STEPS + " steps, seconds: " + report.at("/seconds"));

    Path exported = dir.resolve("exported.csv");
    Ended export =
        run(
            "export",
            "long",
            "--format",
            "csv",
            "--out",
            exported.toString(),
            "--data",
            data.toString());
    assertThat(export.status()).as(export.console()).isZero();
    assertThat(new TreeSet<>(Files.readAllLines(exported))).isEqualTo(new TreeSet<>(rows));

    try (Evenkeel evenkeel = Evenkeel.up(data, "--no-trainer")) {
      evenkeel.awaitLine("Ctrl-C stops everything", LIMIT);
      long id = (long) evenkeel.number("select run_id from evenkeel_store.run where run = 'long'");
      String left = ROWS.formatted(id, "long");
      assertThat(evenkeel.number(left)).isGreaterThan(2.0 * STEPS);

      Ended refused = run("delete", "nobody", "--yes", "--data", data.toString());
      assertThat(refused.status()).isEqualTo(1);
      assertThat(refused.console()).contains("EVK-RUN-UNKNOWN");
      Ended deleted = run("delete", "long", "--yes", "--data", data.toString());
      assertThat(deleted.status()).as(deleted.console()).isZero();
      assertThat(evenkeel.number(left)).isZero();

      // Under the same name it is a new run, in the services too, which had judged these steps.
      Path head = dir.resolve("head.csv");
      Files.write(head, rows.subList(0, 2_001));
      JsonNode again = replay(head, data, "long");
      assertThat(again.at("/observations/stored").asLong()).isEqualTo(1_000);
      assertThat(again.at("/observations/signal_steps").asLong()).isEqualTo(1_000);
      // And the same log again adds nothing.
      JsonNode twice = replay(head, data, "long");
      assertThat(twice.at("/observations/sent").asLong()).isEqualTo(1_000);
      assertThat(twice.at("/observations/added").asLong()).isZero();
      assertThat(twice.at("/observations/signal_steps").asLong()).isEqualTo(1_000);

      Ended other = run("replay", log.toString(), "--run", "long", "--data", data.toString());
      assertThat(other.status()).isEqualTo(1);
      assertThat(other.console()).contains("EVK-REPLAY-OTHER-LOG");
    }
  }

  private static List<String> write(Path log) throws IOException {
    SplittableRandom random = new SplittableRandom(17);
    List<String> rows = new ArrayList<>(List.of("step,metric,value"));
    for (int step = 0; step < STEPS; step++) {
      double loss = 2 + 8 / (1 + step / 300.0) + 0.02 * random.nextGaussian();
      loss += step >= SPIKE && step < SPIKE + SPIKE_STEPS ? 3 : 0;
      rows.add(step + ",loss," + loss);
      rows.add(step + ",mfu," + Math.round(400 + 5 * random.nextGaussian()) / 1000.0);
    }
    try (BufferedWriter out = Files.newBufferedWriter(log, StandardCharsets.UTF_8)) {
      for (String row : rows) {
        out.write(row);
        out.newLine();
      }
    }
    return rows;
  }

  private static void assertSpikeAlone(JsonNode report) {
    List<String> rules = new ArrayList<>();
    for (JsonNode alert : report.at("/alerts")) {
      rules.add(alert.at("/rule").asText() + " " + alert.at("/severity").asText());
      assertThat(alert.at("/metric").asText()).isEqualTo("loss_lm");
      assertThat(alert.at("/scope").asText()).isEqualTo("run");
      assertThat(alert.at("/fired_step").asLong()).isBetween((long) SPIKE, SPIKE + 4L);
      assertThat(alert.at("/resolved_step").asLong())
          .isBetween(alert.at("/fired_step").asLong() + 1, SPIKE + 100L);
    }
    assertThat(rules).contains("loss-spike critical");
  }

  private JsonNode replay(Path log, Path data, String name) throws Exception {
    Path report = dir.resolve("report.json");
    Ended ended =
        run(
            "replay",
            log.toString(),
            "--run",
            name,
            "--data",
            data.toString(),
            "--report",
            report.toString());
    assertThat(ended.status()).as(ended.console()).isZero();
    JsonNode read = Evenkeel.json(report);
    assertThat(read.at("/run_id").asText()).isEqualTo(name);
    return read;
  }

  private Ended run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(ROOT.resolve("evenkeel").toString()));
    command.addAll(List.of(arguments));
    Path console = dir.resolve(String.format(Locale.ROOT, "%s.log", arguments[0]));
    Process process =
        new ProcessBuilder(command)
            .directory(ROOT.toFile())
            .redirectErrorStream(true)
            .redirectOutput(console.toFile())
            .start();
    process.getOutputStream().close();
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      process.destroy();
      throw new AssertionError("still running:\n" + Files.readString(console));
    }
    return new Ended(process.exitValue(), Files.readString(console));
  }
}
