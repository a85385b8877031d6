package io.evenkeel.controller.notify.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.alerting.config.AlertsConfig;
import io.evenkeel.alerting.config.AlertsFile;
import io.evenkeel.alerting.config.Channel.Reach;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.audit.AuditEntry;
import io.evenkeel.contract.audit.Decision;
import io.evenkeel.contract.command.AcknowledgeAlert;
import io.evenkeel.contract.command.AlertRequest;
import io.evenkeel.contract.command.EndSilence;
import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.contract.command.ReplayNotice;
import io.evenkeel.contract.command.SaveAlertConfig;
import io.evenkeel.contract.command.SilenceAlerts;
import io.evenkeel.contract.command.TestReceiver;
import io.evenkeel.controller.notify.Backoff;
import io.evenkeel.controller.notify.DeliveryDesk;
import io.evenkeel.controller.notify.MortalSource;
import io.evenkeel.controller.notify.Notice;
import io.evenkeel.controller.notify.Outbox;
import io.evenkeel.controller.notify.Outbox.DeliveryKey;
import io.evenkeel.controller.notify.Outbox.Result;
import io.evenkeel.controller.notify.TestDatabase;
import io.evenkeel.controller.notify.request.AlertsStart.Editing;
import io.evenkeel.controller.notify.webhook.WebhookEndpoint;
import io.evenkeel.testing.FakeClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people ask concerning alerts, on a real database, in virtual time. */
class AlertRequestDeskIT {

  /** After whatever a test makes. */
  private static final Instant EVER = Instant.parse("3000-01-01T00:00:00Z");

  private static final String TEAM =
      """
      route: {receiver: team, repeat_interval: 1h}
      receivers:
        - name: team
          webhook_configs: [{url: 'http://127.0.0.1:9/hook', allow_private: true}]
      """;

  private static TestDatabase database;

