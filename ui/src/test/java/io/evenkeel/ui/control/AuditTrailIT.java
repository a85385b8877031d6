package io.evenkeel.ui.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import io.evenkeel.ui.SampleRun;
import io.evenkeel.ui.WriterDatabase;
import io.evenkeel.ui.activity.Activity;
import io.evenkeel.ui.activity.ActivityLog;
import io.evenkeel.ui.security.Access;
import io.evenkeel.ui.security.Role;
import io.evenkeel.ui.store.OwnTables;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The audit trail out of the writer's own tables: filtered, and exported whole. */
class AuditTrailIT {
  private static final String HOSTILE = "=cmd|' /C calc'!A0, \"quoted\"\n<script>alert(1)</script>";
  private static final int MANY = 3_000;

  @TempDir static Path folder;

  private static WriterDatabase database;
  private static HikariDataSource pool;
  private static AuditReader reader;
  private static OwnTables tables;

  @BeforeAll
  static void start() throws Exception {
    database = WriterDatabase.start(folder);
    pool = new HikariDataSource();
    pool.setJdbcUrl(database.url());
    pool.setUsername(database.user());
    pool.setPassword(database.password());
    reader = new AuditReader(pool, new DataSourceTransactionManager(pool));
    tables = new OwnTables(database.url(), database.user(), database.password());
    Instant at = Instant.parse("2026-01-01T00:00:00Z");
    try (Connection connection = database.connect()) {
      connection.setAutoCommit(false);
      var run = new SampleRun(connection, "trail", "trail", 2, 4, 0, at);
      for (int i = 0; i < MANY; i++) {
        run.audit(
            "many-" + i,
            i,
            at.plusSeconds(i),
            "policy:alpha",
            "observed",
            "observe",
            "load_balance.alpha",
            0.5,
            0.25,
            "quiet",
            "");
      }
      run.audit(
          "one",
          7,
          at.plusSeconds(MANY + 1),
          "operator:Ada",
          "refused",
          "auto",
          "adam.epsilon",
          1e-8,
          Double.NaN,
          HOSTILE,
          "EVK-KNOB-BOUNDS");
      connection.commit();
    }
  }

  @AfterAll
  static void stop() throws Exception {
    pool.close();
    database.close();
  }

  @AfterEach
  void logOut() {
    SecurityContextHolder.clearContext();
  }

  @Test
  void shouldFindLinesByEachPartWhenAFilterIsGiven() {
    for (AuditFilter filter :
        List.of(
            new AuditFilter("", "ada", "", "", ""),
            new AuditFilter("", "", "REFUSED", "", ""),
            new AuditFilter("trail", "", "", "EPSILON", ""),
            new AuditFilter("", "", "", "", "<SCRIPT>"),
            new AuditFilter("", "", "", "", "evk-knob-bounds"))) {
      AuditPage page = reader.newest(filter, 10);
      assertThat(page.lines())
          .as("%s", filter)
          .extracting(AuditLine::auditId)
          .containsExactly("one");
      assertThat(page.rest()).isEqualTo(AuditPage.Rest.NONE);
    }
    assertThat(reader.newest(AuditFilter.ofRun("another"), 10).lines()).isEmpty();
    // No wildcards of SQL, and no NUL that PostgreSQL would refuse.
    assertThat(reader.newest(new AuditFilter("", "", "", "", "%"), 10).lines()).isEmpty();
    assertThat(reader.newest(new AuditFilter("", "a\u0000da", "", "", ""), 10).lines()).hasSize(1);
  }

  @Test
  void shouldSayThatThereIsMoreWhenThePageIsFull() {
    AuditPage page = reader.newest(AuditFilter.ALL, 50);

    assertThat(page.lines()).hasSize(50);
    assertThat(page.lines().get(0).auditId()).isEqualTo("one");
    assertThat(page.rest()).isEqualTo(AuditPage.Rest.OLDER);
  }

  @Test
  void shouldExportEveryLineAsTextWhenItIsCsv() throws Exception {
    logIn();
    var out = new ByteArrayOutputStream();

    export().write(AuditFilter.ofRun("trail"), AuditExport.Format.CSV, out);

    try (CsvReader<NamedCsvRecord> csv =
        CsvReader.builder().ofNamedCsvRecord(out.toString(StandardCharsets.UTF_8))) {
      List<NamedCsvRecord> records = csv.stream().toList();
      assertThat(records).hasSize(MANY + 1);
      // Kept whole, and no formula to a spreadsheet.
      assertThat(records.get(0).getField("reason")).isEqualTo("'" + HOSTILE);
      assertThat(records.get(0).getField("to")).isEqualTo("NaN");
      assertThat(records.get(0).getField("sentence")).contains("Ada was refused");
    }
  }

  @Test
  void shouldExportWhatMatchesAsOneObjectALineWhenItIsJsonl() throws Exception {
    logIn();
    var out = new ByteArrayOutputStream();

    export().write(new AuditFilter("", "ada", "", "", ""), AuditExport.Format.JSONL, out);

    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).hasSize(1);
    JsonNode line = new ObjectMapper().readTree(lines.get(0));
    assertThat(line.get("reason").asString()).isEqualTo(HOSTILE);
    assertThat(line.get("to").asString()).isEqualTo("NaN");
    assertThat(line.get("from").asDouble()).isEqualTo(1e-8);
    Activity told = activity().newest(Long.MAX_VALUE, 1).getFirst();
    assertThat(told.action()).isEqualTo("audit.export");
    assertThat(told.subject()).isEqualTo("JSONL");
    assertThat(told.detail()).isEqualTo("Of {actor=ada}.");
    assertThat(told.actor()).isEqualTo(new Access().user());
  }

  @Test
  void shouldExportNothingWhenNobodyIsLoggedIn() {
    var out = new ByteArrayOutputStream();

    assertThatThrownBy(() -> export().write(AuditFilter.ALL, AuditExport.Format.CSV, out))
        .isInstanceOf(AccessDeniedException.class);
    assertThat(out.size()).isZero();
  }

  private static AuditExport export() {
    return new AuditExport(reader, new Access(), activity());
  }

  private static ActivityLog activity() {
    return new ActivityLog(tables, Clock.systemUTC());
  }

  private static void logIn() {
    SecurityContextHolder.getContext()
        .setAuthentication(
            UsernamePasswordAuthenticationToken.authenticated(
                "eve", null, List.of(new SimpleGrantedAuthority(Role.VIEWER.authority()))));
  }
}
