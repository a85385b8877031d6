package io.evenkeel.standalone.silences;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.command.EndSilence;
import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.embedded.EmbeddedKafka;
import io.evenkeel.embedded.EmbeddedPostgres;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests of the command line on a real broker and a real database, with a controller's answer.
 */
class SilencesIT {

  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void shouldTellTheControllersAnswerAndListWhatHolds() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"));
        EmbeddedPostgres postgres =
            EmbeddedPostgres.start(Path.of("target", "it-silences-" + System.nanoTime()));
        Connection connection =
            DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password())) {
      kafka.createTopics(List.of(new NewTopic(Topics.OPERATOR_REQUESTS, 1, (short) 1)));
      assertThat(ListSilencesCommand.print(connection, stream())).isZero();
      assertThat(out.toString(StandardCharsets.UTF_8)).contains("No controller");
      createViews(connection);

      CompletableFuture<OperatorRequest> asked =
          CompletableFuture.supplyAsync(
              () -> answerFirst(kafka.bootstrap(), postgres, "refused", "EVK-SILENCE-UNKNOWN"));
      int status = ask(kafka, connection, Duration.ofSeconds(60));

      assertThat(status).isEqualTo(1);
      assertThat(asked.get().operator()).isEqualTo("ann");
      assertThat(asked.get().run()).isEmpty();
      assertThat(asked.get().body()).isEqualTo(new EndSilence("s1"));
      assertThat(out.toString(StandardCharsets.UTF_8)).contains("EVK-SILENCE-UNKNOWN: because");

      assertThat(ask(kafka, connection, Duration.ofMillis(1))).isZero();
      assertThat(out.toString(StandardCharsets.UTF_8)).contains("when it runs");
      ListSilencesCommand.print(connection, stream());
      assertThat(out.toString(StandardCharsets.UTF_8))
          .contains("s1  run=\"a\", rule=\"b\"  ")
          .contains("by ada  moving  [31m house")
          .doesNotContain("s2");
    }
  }

  private int ask(EmbeddedKafka kafka, Connection connection, Duration patience) throws Exception {
    return new RequestLine(kafka.bootstrap(), connection, Clock.systemUTC(), patience)
        .ask("ann", new EndSilence("s1"), stream());
  }

  private PrintStream stream() {
    return new PrintStream(out, true, StandardCharsets.UTF_8);
  }

  private static void createViews(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "create table ui_v1_audit (audit_id text, decision text, error_id text, reason text)");
      statement.execute(
          "create table ui_v1_silences as select * from (values"
              + " ('s1', array['run=\"a\"', 'rule=\"b\"'], now(), now() + interval '1 h', 'moving '"
              + " || chr(27) || '[31m house', 'ada', null::text),"
              + " ('s2', array['run=\"a\"'], now(), now() - interval '1 h', '', 'ada', null))"
              + " v (silence_id, matchers, starts_at, ends_at, reason, creator, ended_by)");
    }
  }

  /** As a controller and a writer do. */
  private static OperatorRequest answerFirst(
      String bootstrap, EmbeddedPostgres postgres, String decision, String errorId) {
    try (KafkaConsumer<String, byte[]> consumer =
            new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        Connection connection =
            DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password())) {
      List<TopicPartition> all = List.of(new TopicPartition(Topics.OPERATOR_REQUESTS, 0));
      consumer.assign(all);
      consumer.seekToBeginning(all);
      while (true) {
        for (ConsumerRecord<String, byte[]> item : consumer.poll(Duration.ofMillis(100))) {
          OperatorRequest request = Codecs.OPERATOR_REQUEST.decode(item.value());
          try (PreparedStatement insert =
              connection.prepareStatement("insert into ui_v1_audit values (?, ?, ?, 'because')")) {
            insert.setString(1, "request:" + request.requestId());
            insert.setString(2, decision);
            insert.setString(3, errorId);
            insert.executeUpdate();
          }
          return request;
        }
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
