package io.evenkeel.controller.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.alerting.config.AlertsConfig;
import io.evenkeel.alerting.config.AlertsFile;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.controller.notify.Notice.Item;
import io.evenkeel.controller.notify.Notice.Role;
import io.evenkeel.controller.notify.Outbox.DeliveryKey;
import io.evenkeel.controller.notify.Outbox.Result;
import io.evenkeel.controller.notify.channel.Channels;
import io.evenkeel.controller.notify.silence.Silence;
import io.evenkeel.controller.notify.silence.SilenceBook;
import io.evenkeel.controller.store.ControllerDatabase;
import io.evenkeel.testing.FakeClock;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Grouping, inhibition, silences and repetition on a real database, in virtual time. */
class OutboxIT {

  /** After whatever a test makes. */
  private static final Instant EVER = Instant.parse("3000-01-01T00:00:00Z");

  private static final String FILE =
      """
      route: {receiver: team, repeat_interval: 1h}
      receivers:
        - name: team
          webhook_configs: [{url: 'http://127.0.0.1:9/hook', allow_private: true}]
      """;

  private static TestDatabase database;

  private final FakeClock clock = FakeClock.atNewYear();
  private final List<Notice> delivered = new ArrayList<>();
  private final Map<String, List<Instant>> times = new HashMap<>();
  private Outbox outbox;

  @BeforeAll
  static void start() throws Exception {
    database = TestDatabase.start();
  }

  @AfterAll
  static void stop() throws IOException {
    database.close();
  }

  @BeforeEach
  void empty() throws SQLException {
    database.execute("truncate controller.notice, controller.receiver, controller.silence cascade");
    outbox = outbox(FILE);
  }

  private Outbox outbox(String file) throws SQLException {
    AlertsConfig config = AlertsFile.parse(file, Path.of("."), "").config().orElseThrow();
    Outbox made = new Outbox(database.source(), config);
    made.register(Channels.of(config, clock));
    return made;
  }

  @Test
  void shouldTellTheFirstAtOnceAndGatherLaterOnes() throws SQLException {
    accept(event("a", "gradient-norm-ratio", "layers/1", AlertState.FIRING));
    assertThat(alerts(0)).containsExactly("a NEW firing");
    clock.advance(Duration.ofSeconds(5));
    accept(event("b", "gradient-norm-ratio", "layers/2", AlertState.FIRING));
    accept(event("c", "gradient-norm-ratio", "layers/3", AlertState.FIRING));
    accept(event("d", "load-imbalance", "layers/3", AlertState.FIRING));
    assertThat(alerts(1)).containsExactly("d NEW firing");
    assertThat(delivered).hasSize(2);
    clock.advance(Duration.ofSeconds(54));
    due();
    assertThat(delivered).hasSize(2);
    clock.advance(Duration.ofSeconds(1));
    due();
    assertThat(alerts(2)).containsExactly("b NEW firing", "c NEW firing", "a KNOWN firing");
    clock.advance(Duration.ofSeconds(10));
    accept(event("a", "gradient-norm-ratio", "layers/1", AlertState.RESOLVED));
    // Begins and ends between two notices: it is told, as what it is.
    accept(event("e", "gradient-norm-ratio", "layers/4", AlertState.FIRING));
    accept(event("e", "gradient-norm-ratio", "layers/4", AlertState.RESOLVED));
    clock.advance(Duration.ofSeconds(50));
    due();
    assertThat(alerts(3))
        .containsExactly("b KNOWN firing", "c KNOWN firing", "a NEW resolved", "e NEW resolved");
    assertThat(delivered).hasSize(4);
    assertThat(pending()).isZero();
  }

  @Test
  void shouldTellNothingTwiceWhenEventsComeAgain() throws SQLException {
    for (int i = 0; i < 3; i++) {
      accept(event("a", "plateau", "run", AlertState.FIRING));
    }
    clock.advance(Duration.ofMinutes(5));
    accept(event("a", "plateau", "run", AlertState.FIRING));
    due();
    assertThat(delivered).hasSize(1);
    accept(event("never-fired", "plateau", "run", AlertState.RESOLVED));
    clock.advance(Duration.ofMinutes(5));
    due();
    assertThat(delivered).hasSize(1);
  }