  @TempDir Path folder;
  private final FakeClock clock = FakeClock.atNewYear();
  private final List<AuditEntry> told = new ArrayList<>();
  private Outbox outbox;
  private LiveAlerts live;
  private AlertRequestDesk desk;

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
    database.execute(
        "truncate controller.notice, controller.receiver, controller.silence,"
            + " controller.acknowledgement, controller.alert_request, controller.alerts_config,"
            + " controller.alerts_place, controller.scheduled_tasks cascade");
    restart(TEAM);
  }

  /** A controller that is started with this file. */
  private void restart(String file) throws SQLException {
    AlertsFile read = AlertsFile.parse(file, folder, "");
    restart(
        new AlertsStart(
            read.config().orElseThrow(),
            Optional.of(read.shown()),
            Editing.POSSIBLE,
            Optional.of(folder),
            Reach.PRIVATE_TOO,
            ""));
  }

  private void restart(AlertsStart start) throws SQLException {
    desk = desk(database.source(), start);
    live.begin();
  }

  private AlertRequestDesk desk(DataSource source, AlertsStart start) {
    outbox = new Outbox(source, start.config());
    DeliveryDesk deliveries =
        new DeliveryDesk(
            database.source(), outbox, List.of(), new Backoff(new SplittableRandom(1)), clock);
    live = new LiveAlerts(source, start, outbox, deliveries, clock);
    return new AlertRequestDesk(source, live, deliveries, told::addAll, Runnable::run, clock);
  }

  private void ask(String id, String who, AlertRequest body) throws Exception {
    desk.serve(new OperatorRequest(id, "", who, clock.instant(), body, ""), body);
    live.refresh();
    desk.tell();
  }

  private AuditEntry answer() {
    return told.getLast();
  }

  private SilenceAlerts silence(String... matchers) {
    return new SilenceAlerts(
        List.of(matchers), clock.instant(), clock.instant().plusSeconds(3_600), "moving house");
  }

  @Test
  void shouldSilenceOnceHoweverOftenItIsAskedFor() throws Exception {
    for (int i = 0; i < 3; i++) {
      ask("q1", "ada", silence("run=\"run\"", "rule=~\"plateau|x\""));
    }

    assertThat(told).hasSize(1);
    assertThat(answer().auditId()).isEqualTo("request:q1");
    assertThat(answer().run()).isEmpty();
    assertThat(answer().actor()).isEqualTo("operator:ada");
    assertThat(answer().decision()).isEqualTo(Decision.CHANGED);
    assertThat(database.query("select count(*) from ui_v1_silences")).isEqualTo("1");
    assertThat(
            database.query(
                "select silence_id || ' ' || creator || ' ' || reason from ui_v1_silences"))
        .isEqualTo("q1 ada moving house");
    assertThat(accept(event("a", AlertState.FIRING))).isEmpty();

    ask("q2", "bob", new EndSilence("q1"));
    assertThat(answer().decision()).isEqualTo(Decision.CHANGED);
    assertThat(database.query("select ended_by from ui_v1_silences")).isEqualTo("bob");
    ask("q3", "bob", new EndSilence("q1"));
    assertThat(answer().errorId()).isEqualTo("EVK-SILENCE-UNKNOWN");
    clock.advance(Duration.ofSeconds(15));
    assertThat(deliver(outbox.due(clock.instant(), 10).keys())).hasSize(1);
  }

  @Test
  void shouldRefuseASilenceThatCannotBeMade() throws Exception {
    ask("q1", "ada", silence("run=~\"(\""));
    assertThat(answer().errorId()).isEqualTo("EVK-SILENCE-INVALID");
    ask("q2", "ada", silence("no matcher"));
    assertThat(answer().errorId()).isEqualTo("EVK-SILENCE-INVALID");
    SilenceAlerts over = silence("run=\"a\"");
    clock.advance(Duration.ofHours(1));
    ask("q3", "ada", over);
    assertThat(answer().reason()).contains("over already");
    assertThat(database.query("select count(*) from ui_v1_silences")).isEqualTo("0");
  }

  /** Killed before any statement or after any commit: the request is read again, and done once. */
  @Test
  void shouldDoAndAnswerEverythingOnceWhenKilledAtAnyPoint() throws Exception {
    int points = 0;
    boolean whole = false;
    while (!whole) {
      points++;
      empty();
      told.clear();
      accept(event("a", AlertState.FIRING));
      whole = killedAt(points);
      assertThat(database.query("select count(*) from ui_v1_silences"))
          .as("at " + points)
          .isEqualTo("1");
      assertThat(database.query("select count(*) from ui_v1_acknowledgements")).isEqualTo("1");
      assertThat(database.query("select max(version) from ui_v1_alerts_config")).isEqualTo("2");
      assertThat(told.stream().map(AuditEntry::auditId).distinct())
          .as("at " + points)
          .containsExactlyInAnyOrder("request:q1", "request:q2", "request:q3");
      assertThat(told).as("at " + points).noneMatch(e -> e.decision() == Decision.REFUSED);
    }
    System.out.println("killed at " + (points - 1) + " points");
    assertThat(points).isGreaterThan(20);
  }

  @Test
  void shouldRefuseByAnAnswerWhenSomethingGoesWrongThatNobodyHasForeseen() throws Exception {
    AlertsStart start = live.start();
    // The statements of the first two calls see whether it has been answered.
    desk = desk(MortalSource.odd(database.source(), 3), start);
    SilenceAlerts body = silence("run=\"other\"");
    desk.serve(new OperatorRequest("q1", "", "ada", clock.instant(), body, ""), body);
    desk.tell();
    assertThat(answer().errorId()).isEqualTo("EVK-ALERTS-REQUEST");
    assertThat(database.query("select count(*) from ui_v1_silences")).isEqualTo("0");
    desk.serve(new OperatorRequest("q1", "", "ada", clock.instant(), body, ""), body);
    desk.tell();
    assertThat(told).hasSize(1);
  }

  private boolean killedAt(int point) throws Exception {
    AlertsStart start = live.start();
    boolean whole = true;
    desk = desk(MortalSource.of(database.source(), point), start);
    try {
      live.begin();
      askAll();
    } catch (MortalSource.Killed e) {
      whole = false;
    }
    restart(start);
    askAll();
    return whole;
  }

  private void askAll() throws Exception {
    ask("q1", "ada", silence("run=\"other\""));
    ask("q2", "ada", new AcknowledgeAlert("a", "mine"));
    ask("q3", "ada", new SaveAlertConfig(1, TEAM + "# again\n"));
  }

  @Test
  void shouldNotRepeatAnAcknowledgedAlertUntilAnotherFires() throws Exception {
    assertThat(accept(event("a", AlertState.FIRING))).hasSize(1);
    clock.advance(Duration.ofHours(1));
    assertThat(deliver(outbox.due(clock.instant(), 10).keys())).as("repeated").hasSize(1);

    ask("q1", "ada", new AcknowledgeAlert("a", "I look into it"));
    assertThat(answer().decision()).isEqualTo(Decision.CHANGED);
    assertThat(answer().run()).isEqualTo("run");
    assertThat(
            database.query("select run || ' ' || who || ' ' || note from ui_v1_acknowledgements"))
        .isEqualTo("run ada I look into it");
    for (int hour = 0; hour < 5; hour++) {
      clock.advance(Duration.ofHours(1));
      assertThat(deliver(outbox.due(clock.instant(), 10).keys())).isEmpty();
    }
    ask("q2", "bob", new AcknowledgeAlert("a", ""));
    assertThat(answer().errorId()).isEqualTo("EVK-ALERT-ACKNOWLEDGED");
    assertThat(answer().reason()).contains("ada");

    List<Notice> next = accept(event("b", AlertState.FIRING));
    assertThat(next.getFirst().items()).as("what still fires is told with news").hasSize(2);
    clock.advance(Duration.ofHours(1));
    List<Notice> again = deliver(outbox.due(clock.instant(), 10).keys());
    assertThat(again.getFirst().items()).extracting(i -> i.alert().alertId()).containsExactly("b");
    clock.advance(Duration.ofMinutes(1));
    assertThat(accept(event("a", AlertState.RESOLVED))).as("its end is told").hasSize(1);
    ask("q3", "bob", new AcknowledgeAlert("a", ""));
    assertThat(answer().errorId()).isEqualTo("EVK-ALERT-UNKNOWN");
    ask("q4", "bob", new AcknowledgeAlert("never", ""));
    assertThat(answer().errorId()).isEqualTo("EVK-ALERT-UNKNOWN");
    assertThat(database.query("select controller.delete_run('run') > 0")).isEqualTo("t");
    assertThat(database.query("select count(*) from ui_v1_acknowledgements")).isEqualTo("0");
  }

  @Test
  void shouldTellAStoredNoticeAgainUnderItsIdAndMarked() throws Exception {
    Notice first = accept(event("a", AlertState.FIRING)).getFirst();
    String channel = database.query("select receiver from ui_v1_receivers");
    assertThat(first.replay()).isEmpty();

    ask("q1", "ada", new ReplayNotice(first.id(), channel));
    assertThat(answer().decision()).isEqualTo(Decision.CHANGED);
    ask("q2", "bob", new ReplayNotice(first.id(), channel));
    assertThat(answer().reason()).contains("still being delivered");
    DeliveryKey key = outbox.waiting(10, EVER).getFirst();
    clock.advance(Duration.ofDays(2));
    Notice again = outbox.find(key).orElseThrow().notice();
    assertThat(again.id()).isEqualTo(first.id());
    assertThat(again.items()).isEqualTo(first.items());
    assertThat(again.replay().orElseThrow().by()).isEqualTo("ada");
    String before = database.query("select delivered_at from ui_v1_deliveries");
    outbox.attempted(
        key, 1, clock.instant(), Duration.ZERO, Result.GAVE_UP, "HTTP 500", clock.instant());
    assertThat(
            database.query(
                "select status || ' ' || replays || ' ' || replayed_by from ui_v1_deliveries"))
        .isEqualTo("failed 1 ada");
    assertThat(database.query("select delivered_at from ui_v1_deliveries")).isEqualTo(before);

    ask("q3", "ada", new ReplayNotice("absent", channel));
    assertThat(answer().errorId()).isEqualTo("EVK-NOTICE-UNKNOWN");
    outbox.disable(channel, "EVK-WEBHOOK-GONE", clock.instant());
    ask("q4", "ada", new ReplayNotice(first.id(), channel));
    assertThat(answer().errorId()).isEqualTo("EVK-NOTICE-REPLAY");
  }

  @Test
  void shouldOpenNoIncidentAnewThatIsOver() throws Exception {
    Files.writeString(folder.resolve("key"), "geheim");
    restart(
        """
        route: {receiver: pager}
        receivers: [{name: pager, pagerduty_configs: [{routing_key_file: key}]}]
        """);
    Notice firing = accept(event("a", AlertState.FIRING)).getFirst();
    clock.advance(Duration.ofMinutes(1));
    Notice over = accept(event("a", AlertState.RESOLVED)).getFirst();
    String channel = database.query("select receiver from ui_v1_receivers where configured");

    ask("q1", "ada", new ReplayNotice(firing.id(), channel));
    assertThat(answer().errorId()).isEqualTo("EVK-NOTICE-REPLAY");
    ask("q2", "ada", new ReplayNotice(over.id(), channel));
    assertThat(answer().decision()).isEqualTo(Decision.CHANGED);
  }

  @Test
  void shouldRefuseTheSecondOfTwoWhoSaveAtOnce() throws Exception {
    assertThat(database.query("select version || ' ' || origin from ui_v1_alerts_config"))
        .isEqualTo("1 file");
    String other = TEAM.replace("1h", "2h");

    ask("q1", "ada", new SaveAlertConfig(1, other));
    ask("q2", "bob", new SaveAlertConfig(1, TEAM.replace("1h", "3h")));
    assertThat(answer().errorId()).isEqualTo("EVK-ALERTS-VERSION");
    assertThat(answer().reason()).contains("ada", "version 2");
    ask("q3", "bob", new SaveAlertConfig(7, other));
    assertThat(answer().errorId()).isEqualTo("EVK-ALERTS-VERSION");
    ask("q4", "bob", new SaveAlertConfig(2, TEAM.replace("1h", "3h")));
    assertThat(answer().decision()).isEqualTo(Decision.CHANGED);
    assertThat(
            database.query(
                "select string_agg(version || ' ' || author, ', ' order by version)"
                    + " from ui_v1_alerts_config"))
        .isEqualTo("1 EVENKEEL_ALERTS_FILE, 2 ada, 3 bob");
    assertThat(database.query("select applied_version from ui_v1_alerts_place")).isEqualTo("3");
  }

  @Test
  void shouldSaveNothingThatHasErrorsAndTellThemAll() throws Exception {
    ask(
        "q1",
        "ada",
        new SaveAlertConfig(
            1, "route: {receiver: nobody}\nreceivers:\n  - name: 'b c'\n    x: 1\n"));
    assertThat(answer().decision()).isEqualTo(Decision.REFUSED);
    assertThat(answer().reason()).startsWith("3 errors: 1:19: ").contains("4:5: ");
    ask(
        "q2",
        "ada",
        new SaveAlertConfig(
            1,
            "route: {receiver: a}\nreceivers: [{name: a, slack_configs: [{api_url:"
                + " 'https://h.example/geheim'}]}]"));
    assertThat(answer().errorId()).isEqualTo("EVK-ALERTS-CLEAR-SECRET");
    assertThat(told.toString()).doesNotContain("geheim");
    assertThat(database.query("select count(*) from ui_v1_alerts_config")).isEqualTo("1");
  }

  @Test
  void shouldRouteBySavedVersionsWithoutARestart() throws Exception {
    assertThat(accept(event("a", AlertState.FIRING)).getFirst().group().key()).contains("run");
    String old = database.query("select receiver from ui_v1_receivers");
    Files.writeString(folder.resolve("hook"), "http://127.0.0.1:9/other");
    String saved =
        """
        global: {allow_private: true}
        route: {receiver: others, group_by: [rule]}
        receivers: [{name: others, webhook_configs: [{url_file: hook}]}]
        """;
    ask("q1", "ada", new SaveAlertConfig(1, saved));

    accept(event("b", AlertState.FIRING));
    assertThat(database.query("select receiver from ui_v1_deliveries where 'b' = any(alert_ids)"))
        .startsWith("others/webhook-");
    assertThat(
            database.query("select configured from ui_v1_receivers where receiver = '" + old + "'"))
        .isEqualTo("f");
    assertThat(database.query("select secret_names::text from ui_v1_alerts_place"))
        .isEqualTo("{hook}");

    restart(TEAM);
    assertThat(live.current().version()).as("the same file changes nothing").isEqualTo(2);
    Files.delete(folder.resolve("hook"));
    restart(TEAM);
    assertThat(live.current().version()).as("the newest that can be used").isEqualTo(1);
    assertThat(database.query("select problem from ui_v1_alerts_place"))
        .contains("Version 2", "hook");
    assertThat(database.query("select secret_names::text from ui_v1_alerts_place")).isEqualTo("{}");
    Files.writeString(folder.resolve("hook"), "http://127.0.0.1:9/other");
    live.refresh();
    assertThat(live.current().version()).as("the secret is there again").isEqualTo(2);
    assertThat(database.query("select secret_names::text || problem from ui_v1_alerts_place"))
        .isEqualTo("{hook}");
    restart(TEAM.replace("1h", "5h"));
    assertThat(live.current().version()).as("a changed file is a version").isEqualTo(3);
    assertThat(database.query("select problem from ui_v1_alerts_place")).isEmpty();
  }

  @Test
  void shouldKeepNoSecretOfTheFileButUseIt() throws Exception {
    restart(
        """
        route: {receiver: team}
        receivers: [{name: team, pagerduty_configs: [{routing_key: geheim-key}]}]
        """);

    assertThat(live.current().version()).isEqualTo(2);
    assertThat(live.current().receivers()).hasSize(1);
    assertThat(database.query("select text from ui_v1_alerts_config where version = 2"))
        .contains("'***'")
        .doesNotContain("geheim");
    ask(
        "q1",
        "ada",
        new SaveAlertConfig(
            2, database.query("select text from ui_v1_alerts_config where version = 2")));
    assertThat(answer().errorId()).isEqualTo("EVK-ALERTS-CLEAR-SECRET");
  }

  @Test
  void shouldSaveNothingWhenTheEnvironmentNamesTheReceivers() throws Exception {
    AlertsConfig config = AlertsFile.parse(TEAM, folder, "").config().orElseThrow();
    restart(
        new AlertsStart(
            config, Optional.empty(), Editing.FIXED, Optional.empty(), Reach.PUBLIC_ONLY, ""));

    ask("q1", "ada", new SaveAlertConfig(1, TEAM));
    assertThat(answer().errorId()).isEqualTo("EVK-ALERTS-FIXED");
    assertThat(database.query("select fixed from ui_v1_alerts_place")).isEqualTo("t");
  }

  @Test
  void shouldTestAReceiverOnceAndTellItsAnswer() throws Exception {
    try (WebhookEndpoint endpoint = new WebhookEndpoint()) {
      endpoint.answering(WebhookEndpoint.status(500));
      restart(TEAM.replace("http://127.0.0.1:9/hook", endpoint.url().toString()));
      outbox.disable(live.current().receivers().getFirst().id(), "gone", clock.instant());

      ask("q1", "ada", new TestReceiver("team"));
      ask("q1", "ada", new TestReceiver("team"));
      assertThat(endpoint.received()).hasSize(1);
      assertThat(told).hasSize(1);
      assertThat(answer().errorId()).isEqualTo("EVK-ALERTS-TEST");
      assertThat(answer().reason()).contains("500").doesNotContain("secret");
      assertThat(database.query("select tested_taken from ui_v1_receivers where configured"))
          .isEqualTo("f");

      ask("q2", "ada", new TestReceiver("team"));
      assertThat(answer().decision()).isEqualTo(Decision.CHANGED);
      assertThat(endpoint.received().getLast().body()).contains("Nothing is wrong");
      assertThat(database.query("select disabled_at from ui_v1_receivers where configured"))
          .isNull();

      ask("q3", "ada", new TestReceiver("absent"));
      assertThat(answer().errorId()).isEqualTo("EVK-ALERTS-RECEIVER");
      OperatorRequest late =
          new OperatorRequest(
              "q4", "", "ada", clock.instant().minusSeconds(601), new TestReceiver("team"), "");
      desk.serve(late, (AlertRequest) late.body());
      desk.tell();
      assertThat(answer().errorId()).isEqualTo("EVK-COMMAND-EXPIRED");
      assertThat(endpoint.received()).hasSize(2);
    }
  }

  @Test
  void shouldSayThatATestWasCutShortWhenTheControllerDied() throws Exception {
    AlertsStart start = live.start();
    DeliveryDesk deliveries =
        new DeliveryDesk(
            database.source(), outbox, List.of(), new Backoff(new SplittableRandom(1)), clock);
    AlertRequestDesk dying =
        new AlertRequestDesk(database.source(), live, deliveries, told::addAll, task -> {}, clock);
    TestReceiver test = new TestReceiver("team");
    dying.serve(new OperatorRequest("q1", "", "ada", clock.instant(), test, ""), test);
    restart(start);
    desk.tell();
    assertThat(told).isEmpty();
    clock.advance(Duration.ofMinutes(5));
    desk.tell();
    assertThat(answer().reason()).contains("stopped while it tested");
  }

  private List<Notice> accept(AlertEvent event) throws SQLException {
    return deliver(outbox.accept(List.of(event), clock.instant()));
  }

  /** As the desk does, with a receiver that takes everything. */
  private List<Notice> deliver(List<DeliveryKey> keys) throws SQLException {
    List<Notice> delivered = new ArrayList<>();
    for (DeliveryKey key : keys) {
      delivered.add(outbox.find(key).orElseThrow().notice());
      Instant now = clock.instant();
      delivered.addAll(
          deliver(outbox.attempted(key, 1, now, Duration.ZERO, Result.DELIVERED, "HTTP 200", now)));
    }
    return delivered;
  }

  private AlertEvent event(String id, AlertState state) {
    return new AlertEvent(
        id,
        "run",
        0,
        "plateau",
        "run",
        state,
        Severity.WARNING,
        1,
        2,
        0.3,
        0.1,
        "<img src=x onerror=alert(1)>",
        Map.of(),
        clock.instant(),
        clock.instant());
  }
}
