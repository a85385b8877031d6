package io.evenkeel.controller.kafka;

import io.evenkeel.contract.audit.AuditEntry;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.controller.audit.AuditOutlet;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes audit entries and waits for the broker's word on each. Thread-safe. */
public final class KafkaAuditOutlet implements AuditOutlet, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(KafkaAuditOutlet.class);
  private static final long PATIENCE_SECONDS = 12;

  private final KafkaProducer<String, byte[]> producer;

  /** Connects lazily. */
  public KafkaAuditOutlet(KafkaLinks links) {
    this.producer = links.producer();
  }

  @Override
  public void write(List<AuditEntry> entries) throws IOException, InterruptedException {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    try {
      for (AuditEntry entry : entries) {
        LOG.info(
            "{} {} {} {} {}",
            entry.auditId(),
            entry.actor(),
            entry.decision(),
            entry.errorId(),
            entry.reason());
        sent.add(
            producer.send(
                new ProducerRecord<>(Topics.AUDIT, entry.run(), Codecs.AUDIT_ENTRY.encode(entry))));
      }
      for (Future<RecordMetadata> one : sent) {
        one.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      }
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      throw new IOException(ErrorId.KAFKA_UNAVAILABLE.line("Cannot write the audit: " + e), e);
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(2));
  }
}