  @Test
  void shouldHoldBackSpikesWhileNonFiniteFires() throws SQLException {
    accept(
        event("spike", "loss-spike", "run", AlertState.FIRING),
        event("nan", "non-finite", "run", AlertState.FIRING),
        event("short", "gradient-norm-spike", "run", AlertState.FIRING));
    assertThat(delivered).hasSize(1);
    assertThat(alerts(0)).containsExactly("nan NEW firing");
    accept(event("short", "gradient-norm-spike", "run", AlertState.RESOLVED));
    clock.advance(Duration.ofMinutes(2));
    due();
    assertThat(delivered).hasSize(1);
    assertThat(
            database.query(
                "select string_agg(distinct status, ',') from ui_v1_webhook_deliveries"
                    + " where alert_id = 'short'"))
        .isEqualTo("suppressed");
    accept(event("nan", "non-finite", "run", AlertState.RESOLVED));
    clock.advance(Duration.ofMinutes(2));
    due();
    assertThat(delivered).hasSize(3);
    assertThat(List.of(alerts(1), alerts(2)))
        .containsExactlyInAnyOrder(List.of("nan NEW resolved"), List.of("spike NEW firing"));
    assertThat(pending()).isZero();
  }

  @Test
  void shouldSayNothingWhileSilencedAndAllOfItThen() throws SQLException {
    SilenceBook book = new SilenceBook(database.source());
    Silence silence =
        book.add(
            List.of("run=\"run\"", "rule=~\"load-.*\""),
            Duration.ofHours(2),
            "the data are odd tonight",
            "ann",
            clock.instant());
    accept(
        event("a", "load-imbalance", "layers/1", AlertState.FIRING),
        event("b", "plateau", "run", AlertState.FIRING));
    assertThat(alerts(0)).containsExactly("b NEW firing");
    clock.advance(Duration.ofMinutes(50));
    due();
    assertThat(delivered).hasSize(1);
    assertThat(database.query("select creator || ' ' || reason from ui_v1_silences"))
        .isEqualTo("ann the data are odd tonight");
    assertThat(book.end(silence.id(), "bob", clock.instant())).isTrue();
    assertThat(book.end(silence.id(), "bob", clock.instant())).isFalse();
    clock.advance(Duration.ofSeconds(15));
    due();
    assertThat(alerts(1)).containsExactly("a NEW firing");
  }

  @Test
  void shouldRepeatWhatStillFiresUntilItIsOver() throws SQLException {
    accept(event("a", "plateau", "run", AlertState.FIRING));
    for (int hour = 1; hour <= 3; hour++) {
      clock.advance(Duration.ofMinutes(59));
      due();
      assertThat(delivered).hasSize(hour);
      clock.advance(Duration.ofMinutes(1));
      due();
      assertThat(alerts(hour)).containsExactly("a KNOWN firing");
    }
    assertThat(delivered.stream().map(Notice::id).distinct()).hasSize(4);
    accept(event("a", "plateau", "run", AlertState.RESOLVED));
    clock.advance(Duration.ofMinutes(1));
    due();
    assertThat(alerts(4)).containsExactly("a NEW resolved");
    clock.advance(Duration.ofDays(2));
    due();
    assertThat(delivered).hasSize(5);
  }

  @Test
  void shouldWaitForTheNoticeBeforeAndGatherMeanwhile() throws SQLException {
    List<DeliveryKey> first =
        outbox.accept(List.of(event("a", "plateau", "run", AlertState.FIRING)), clock.instant());
    clock.advance(Duration.ofMinutes(10));
    // The receiver is away: the notice is tried again, and no other is made.
    retry(first.getFirst(), Result.RETRY);
    accept(event("a", "plateau", "run", AlertState.RESOLVED));
    due();
    assertThat(delivered).isEmpty();
    assertThat(outbox.waiting(10, EVER)).isEqualTo(first);
    deliver(first);
    assertThat(alerts(0)).containsExactly("a NEW firing");
    assertThat(alerts(1)).containsExactly("a NEW resolved");
  }

  @Test
  void shouldGiveUpAndGoQuietWhenTheReceiverIsGone() throws SQLException {
    List<DeliveryKey> first =
        outbox.accept(List.of(event("a", "plateau", "run", AlertState.FIRING)), clock.instant());
    accept(event("b", "plateau", "run", AlertState.FIRING));
    outbox.disable(first.getFirst().receiver(), "EVK-WEBHOOK-GONE: HTTP 410", clock.instant());
    clock.advance(Duration.ofDays(1));
    accept(event("c", "plateau", "run", AlertState.FIRING));
    due();
    assertThat(delivered).isEmpty();
    assertThat(outbox.waiting(10, EVER)).isEmpty();
    assertThat(database.query("select disabled_reason from ui_v1_receivers")).contains("410");
    assertThat(pending()).isZero();
  }

