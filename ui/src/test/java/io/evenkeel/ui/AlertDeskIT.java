package io.evenkeel.ui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.contract.command.SaveAlertConfig;
import io.evenkeel.contract.command.TestReceiver;
import io.evenkeel.ui.alerts.AlertDeskReader;
import io.evenkeel.ui.alerts.NoticeLine;
import io.evenkeel.ui.alerts.SilenceLine;
import io.evenkeel.ui.receivers.ConfigVersion;
import io.evenkeel.ui.receivers.Place;
import io.evenkeel.ui.receivers.ReceiverActions;
import io.evenkeel.ui.receivers.ReceiverBook;
import io.evenkeel.ui.receivers.ReceiverLine.Health;
import io.evenkeel.ui.receivers.ReceiverReader;
import io.evenkeel.ui.security.Access;
import io.evenkeel.ui.security.Role;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;

/** What the dashboard reads of the controller's own tables, and what it lets leave. */
class AlertDeskIT {
  private static final String GOOD =
      """
      route: {receiver: team}
      receivers: [{name: team, slack_configs: [{api_url_file: slack-url}]}]
      """;

  private static WriterDatabase database;
  private static WriterDatabase empty;
  private static final ScheduledExecutorService POLLERS =
      Executors.newSingleThreadScheduledExecutor();

