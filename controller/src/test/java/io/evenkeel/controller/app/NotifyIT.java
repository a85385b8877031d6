package io.evenkeel.controller.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.audit.Decision;
import io.evenkeel.contract.command.AcknowledgeAlert;
import io.evenkeel.contract.command.Hold;
import io.evenkeel.contract.command.HoldState;
import io.evenkeel.contract.command.Mode;
import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.contract.command.ReplayNotice;
import io.evenkeel.contract.command.RequestBody;
import io.evenkeel.contract.command.SaveAlertConfig;
import io.evenkeel.contract.command.SilenceAlerts;
import io.evenkeel.contract.command.TestReceiver;
import io.evenkeel.contract.run.Knobs;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.controller.notify.webhook.WebhookEndpoint;
import io.evenkeel.controller.notify.webhook.WebhookEndpoint.Answer;
import io.evenkeel.controller.notify.webhook.WebhookEndpoint.Received;
import io.evenkeel.controller.sim.KafkaTrainer;
import io.evenkeel.controller.sim.SimulatedTrainer;
import io.evenkeel.embedded.EmbeddedKafka;
import io.evenkeel.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alert delivery and the control state on a real broker and a real database. */
class NotifyIT {

  @TempDir Path dir;
  private EmbeddedKafka kafka;
  private EmbeddedPostgres postgres;
  private WebhookEndpoint endpoint;

  @BeforeEach
  void start() throws IOException {
    kafka = EmbeddedKafka.start(dir.resolve("kafka"));
    postgres = EmbeddedPostgres.start(Path.of("target", "it-pg-" + System.nanoTime()));
    endpoint = new WebhookEndpoint();
    List<NewTopic> topics = new ArrayList<>();
    for (Topics.Definition topic : Topics.ALL) {
      topics.add(new NewTopic(topic.name(), topic.partitions(), (short) 1));
    }
    kafka.createTopics(topics);
  }