  @Test
  void shouldKeepResolvedToItselfWhenToldSo() throws SQLException {
    outbox = outbox(FILE.replace("allow_private", "send_resolved: false, allow_private"));
    accept(event("a", "plateau", "run", AlertState.FIRING));
    accept(event("a", "plateau", "run", AlertState.RESOLVED));
    clock.advance(Duration.ofDays(1));
    due();
    assertThat(delivered).hasSize(1);
  }

  @Test
  void shouldForgetADeletedRun() throws SQLException {
    List<DeliveryKey> keys =
        outbox.accept(List.of(event("a", "plateau", "run", AlertState.FIRING)), clock.instant());
    assertThat(database.query("select controller.delete_run('run')")).isEqualTo("2");
    assertThat(outbox.find(keys.getFirst())).isEmpty();
    assertThat(outbox.waiting(10, EVER)).isEmpty();
    assertThat(database.query("select count(*) from ui_v1_webhook_deliveries")).isEqualTo("0");
  }

  /** What an older release had accepted and not delivered leaves under its old id. */
  @Test
  void shouldDeliverWhatAnOlderReleaseLeft() throws Exception {
    database.execute("create database older");
    String url = database.postgres().jdbcUrl().replaceFirst("/[^/?]+(\\?|$)", "/older$1");
    Flyway.configure()
        .dataSource(url, database.postgres().user(), database.postgres().password())
        .schemas("controller")
        .table("flyway_history")
        .locations("classpath:db/controller")
        .target("2")
        .load()
        .migrate();
    AlertEvent event = event("old", "plateau", "run", AlertState.FIRING);
    try (Connection connection =
            DriverManager.getConnection(
                url, database.postgres().user(), database.postgres().password());
        PreparedStatement notice =
            connection.prepareStatement(
                "insert into controller.notice values"
                    + " ('old-firing', 'old', 'run', 'plateau', 'run', 'firing', now(), ?, now())");
        Statement statement = connection.createStatement()) {
      notice.setBytes(1, Codecs.ALERT_EVENT.encode(event));
      notice.executeUpdate();
      statement.execute("insert into controller.receiver values ('hook', 'http://h', null, null)");
      statement.execute(
          "insert into controller.delivery values"
              + " ('old-firing', 'hook', 'pending', 3, 'HTTP 500', now(), null)");
    }
    try (ControllerDatabase older =
        new ControllerDatabase(url, database.postgres().user(), database.postgres().password())) {
      assertThat(older.awaitMigrated(new CountDownLatch(1))).isTrue();
      Outbox upgraded =
          new Outbox(
              older.source(), AlertsFile.parse(FILE, Path.of("."), "").config().orElseThrow());
      DeliveryKey key = new DeliveryKey("old-firing", "hook");
      assertThat(upgraded.waiting(10, EVER)).containsExactly(key);
      Outbox.Pending pending = upgraded.find(key).orElseThrow();
      assertThat(pending.attempts()).isEqualTo(3);
      assertThat(pending.notice().items().getFirst().alert()).isEqualTo(event);
      deliver(upgraded, List.of(key));
      assertThat(upgraded.waiting(10, EVER)).isEmpty();
      assertThat(upgraded.due(clock.instant(), 10).keys()).isEmpty();
    }
  }

  /** Killed before or after any statement: what Kafka gives again then is told, by one id. */
  @Test
  void shouldTellEverythingOnceWhenKilledAtAnyPoint() throws SQLException {
    boolean whole = false;
    int points = 0;
    while (!whole) {
      empty();
      delivered.clear();
      points++;
      whole = killedAt(points);
      Set<String> ids = new HashSet<>();
      Set<String> told = new HashSet<>();
      for (Notice notice : delivered) {
        boolean again = !ids.add(notice.id());
        for (Item item : notice.items()) {
          if (!again && item.role() == Role.NEW) {
            assertThat(told.add(item.alert().alertId() + item.alert().state()))
                .as("killed at " + points)
                .isTrue();
          }
        }
      }
      assertThat(told).as("killed at " + points).contains("aRESOLVED", "bFIRING", "dFIRING");
      assertThat(pending()).as("killed at " + points).isZero();
    }
    System.out.println("killed at " + (points - 1) + " points");
    assertThat(points).isGreaterThan(30);
  }

  private boolean killedAt(int point) throws SQLException {
    List<AlertEvent> events =
        List.of(
            event("a", "plateau", "layers/1", AlertState.FIRING),
            event("b", "plateau", "layers/2", AlertState.FIRING),
            event("a", "plateau", "layers/1", AlertState.RESOLVED),
            event("d", "data-shift", "run", AlertState.FIRING));
    AlertsConfig config = AlertsFile.parse(FILE, Path.of("."), "").config().orElseThrow();
    Outbox mortal = new Outbox(MortalSource.of(database.source(), point), config);
    boolean whole = true;
    try {
      tell(mortal, events);
    } catch (MortalSource.Killed e) {
      whole = false;
    }
    clock.advance(Duration.ofMinutes(2));
    tell(outbox, events);
    return whole;
  }

