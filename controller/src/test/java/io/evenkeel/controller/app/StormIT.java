package io.evenkeel.controller.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.command.Mode;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.controller.notify.webhook.WebhookEndpoint;
import io.evenkeel.embedded.EmbeddedKafka;
import io.evenkeel.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ten thousand alerts, as fast as Kafka takes them, through a controller of little memory. */
class StormIT {
  private static final int ALERTS = 10_000;
  private static final int RUNS = 4;
  private static final int RULES = 5;

  /** A third of what the supervisor gives it. */
  private static final String HEAP = "80m";

  private static final Pattern ID = Pattern.compile("\"fingerprint\":\"(storm-[0-9]+)\"");

  @TempDir Path dir;

  @Test
  void shouldGatherAStormAndLoseNothingInLittleMemory() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"));
        EmbeddedPostgres postgres =
            EmbeddedPostgres.start(Path.of("target", "it-storm-" + System.nanoTime()));
        WebhookEndpoint endpoint = new WebhookEndpoint()) {
      kafka.createTopics(
          Topics.ALL.stream()
              .map(topic -> new NewTopic(topic.name(), topic.partitions(), (short) 1))
              .toList());
      try (ControllerProcess process =
          new ControllerProcess(environment(kafka, postgres, routes(endpoint)), HEAP)) {
        assertThat(process.awaitReady()).as(process.output()).isTrue();
        send(kafka);
        Set<String> told = new HashSet<>();
        await(
            () -> {
              assertThat(process.output()).doesNotContain("OutOfMemoryError");
              return all(told, endpoint) == ALERTS;
            });
        await(
            () ->
                query(postgres, "select count(*) from controller.batch where status = 'pending'")
                    .equals("0"));
        // At most one notice a group and interval, and none of them twice.
        assertThat(
                query(
                    postgres,
                    "select coalesce(min(gap), '1 h') >= '2 s' from (select made_at"
                        + " - lag(made_at) over (partition by group_id order by made_at) as gap"
                        + " from controller.batch) gaps"))
            .isEqualTo("t");
        List<String> ids =
            endpoint.received().stream().map(r -> r.headers().get("webhook-id")).toList();
        assertThat(ids).doesNotHaveDuplicates();
        assertThat(query(postgres, "select count(*) from controller.alert_group"))
            .isEqualTo(Integer.toString(RUNS * RULES));
        System.out.printf("a storm of %d alerts: %d notices%n", ALERTS, ids.size());
        assertThat(process.terminate()).as(process.output()).isNotEqualTo(-1);
      }
    }
  }

  private Path routes(WebhookEndpoint endpoint) throws Exception {
    return Files.writeString(
        dir.resolve("alerts.yml"),
        """
        global: {allow_private: true}
        route: {receiver: team, group_interval: 2s}
        receivers:
          - name: team
            webhook_configs: [{url: '%s'}]
        """
            .formatted(endpoint.url()));
  }

  private static Map<String, String> environment(
      EmbeddedKafka kafka, EmbeddedPostgres postgres, Path routes) {
    return Map.of(
        "EVENKEEL_KAFKA_BOOTSTRAP", kafka.bootstrap(),
        "EVENKEEL_CONTROL_MODE", Mode.AUTO.name(),
        "EVENKEEL_DB_URL", postgres.jdbcUrl(),
        "EVENKEEL_DB_USER", postgres.user(),
        "EVENKEEL_DB_PASSWORD", postgres.password(),
        "EVENKEEL_ALERTS_FILE", routes.toString());
  }

  private static void send(EmbeddedKafka kafka) {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrap()),
            new StringSerializer(),
            new ByteArraySerializer())) {
      for (int i = 0; i < ALERTS; i++) {
        AlertEvent event = event(i);
        producer.send(
            new ProducerRecord<>(Topics.ALERTS, event.run(), Codecs.ALERT_EVENT.encode(event)));
      }
    }
  }

  private static AlertEvent event(int number) {
    Instant now = Instant.now();
    return new AlertEvent(
        "storm-" + number,
        "run-" + number % RUNS,
        0,
        "storm-rule-" + number % RULES,
        "tensors/t" + number,
        AlertState.FIRING,
        Severity.WARNING,
        1,
        2,
        0.3,
        0.1,
        "Something is high.",
        Map.of(),
        now,
        now);
  }

  private static int all(Set<String> told, WebhookEndpoint endpoint) {
    endpoint
        .received()
        .forEach(
            notice -> {
              Matcher ids = ID.matcher(notice.body());
              while (ids.find()) {
                told.add(ids.group(1));
              }
            });
    return told.size();
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(180);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("gave up waiting").isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  private static String query(EmbeddedPostgres postgres, String sql) {
    try (Connection connection =
            DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : "";
    } catch (SQLException e) {
      return "away: " + e.getMessage();
    }
  }
}
