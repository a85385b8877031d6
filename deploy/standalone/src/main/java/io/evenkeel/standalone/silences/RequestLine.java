package io.evenkeel.standalone.silences;

import io.evenkeel.contract.command.AlertRequest;
import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.standalone.archive.ArchiveFailure;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Asks the controller, and waits for its answer. */
final class RequestLine {
  private static final int SECONDS = 30;
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final int REFUSED = 1;

  private final String bootstrap;
  private final Connection database;
  private final Clock clock;
  private final Duration patience;

  /**
   * A line.
   *
   * @param patience how long the controller's answer is waited for
   */
  RequestLine(String bootstrap, Connection database, Clock clock, Duration patience) {
    this.bootstrap = bootstrap;
    this.database = database;
    this.clock = clock;
    this.patience = patience;
  }

  /** The exit status: 0 if it was carried out or waits for a controller, 1 if it was refused. */
  int ask(String operator, AlertRequest body, PrintStream out)
      throws ArchiveFailure, SQLException, InterruptedException {
    var request =
        new OperatorRequest(UUID.randomUUID().toString(), "", operator, clock.instant(), body, "");
    send(request);
    long end = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() < end) {
      try (PreparedStatement select =
          database.prepareStatement(
              "select decision, error_id, reason from public.ui_v1_audit where audit_id = ?")) {
        select.setString(1, "request:" + request.requestId());
        try (ResultSet row = select.executeQuery()) {
          if (row.next()) {
            String id = row.getString(2);
            out.println((id.isEmpty() ? "" : id + ": ") + row.getString(3));
            return row.getString(1).equals("refused") ? REFUSED : 0;
          }
        }
      }
      Thread.sleep(LOOK);
    }
    out.println(
        "The controller has not answered within "
            + patience.toSeconds()
            + " s; it carries "
            + request.requestId()
            + " out when it runs.");
    return 0;
  }

  private void send(OperatorRequest request) throws ArchiveFailure, InterruptedException {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ProducerConfig.ACKS_CONFIG,
                "all"),
            new StringSerializer(),
            new ByteArraySerializer())) {
      producer
          .send(
              new ProducerRecord<>(
                  Topics.OPERATOR_REQUESTS, request.run(), Codecs.OPERATOR_REQUEST.encode(request)))
          .get(SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      throw new ArchiveFailure(
          ErrorId.KAFKA_UNAVAILABLE, "The request could not be sent: " + e.getMessage() + ".");
    }
  }
}
