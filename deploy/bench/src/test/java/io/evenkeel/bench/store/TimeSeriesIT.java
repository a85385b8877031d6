package io.evenkeel.bench.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.bench.BenchException;
import io.evenkeel.bench.store.TimeSeriesServer.Kind;
import io.evenkeel.embedded.EmbeddedPostgres;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the store is compared with gets every number that the tables hold, and keeps it. */
class TimeSeriesIT {
  private static final long START = 1_700_000_000_000_000_000L;
  private static final int STEPS = 7_000;

  /** A time in the answer of VictoriaMetrics. */
  private static final Pattern MILLIS = Pattern.compile("\\b17\\d{11}\\b");

  @TempDir static Path dir;

  private static EmbeddedPostgres database;
  private static LineProtocol.Requests requests;

  @BeforeAll
  static void write() throws Exception {
    database = EmbeddedPostgres.start(dir.resolve("postgres"), Path.of("target", "postgres-bin"));
    Tables tables = new Tables(database);
    try (Connection connection = tables.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("create schema evenkeel_store");
      for (String table : Tables.NAMES) {
        statement.execute(
            "create table evenkeel_store."
                + table
                + " (run_id integer, incarnation integer, step bigint,"
                + (table.equals("layer_step") ? " layer integer," : "")
                + " loss_lm double precision, load real[], tokens bigint, at timestamptz)");
      }
      statement.execute(
          "insert into evenkeel_store.step select 1, 0, s,"
              + " case s when 3 then 'NaN' when 4 then 'Infinity' when 5 then null else s / 4.0 end,"
              + " null, s, now() from generate_series(0, "
              + (STEPS - 1)
              + ") s");
      statement.execute(
          "insert into evenkeel_store.layer_step values (1, 0, 2, 9, 0.5, '{1,NaN,2.5}', null, now())");
      statement.execute(
          "insert into evenkeel_store.knob_step values (1, 0, 2, null, null, null, now())");
    }
    requests = LineProtocol.write(tables, Files.createDirectory(dir.resolve("lines")), START);
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  @Test
  void shouldWriteEveryFiniteNumberOnceAndNothingElse() throws Exception {
    // 7,000 losses but for three, 7,000 token counts, and 3 fields of the layer.
    assertThat(requests.samples()).isEqualTo(2 * STEPS - 3 + 3);
    List<String> lines = new ArrayList<>();
    for (Path body : requests.bodies()) {
      List<String> part = Files.readAllLines(body);
      assertThat(part).hasSizeLessThanOrEqualTo(5_000);
      lines.addAll(part);
    }
    assertThat(requests.bodies()).hasSizeGreaterThan(1);
    assertThat(lines)
        .hasSize(STEPS + 1)
        .contains(
            "step,run_id=1,incarnation=0 loss_lm=0.5,tokens=2.0 " + (START + 500_000_000),
            "step,run_id=1,incarnation=0 tokens=3.0 " + (START + 750_000_000),
            "step,run_id=1,incarnation=0 tokens=5.0 " + (START + 1_250_000_000),
            "layer_step,run_id=1,incarnation=0,layer=9 loss_lm=0.5,load_0=1.0,load_2=2.5 "
                + (START + 500_000_000))
        .noneMatch(line -> line.startsWith("knob_step"));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void shouldKeepWhatItIsSent(Kind kind) throws Exception {
    assumeTrue(kind.installed().isPresent(), "skipped: " + kind + " is not installed");
    Path folder = dir.resolve(kind.name());
    try (TimeSeriesServer server =
        TimeSeriesServer.start(kind, kind.installed().orElseThrow(), folder)) {
      assertThat(server.write(requests.bodies())).isPositive();

      String kept =
          switch (kind) {
            case INFLUXDB ->
                answer(server, "/query?db=bench&q=SELECT%20count(tokens)%20FROM%20step");
            case VICTORIA_METRICS -> {
              answer(server, "/internal/force_flush");
              yield answer(
                  server,
                  "/api/v1/export?match=step_tokens&start="
                      + START / 1_000_000_000
                      + "&end="
                      + (START / 1_000_000_000 + STEPS));
            }
          };
      if (kind == Kind.INFLUXDB) {
        assertThat(kept).contains("," + STEPS + "]");
        Path odd = Files.writeString(dir.resolve("odd"), "no line of the protocol\n");
        assertThatThrownBy(() -> server.write(List.of(odd)))
            .isInstanceOf(BenchException.class)
            .hasMessageContaining("400");
      } else {
        assertThat(MILLIS.matcher(kept).results().count()).isEqualTo(STEPS);
      }
    }
  }

  private static String answer(TimeSeriesServer server, String path) throws Exception {
    try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      return http.send(
              HttpRequest.newBuilder(server.uri(path)).GET().build(), BodyHandlers.ofString())
          .body();
    }
  }
}