  private final List<OperatorRequest> sent = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    database = WriterDatabase.start(Path.of("target", "it-desk-" + System.nanoTime()));
    empty = WriterDatabase.startEmpty(Path.of("target", "it-desk-empty-" + System.nanoTime()));
    try (Connection connection = database.connect();
        var statement = connection.createStatement()) {
      for (String sql : ROWS) {
        statement.execute(sql);
      }
    }
  }

  private static final String[] ROWS = {
    """
    insert into controller.silence values
      ('s1', array['run="a"', 'rule="<b>"'], now() - interval '1 h', now() + interval '1 h', '<img src=x>',
        'ada', now(), null),
      ('s2', array['run="b"'], now() + interval '1 h', now() + interval '2 h', '', 'bob', now(), null),
      ('s3', array['run="c"'], now() - interval '2 h', now() - interval '1 h', '', 'bob', now(), 'ada')
    """,
    "insert into controller.acknowledgement values ('a1', 'run', 'ada', now(), 'mine')",
    """
    insert into controller.receiver (receiver, url, disabled_at, disabled_reason, configured) values
      ('team/slack-01', 'https://hooks.example', null, null, true),
      ('team/webhook-02', 'https://h.example/x', now(), 'EVK-WEBHOOK-GONE: HTTP 410', true),
      ('old/webhook-03', 'https://old.example', null, null, false)
    """,
    """
    insert into controller.notice
      (notice_id, alert_id, run, rule, scope, state, wall_time, alert, accepted_at, severity) values
      ('a1-firing', 'a1', 'run', 'plateau', 'run', 'firing', now(), '', now(), 2),
      ('a2-resolved', 'a2', 'run', 'loss-spike', 'run', 'resolved', now(), '', now(), 1)
    """,
    """
    insert into controller.alert_group
      (group_id, receiver, group_key, group_labels, run, wait_millis, interval_millis) values
      ('g1', 'team/slack-01', '{}', '{}', 'run', 0, 0)
    """,
    """
    insert into controller.batch
      (batch_id, receiver, group_id, status, attempts, last_error, made_at, delivered_at, replays, replayed_by,
        replayed_at) values
      ('n1', 'team/slack-01', 'g1', 'delivered', 2, '', now() - interval '1 min', now(), 1, 'bob', now())
    """,
    """
    insert into controller.batch_item values
      ('n1', 'team/slack-01', 'a1-firing', 'new'), ('n1', 'team/slack-01', 'a2-resolved', 'new')
    """,
    """
    insert into controller.alerts_config values
      (1, 'old', 'file', 'EVENKEEL_ALERTS_FILE', '', now()), (2, 'new', 'operator', 'ada', 'why', now())
    """,
    """
    insert into controller.alerts_place values
      (true, false, false, array['slack-url', 'hook'], 2, now(), '')
    """
  };

  @AfterAll
  static void stop() throws Exception {
    POLLERS.shutdownNow();
    database.close();
    empty.close();
  }

  @AfterEach
  void logOut() {
    SecurityContextHolder.clearContext();
  }

  private static JdbcClient client(WriterDatabase of) {
    return JdbcClient.create(new DriverManagerDataSource(of.url(), of.user(), of.password()));
  }

  private ReceiverActions actions(WriterDatabase of) {
    return new ReceiverActions(
        new Access(),
        request -> {
          sent.add(request);
          return CompletableFuture.completedFuture(null);
        },
        new ReceiverReader(client(of), new AlertDeskReader(client(of)), POLLERS),
        Clock.systemUTC());
  }

  @Test
  void shouldReadWhatPeopleDid() {
    var reader = new AlertDeskReader(client(database));

    List<SilenceLine> silences = reader.silences();
    assertThat(silences).extracting(SilenceLine::id).containsExactly("s2", "s1", "s3");
    assertThat(silences)
        .extracting(silence -> silence.standing(Instant.now()))
        .containsExactly(
            SilenceLine.Standing.TO_COME, SilenceLine.Standing.ACTIVE, SilenceLine.Standing.OVER);
    assertThat(silences.get(1).matchers()).containsExactly("run=\"a\"", "rule=\"<b>\"");
    assertThat(reader.silence("s1")).isPresent();
    assertThat(reader.silence("s9")).isEmpty();
    assertThat(reader.acknowledgements("")).hasSize(1);
    assertThat(reader.acknowledgements("run").getFirst().who()).isEqualTo("ada");
    assertThat(reader.acknowledgements("other")).isEmpty();
    NoticeLine notice = reader.notices("run", "", 10).getFirst();
    assertThat(notice.rules()).containsExactly("loss-spike", "plateau");
    assertThat(notice.severity()).isEqualTo("critical");
    assertThat(notice.incidents()).isEqualTo(2);
    assertThat(notice.firing()).isEqualTo(1);
    assertThat(notice.replayedBy()).isEqualTo("bob");
    assertThat(reader.notices("", "team/webhook-02", 10)).isEmpty();
    assertThat(reader.answer("request:none")).isEmpty();
  }

  @Test
  void shouldReadHowReceiversFare() {
    var reader =
        new ReceiverReader(client(database), new AlertDeskReader(client(database)), POLLERS);

    ReceiverBook book = reader.read();

    assertThat(book.newest().version()).isEqualTo(2);
    assertThat(book.newest().comment()).isEqualTo("why");
    assertThat(book.place().secretNames()).containsExactlyInAnyOrder("slack-url", "hook");
    assertThat(book.receivers())
        .extracting(line -> line.id() + " " + line.health())
        .containsExactly(
            "team/slack-01 " + Health.GOOD,
            "team/webhook-02 " + Health.DISABLED,
            "old/webhook-03 " + Health.REMOVED);
    assertThat(reader.versions(9)).extracting(ConfigVersion::version).containsExactly(2L, 1L);
    assertThat(reader.version(1).orElseThrow().text()).isEqualTo("old");
  }

  @Test
  void shouldBeEmptyBeforeAControllerHasStarted() {
    var reader = new AlertDeskReader(client(empty));

    assertThat(reader.silences()).isEmpty();
    assertThat(reader.acknowledgements("")).isEmpty();
    assertThat(reader.notices("", "", 10)).isEmpty();
    assertThat(reader.answer("x")).isEmpty();
    ReceiverBook book =
        new ReceiverReader(client(empty), new AlertDeskReader(client(empty)), POLLERS).read();
    assertThat(book.newest()).isEqualTo(ConfigVersion.NONE);
    assertThat(book.place().editing()).isEqualTo(Place.Editing.NO_CONTROLLER);
  }

  @Test
  void shouldLetOnlyAdminsSaveAndOperatorsTest() {
    ReceiverActions actions = actions(database);
    assertThatThrownBy(() -> actions.test("team")).isInstanceOf(AccessDeniedException.class);
    logIn(Role.VIEWER);
    assertThatThrownBy(() -> actions.test("team")).isInstanceOf(AccessDeniedException.class);
    logIn(Role.OPERATOR);
    assertThatThrownBy(() -> actions.save(2, GOOD, "")).isInstanceOf(AccessDeniedException.class);
    actions.test("team");
    logIn(Role.ADMIN);
    actions.save(2, GOOD, " because ");

    assertThat(sent)
        .extracting(OperatorRequest::body)
        .containsExactly(new TestReceiver("team"), new SaveAlertConfig(2, GOOD));
    assertThat(sent).allMatch(request -> request.run().isEmpty());
    assertThat(sent.getLast().comment()).isEqualTo("because");
  }

  @Test
  void shouldLetNoSecretAndNothingWithErrorsLeave() {
    logIn(Role.ADMIN);
    ReceiverActions actions = actions(database);

    assertThatThrownBy(
            () ->
                actions.save(
                    2, GOOD.replace("api_url_file: slack-url", "api_url: 'https://a/geheim'"), ""))
        .hasMessageContaining("EVK-ALERTS-CLEAR-SECRET")
        .message()
        .doesNotContain("geheim");
    assertThatThrownBy(() -> actions.save(2, GOOD.replace("slack-url", "absent"), ""))
        .hasMessageContaining("EVK-ALERTS-SECRET")
        .hasMessageContaining("hook, slack-url");
    assertThatThrownBy(() -> actions.save(2, "route: [", ""))
        .hasMessageContaining("EVK-ALERTS-CONFIG");
    assertThat(sent).isEmpty();
  }

  private static void logIn(Role role) {
    SecurityContextHolder.getContext()
        .setAuthentication(
            UsernamePasswordAuthenticationToken.authenticated(
                "ann", null, List.of(new SimpleGrantedAuthority(role.authority()))));
  }
}
