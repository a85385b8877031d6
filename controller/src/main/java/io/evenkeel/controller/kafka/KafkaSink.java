package io.evenkeel.controller.kafka;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.audit.AuditEntry;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.controller.audit.AuditSink;
import io.evenkeel.controller.command.CommandSink;
import io.evenkeel.controller.steer.AlertSink;
import java.time.Duration;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes commands, audit entries and the controller's own alerts. Thread-safe. */
public final class KafkaSink implements CommandSink, AuditSink, AlertSink, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(KafkaSink.class);

  private final KafkaProducer<String, byte[]> producer;

  /** Connects lazily. */
  public KafkaSink(KafkaLinks links) {
    this.producer = links.producer();
  }

  @Override
  public void send(Command command) {
    write(Topics.COMMANDS, command.run(), Codecs.COMMAND.encode(command));
  }

  @Override
  public void record(AuditEntry entry) {
    LOG.info(
        "{} {} {} step {} {} {}->{} {} {}",
        entry.run(),
        entry.actor(),
        entry.decision(),
        entry.step(),
        entry.knob(),
        entry.from(),
        entry.to(),
        entry.errorId(),
        entry.reason());
    write(Topics.AUDIT, entry.run(), Codecs.AUDIT_ENTRY.encode(entry));
  }

  @Override
  public void raise(AlertEvent alert) {
    write(Topics.ALERTS, alert.run(), Codecs.ALERT_EVENT.encode(alert));
  }

  private void write(String topic, String run, byte[] value) {
    try {
      producer.send(
          new ProducerRecord<>(topic, run, value),
          (metadata, failure) -> {
            if (failure != null) {
              LOG.warn(ErrorId.KAFKA_UNAVAILABLE.line("Cannot write to " + topic + ": " + failure));
            }
          });
    } catch (KafkaException e) {
      // Commands and alerts are repeated until answered or read back: nothing is lost but time.
      LOG.warn(ErrorId.KAFKA_UNAVAILABLE.line("Cannot write to " + topic + ": " + e));
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(2));
  }
}
