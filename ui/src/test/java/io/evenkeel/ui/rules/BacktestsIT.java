package io.evenkeel.ui.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.rule.RuleState;
import io.evenkeel.ui.SampleRun;
import io.evenkeel.ui.WriterDatabase;
import io.evenkeel.ui.evidence.Evidence;
import io.evenkeel.ui.evidence.EvidenceReader;
import io.evenkeel.ui.security.Access;
import io.evenkeel.ui.security.Role;
import io.evenkeel.ui.store.StoreFault;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;

/** Rules over stored steps, and the series behind alerts, on the writer's own tables. */
class BacktestsIT {
  @TempDir static Path folder;

  private static WriterDatabase database;
  private static HikariDataSource pool;

  @BeforeAll
  static void start() throws Exception {
    database = WriterDatabase.start(folder);
    pool = new HikariDataSource();
    pool.setJdbcUrl(database.url());
    pool.setUsername(database.user());
    pool.setPassword(database.password());
    try (Connection connection = database.connect()) {
      connection.setAutoCommit(false);
      new SampleRun(connection, "stored", "stored", 2, 8, 2, Instant.now()).steps(0, 200);
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
  void shouldTellWhereARuleWouldHaveFiredWhenARunIsStored() throws Exception {
    BacktestResult result =
        backtest("step >= 50 && step < 60", "", "stored").get(60, TimeUnit.SECONDS);

    assertThat(result.steps()).isEqualTo(200);
    assertThat(result.judgedSteps()).isEqualTo(200);
    assertThat(result.threshold()).isNull();
    assertThat(result.hits())
        .singleElement()
        .satisfies(
            hit -> {
              assertThat(hit.firedStep()).isEqualTo(50);
              assertThat(hit.resolvedStep()).isEqualTo(60);
            });
    assertThat(result.values()).hasSize(200);
  }

  @Test
  void shouldKeepTheValuesOfARuleThatGivesANumber() throws Exception {
    BacktestResult result =
        backtest("layer.gradient_norm_ratio", "1000", "stored").get(60, TimeUnit.SECONDS);

    assertThat(result.hits()).isEmpty();
    assertThat(result.threshold()).isEqualTo(1000);
    assertThat(result.values()).isNotEmpty().allMatch(point -> point.min() <= point.max());
  }

  @Test
  void shouldFailInWordsWhenThereIsNoSuchRun() {
    assertThat(backtest("loss > 3", "", "never"))
        .failsWithin(java.time.Duration.ofSeconds(60))
        .withThrowableOfType(java.util.concurrent.ExecutionException.class)
        .withMessageContaining("no run of this name");
  }

  @Test
  void shouldHaveASeriesToShowForEveryBuiltInRule() {
    var reader = new EvidenceReader(JdbcClient.create(pool));
    for (BuiltInRule rule : BuiltInRule.values()) {
      Evidence evidence =
          reader.read(new EvidenceReader.Wanted("stored", 0, rule.id(), "", "run", 0.1, 10, 90));
      assertThat(evidence.title()).as(rule.id()).isNotBlank();
      assertThat(evidence.chart().from()).isEqualTo(10);
    }
    assertThat(
            reader
                .read(
                    new EvidenceReader.Wanted(
                        "stored", null, "own", "layer.max_vio", "layers/1", 2, 0, Long.MAX_VALUE))
                .chart())
        .satisfies(
            chart -> {
              assertThat(chart.traces()).singleElement();
              assertThat(chart.limits()).singleElement();
              assertThat(chart.to()).isLessThan(200);
            });
  }

  private static CompletableFuture<BacktestResult> backtest(
      String expression, String threshold, String run) {
    SecurityContextHolder.getContext()
        .setAuthentication(
            UsernamePasswordAuthenticationToken.authenticated(
                "eve", null, List.of(new SimpleGrantedAuthority(Role.VIEWER.authority()))));
    var draft =
        new RuleDraft(
            "tried",
            "",
            expression,
            Severity.WARNING,
            threshold,
            "",
            "1",
            "",
            "1",
            RuleState.ENABLED,
            "");
    AlertRule rule = ((RuleChecker.Checked.Fine) new RuleChecker().check(draft)).rule();
    var done = new CompletableFuture<BacktestResult>();
    new Backtests(pool, new Access())
        .begin(
            rule,
            run,
            new Backtests.Listener() {
              @Override
              public void progress(long steps) {
                assertThat(steps).isPositive();
              }

              @Override
              public void done(BacktestResult result) {
                done.complete(result);
              }

              @Override
              public void failed(StoreFault fault) {
                done.completeExceptionally(new IllegalStateException(fault.line()));
              }
            });
    return done;
  }
}