  @AfterEach
  void stop() throws IOException {
    endpoint.close();
    postgres.close();
    kafka.close();
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("EVENKEEL_KAFKA_BOOTSTRAP", kafka.bootstrap());
    environment.put("EVENKEEL_CONTROL_MODE", Mode.AUTO.name());
    environment.put("EVENKEEL_DB_URL", postgres.jdbcUrl());
    environment.put("EVENKEEL_DB_USER", postgres.user());
    environment.put("EVENKEEL_DB_PASSWORD", postgres.password());
    environment.put("EVENKEEL_WEBHOOK_URL", endpoint.url().toString());
    environment.put("EVENKEEL_WEBHOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    environment.put("EVENKEEL_WEBHOOK_ALLOW_PRIVATE", "true");
    return environment;
  }

  private Controller controller() throws InterruptedException {
    Controller controller = new Controller(ControllerConfig.from(environment()), Clock.systemUTC());
    controller.start();
    assertThat(controller.awaitReady(60, TimeUnit.SECONDS)).isTrue();
    return controller;
  }

  @Test
  void shouldDeliverEachNoticeOnceAndOnlyOfWhatFired() throws Exception {
    try (Controller controller = controller();
        KafkaTrainer run = run("quick")) {
      run.alert(alert("warm-up", AlertState.FIRING));
      await(() -> endpoint.received().size() == 1);
      int count = 100;
      long[] millis = new long[count];
      for (int i = 0; i < count; i++) {
        String id = "alert" + i;
        run.alert(alert(id, AlertState.PENDING));
        Instant sent = Instant.now();
        run.alert(alert(id, AlertState.FIRING));
        run.alert(alert(id, AlertState.FIRING));
        await(() -> received(id + "-firing") != null);
        millis[i] = Duration.between(sent, received(id + "-firing").at()).toMillis();
      }
      run.alert(alert("lapsed", AlertState.PENDING));
      run.alert(alert("lapsed", AlertState.RESOLVED));
      run.alert(alert("alert0", AlertState.RESOLVED));
      await(() -> received("alert0-resolved") != null);
      assertThat(received("lapsed-resolved")).isNull();
      assertThat(endpoint.received()).hasSize(count + 2);
      Arrays.sort(millis);
      System.out.printf(
          "alert to webhook, milliseconds: p50 %d, p99 %d%n", millis[count / 2], millis[98]);
      await(
          () ->
              "delivered 1"
                  .equals(
                      query(
                          "select status || ' ' || attempts from ui_v1_webhook_deliveries"
                              + " where notice_id = 'alert0-resolved'")));
      assertThat(query("select url from ui_v1_webhook_deliveries limit 1"))
          .doesNotContain("secret");
    }
  }

  @Test
  void shouldRetryUnderOneIdAndDisableWhenGone() throws Exception {
    endpoint.answering(
        WebhookEndpoint.status(500),
        new Answer(429, "retry-after", "1", -1),
        WebhookEndpoint.status(204),
        WebhookEndpoint.status(410));
    try (Controller controller = controller();
        KafkaTrainer run = run("stubborn")) {
      run.alert(alert("again", AlertState.FIRING));
      await(() -> endpoint.received().size() == 3);
      assertThat(endpoint.received())
          .allMatch(r -> r.headers().get("webhook-id").equals("again-firing"));
      await(() -> "delivered".equals(status("again-firing")));
      assertThat(query("select count(*)::text from controller.delivery_attempt")).isEqualTo("3");
      run.alert(alert("last", AlertState.FIRING));
      await(() -> "failed".equals(status("last-firing")));
      run.alert(alert("never", AlertState.FIRING));
      await(
          () ->
              "1"
                  .equals(
                      query(
                          "select count(*)::text from controller.notice"
                              + " where notice_id = 'never-firing'")));
      assertThat(status("never-firing")).isNull();
      assertThat(endpoint.received()).hasSize(4);
    }
  }

  @Test
  void shouldLoseNothingWhenControllerIsKilled() throws Exception {
    // The receiver hangs, so that the kill falls between accept and delivery.
    endpoint.answering(WebhookEndpoint.status(0));
    try (KafkaTrainer run = run("killed");
        ControllerProcess first = new ControllerProcess(environment())) {
      assertThat(first.awaitReady()).as(first.output()).isTrue();
      run.alert(alert("kept", AlertState.FIRING));
      await(() -> endpoint.received().size() == 1);
      first.kill();
      run.alert(alert("meanwhile", AlertState.FIRING));
    }
    try (ControllerProcess second = new ControllerProcess(environment())) {
      await(() -> received("meanwhile-firing") != null);
      await(() -> "delivered".equals(status("kept-firing")));
      assertThat(
              endpoint.received().stream()
                  .filter(r -> r.headers().get("webhook-id").equals("kept-firing"))
                  .count())
          .isEqualTo(2);
      assertThat(second.terminate()).as(second.output()).isNotEqualTo(-1);
    }
  }

  /** The file's receiver gathers: what comes while a notice hangs leaves in the next one. */
  @Test
  void shouldLoseNothingOfAGroupWhenControllerIsKilled() throws Exception {
    Path file = dir.resolve("alerts.yml");
    Files.writeString(
        file,
        """
        global: {allow_private: true}
        route: {receiver: team, group_interval: 1s}
        receivers:
          - name: team
            webhook_configs: [{url: '%s'}]
        """
            .formatted(endpoint.url()));
    Map<String, String> environment = environment();
    environment.remove("EVENKEEL_WEBHOOK_URL");
    environment.put("EVENKEEL_ALERTS_FILE", file.toString());
    endpoint.answering(WebhookEndpoint.status(0));
    try (KafkaTrainer run = run("grouped");
        ControllerProcess first = new ControllerProcess(environment)) {
      assertThat(first.awaitReady()).as(first.output()).isTrue();
      run.alert(alert("hangs", AlertState.FIRING));
      await(() -> endpoint.received().size() == 1);
      run.alert(alert("gathered", AlertState.FIRING));
      await(() -> "pending".equals(status("gathered-firing")));
      first.kill();
      run.alert(alert("meanwhile", AlertState.FIRING));
    }
    try (ControllerProcess second = new ControllerProcess(environment)) {
      await(
          () ->
              "3"
                  .equals(
                      query(
                          "select count(*)::text from ui_v1_webhook_deliveries"
                              + " where status = 'delivered'")));
      List<String> ids =
          endpoint.received().stream().map(r -> r.headers().get("webhook-id")).distinct().toList();
      // The notice that hung has come twice, by one id; two or three notices in all.
      assertThat(ids).hasSizeBetween(2, 3);
      assertThat(endpoint.received().get(1).headers().get("webhook-id")).isEqualTo(ids.getFirst());
      assertThat(endpoint.received().getLast().body()).contains("meanwhile");
      assertThat(second.terminate()).as(second.output()).isNotEqualTo(-1);
    }
  }

  @Test
  void shouldSteerOnAndDeliverLaterWhenDatabaseIsDown() throws Exception {
    Path data = Path.of("target", "it-pg-late-" + System.nanoTime());
    EmbeddedPostgres late = EmbeddedPostgres.start(data);
    Map<String, String> environment = environment();
    environment.put("EVENKEEL_DB_URL", late.jdbcUrl());
    environment.put("EVENKEEL_DB_PASSWORD", late.password());
    late.close();
    try (ControllerProcess process = new ControllerProcess(environment);
        KafkaTrainer run =
            new KafkaTrainer(
                kafka.bootstrap(),
                new SimulatedTrainer("dark", 4).with(Knobs.LOAD_BALANCE_ALPHA, 30))) {
      assertThat(process.awaitReady()).as(process.output()).isTrue();
      run.alert(alert("waits", AlertState.FIRING));
      assertThat(run.trainUntil(() -> run.trainer().ratio() < 0.1, Duration.ofSeconds(60)))
          .as(process.output())
          .isTrue();
      assertThat(process.output()).contains("EVK-DB-UNAVAILABLE");
      assertThat(endpoint.received()).isEmpty();
      try (EmbeddedPostgres again = EmbeddedPostgres.start(data)) {
        assertThat(again.jdbcUrl()).isEqualTo(environment.get("EVENKEEL_DB_URL"));
        await(() -> received("waits-firing") != null);
      }
    }
  }

  @Test
  void shouldShowControlStateWhenOperatorChangesIt() throws Exception {
    try (Controller controller = controller();
        KafkaTrainer run = run("shown")) {
      String mode = "select mode from ui_v1_control_state where run = 'shown' and knob = ''";
      await(() -> "auto".equals(query(mode)));
      run.ask("hold", new Hold(Knobs.EXPERT_BIAS_MU, HoldState.HELD));
      await(
          () ->
              "true ann"
                  .equals(
                      query(
                          "select held || ' ' || changed_by from ui_v1_control_state"
                              + " where run = 'shown' and knob = 'expert_bias.mu'")));

      assertThat(query("select controller.delete_run('shown') >= 2")).isEqualTo("t");
      assertThat(query("select count(*) from ui_v1_control_state where run = 'shown'"))
          .isEqualTo("0");
      assertThat(query("select controller.delete_run('shown')")).isEqualTo("0");
    }
  }

  /** Everything that a person does with alerts, by Kafka alone, while the controller runs on. */
  @Test
  void shouldTellANewReceiverAndDoAsAskedWithoutARestart() throws Exception {
    Map<String, String> environment = environment();
    environment.remove("EVENKEEL_WEBHOOK_URL");
    Path secrets = Files.createDirectory(dir.resolve("secrets"));
    Files.writeString(secrets.resolve("hook"), endpoint.url().toString());
    environment.put("EVENKEEL_ALERTS_SECRETS", secrets.toString());
    environment.put("EVENKEEL_ALERTS_ALLOW_PRIVATE", "true");
    try (Controller controller =
            new Controller(ControllerConfig.from(environment), Clock.systemUTC());
        KafkaTrainer run = run("run")) {
      controller.start();
      run.ask(
          "save",
          new SaveAlertConfig(
              0,
              """
              route: {receiver: team}
              receivers:
                - name: team
                  webhook_configs: [{url_file: hook, allow_private: true}]
              """));
      awaitAnswer(run, "save", Decision.CHANGED);
      await(() -> "1".equals(query("select applied_version from ui_v1_alerts_place")));
      run.alert(alert("first", AlertState.FIRING));
      await(() -> endpoint.received().size() == 1);
      String notice = endpoint.received().getFirst().headers().get("webhook-id");
      await(() -> "delivered".equals(query("select status from ui_v1_deliveries")));

      run.ask("ack", new AcknowledgeAlert("first", "mine"));
      awaitAnswer(run, "ack", Decision.CHANGED);
      run.ask("again", new AcknowledgeAlert("first", ""));
      awaitAnswer(run, "again", Decision.REFUSED);
      String channel = query("select receiver from ui_v1_receivers");
      run.ask("replay", new ReplayNotice(notice, channel));
      await(() -> endpoint.received().size() == 2);
      Received replayed = endpoint.received().getLast();
      assertThat(replayed.headers().get("webhook-id")).isEqualTo(notice);
      assertThat(replayed.body()).contains("\"replay\":{\"by\":\"ann\"", "[REPLAY, FIRING");
      run.ask("test", new TestReceiver("team"));
      awaitAnswer(run, "test", Decision.CHANGED);
      assertThat(endpoint.received()).hasSize(3);

      Instant now = Instant.now();
      unbound("quiet", new SilenceAlerts(List.of("run=\"x\""), now, now.plusSeconds(60), "calm"));
      await(
          () ->
              "quiet ann calm"
                  .equals(
                      query(
                          "select silence_id || ' ' || creator || ' ' || reason"
                              + " from ui_v1_silences")));
      assertThat(query("select count(*) from ui_v1_control_state where run = ''")).isEqualTo("0");
    }
  }

  private static void awaitAnswer(KafkaTrainer run, String id, Decision decision)
      throws InterruptedException {
    await(
        () -> {
          run.poll(Duration.ofMillis(10));
          return run.audit().stream()
              .anyMatch(e -> e.auditId().equals("request:" + id) && e.decision() == decision);
        });
  }

  /** A request that is bound to no run. */
  private void unbound(String id, RequestBody body) {
    OperatorRequest request = new OperatorRequest(id, "", "ann", Instant.now(), body, "");
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrap()),
            new StringSerializer(),
            new ByteArraySerializer())) {
      producer.send(
          new ProducerRecord<>(
              Topics.OPERATOR_REQUESTS, request.run(), Codecs.OPERATOR_REQUEST.encode(request)));
    }
  }

  private KafkaTrainer run(String id) {
    return new KafkaTrainer(kafka.bootstrap(), new SimulatedTrainer(id, 1));
  }

  private static AlertEvent alert(String id, AlertState state) {
    Instant now = Instant.now();
    return new AlertEvent(
        id,
        "run",
        0,
        "gradient-norm-ratio",
        "run",
        state,
        Severity.WARNING,
        1,
        2,
        0.3,
        0.1,
        "R_g is high.",
        Map.of(),
        now,
        now);
  }

  private Received received(String noticeId) {
    return endpoint.received().stream()
        .filter(r -> r.headers().get("webhook-id").equals(noticeId))
        .findFirst()
        .orElse(null);
  }

  private String status(String noticeId) {
    return query(
        "select status from ui_v1_webhook_deliveries where notice_id = '" + noticeId + "'");
  }

  private String query(String sql) {
    try (Connection connection =
            DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
        ResultSet rows = connection.createStatement().executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : null;
    } catch (SQLException e) {
      return null;
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("gave up waiting").isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(2);
    }
  }
}
