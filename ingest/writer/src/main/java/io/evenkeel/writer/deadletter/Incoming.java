package io.evenkeel.writer.deadletter;

import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.writer.store.Entry;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * A record that was read, and what it says.
 *
 * @param source the record as Kafka holds it
 * @param entry what it says
 */
public record Incoming(ConsumerRecord<byte[], byte[]> source, Entry entry) {

  /** This service, in dead letters. */
  public static final String SERVICE = "writer";

  private static final byte[] NOTHING = new byte[0];

  /** Where it stood. */
  public TopicPartition partition() {
    return partition(source);
  }

  /** Where a record stood. */
  public static TopicPartition partition(ConsumerRecord<byte[], byte[]> source) {
    return new TopicPartition(source.topic(), source.partition());
  }

  /**
   * A dead letter that cannot be stored itself: to write another one of it would go on for ever.
   */
  public boolean isLetterOfLetter() {
    return entry instanceof Entry.Letter(DeadLetter letter)
        && letter.origin().topic().equals(Topics.DEAD_LETTERS);
  }

  /** The dead letter of a record. */
  public static DeadLetter letter(
      ConsumerRecord<byte[], byte[]> source, ErrorId errorId, String message, Instant now) {
    byte[] key = source.key() == null ? NOTHING : source.key();
    byte[] value = source.value() == null ? NOTHING : source.value();
    return new DeadLetter(
        new DeadLetter.Origin(source.topic(), source.partition(), source.offset()),
        key,
        value,
        value.length,
        errorId.id(),
        message,
        SERVICE,
        now);
  }
}