  private void tell(Outbox by, List<AlertEvent> events) throws SQLException {
    for (AlertEvent event : events) {
      deliver(by, by.accept(List.of(event), clock.instant()));
    }
    for (int i = 0; i < 3; i++) {
      deliver(by, by.waiting(100, EVER));
      clock.advance(Duration.ofMinutes(1));
      deliver(by, by.due(clock.instant(), 100).keys());
    }
  }

  @Test
  void shouldGatherAStormWithoutLosingAnything() throws SQLException {
    int count = 10_000;
    int batch = 500;
    for (int i = 0; i < count; i += batch) {
      List<AlertEvent> events = new ArrayList<>();
      for (int j = i; j < i + batch; j++) {
        events.add(
            new AlertEvent(
                "storm" + j,
                "run-" + j % 4,
                0,
                "user-rule-" + j % 5,
                "tensors/t" + j,
                AlertState.FIRING,
                j % 100 == 0 ? Severity.CRITICAL : Severity.WARNING,
                j,
                j,
                1,
                0.1,
                "A storm.",
                Map.of(),
                clock.instant(),
                clock.instant()));
      }
      deliver(outbox, outbox.accept(events, clock.instant()));
      clock.advance(Duration.ofMillis(500));
      due();
    }
    int during = delivered.size();
    for (int minute = 0; minute < 30 && !database.query(WAITING).equals("0"); minute++) {
      clock.advance(Duration.ofMinutes(1));
      due();
    }
    Set<String> told = new HashSet<>();
    for (Notice notice : delivered) {
      assertThat(notice.items()).hasSizeLessThanOrEqualTo(Untold.MOST);
      notice.items().forEach(item -> told.add(item.alert().alertId()));
    }
    assertThat(told).hasSize(count);
    assertThat(during).isEqualTo(20);
    for (List<Instant> group : times.values()) {
      for (int i = 1; i < group.size(); i++) {
        assertThat(Duration.between(group.get(i - 1), group.get(i)))
            .isGreaterThanOrEqualTo(Duration.ofMinutes(1));
      }
    }
    System.out.printf(
        "a storm of %d alerts: %d notices while it lasted, %d in all%n",
        count, during, delivered.size());
  }

  private static final String WAITING =
      "select count(*) from controller.delivery where status = 'pending'";

  private void accept(AlertEvent... events) throws SQLException {
    deliver(outbox.accept(List.of(events), clock.instant()));
  }

  private void due() throws SQLException {
    deliver(outbox.due(clock.instant(), 100).keys());
  }

  private void deliver(List<DeliveryKey> keys) throws SQLException {
    deliver(outbox, keys);
  }

  /** As the desk does, with a receiver that takes everything. */
  private void deliver(Outbox by, List<DeliveryKey> keys) throws SQLException {
    for (DeliveryKey key : keys) {
      Outbox.Pending pending = by.find(key).orElseThrow();
      delivered.add(pending.notice());
      times
          .computeIfAbsent(pending.notice().group().id(), id -> new ArrayList<>())
          .add(clock.instant());
      List<DeliveryKey> next =
          by.attempted(
              key,
              pending.attempts() + 1,
              clock.instant(),
              Duration.ZERO,
              Result.DELIVERED,
              "HTTP 200",
              clock.instant());
      deliver(by, next);
    }
  }

  private void retry(DeliveryKey key, Result result) throws SQLException {
    assertThat(
            outbox.attempted(
                key, 1, clock.instant(), Duration.ZERO, result, "HTTP 500", clock.instant()))
        .isEmpty();
  }

  private List<String> alerts(int notice) {
    return delivered.get(notice).items().stream()
        .map(
            item ->
                "%s %s %s"
                    .formatted(
                        item.alert().alertId(), item.role(), item.fires() ? "firing" : "resolved"))
        .toList();
  }

  private AlertEvent event(String id, String rule, String scope, AlertState state) {
    return new AlertEvent(
        id,
        "run",
        0,
        rule,
        scope,
        state,
        Severity.WARNING,
        1,
        2,
        0.3,
        0.1,
        "Something is high.",
        Map.of(),
        clock.instant(),
        clock.instant());
  }

  private static long pending() throws SQLException {
    return Long.parseLong(database.query(WAITING));
  }
}
