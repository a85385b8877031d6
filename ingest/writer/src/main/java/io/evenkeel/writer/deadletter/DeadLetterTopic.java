package io.evenkeel.writer.deadletter;

import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/** The topic of dead letters. */
public final class DeadLetterTopic {

  private final Producer<byte[], byte[]> producer;

  /** Writes with {@code producer}, which the caller closes. */
  public DeadLetterTopic(Producer<byte[], byte[]> producer) {
    this.producer = producer;
  }

  /**
   * Sends all and waits until the broker has them.
   *
   * @throws KafkaException if it has not got them all; sending them again is harmless
   */
  public void send(List<DeadLetter> letters) {
    List<Future<?>> sent = new ArrayList<>();
    for (DeadLetter letter : letters) {
      sent.add(
          producer.send(
              new ProducerRecord<>(
                  Topics.DEAD_LETTERS,
                  letter.origin().topic().getBytes(StandardCharsets.UTF_8),
                  Codecs.DEAD_LETTER.encode(letter))));
    }
    for (Future<?> acknowledgement : sent) {
      try {
        acknowledgement.get();
      } catch (ExecutionException e) {
        throw new KafkaException("a dead letter was not taken", e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new KafkaException("interrupted while sending dead letters", e);
      }
    }
  }
}
