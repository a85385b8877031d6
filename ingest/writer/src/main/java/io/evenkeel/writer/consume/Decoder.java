package io.evenkeel.writer.consume;

import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codec;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.Receipts;
import io.evenkeel.contract.wire.WireException;
import io.evenkeel.writer.store.Entry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** From the bytes of each topic to what they say. */
final class Decoder {

  /** The topics that the writer stores. */
  static final List<String> TOPICS =
      List.of(
          Topics.RUNS,
          Topics.TELEMETRY,
          Topics.SIGNALS,
          Topics.ALERTS,
          Topics.COMMANDS,
          Topics.ACKS,
          Topics.AUDIT,
          Topics.DEAD_LETTERS);

  private static final Map<String, Reader> READERS =
      Map.of(
          Topics.RUNS, reader(Codecs.RUN_SPEC, Entry.Declaration::new),
          // Of an observation the receipt is stored; its vectors live on in the signals.
          Topics.TELEMETRY, value -> new Entry.Observation(Receipts.decode(value)),
          Topics.SIGNALS, reader(Codecs.STEP_SIGNALS, Entry.Signals::new),
          Topics.ALERTS, reader(Codecs.ALERT_EVENT, Entry.Alert::new),
          Topics.COMMANDS, reader(Codecs.COMMAND, Entry.Issued::new),
          Topics.ACKS, reader(Codecs.COMMAND_ACK, Entry.Answer::new),
          Topics.AUDIT, reader(Codecs.AUDIT_ENTRY, Entry.Decision::new),
          Topics.DEAD_LETTERS, reader(Codecs.DEAD_LETTER, Entry.Letter::new));

  @FunctionalInterface
  private interface Reader {
    Entry read(byte[] value) throws WireException;
  }

  private Decoder() {}

  /**
   * What a record says; empty for the tombstone of a compacted topic, which says nothing to store.
   *
   * @throws WireException if the bytes are not what the topic holds
   */
  static Optional<Entry> decode(ConsumerRecord<byte[], byte[]> record) throws WireException {
    Reader reader = READERS.get(record.topic());
    if (reader == null) {
      throw new IllegalArgumentException("not a topic of the writer: " + record.topic());
    }
    return record.value() == null ? Optional.empty() : Optional.of(reader.read(record.value()));
  }

  private static <T> Reader reader(Codec<T> codec, Function<T, Entry> entry) {
    return value -> entry.apply(codec.decode(value));
  }
}
