package io.evenkeel.writer.consume;

import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.wire.WireException;
import io.evenkeel.writer.deadletter.Incoming;
import io.evenkeel.writer.store.Entry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Records read and not yet stored. Not thread-safe. */
final class Batch {

  private final Clock clock;
  private final List<Incoming> entries = new ArrayList<>();
  private final List<DeadLetter> unreadable = new ArrayList<>();
  private final Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
  private final Map<TopicPartition, Integer> counts = new HashMap<>();
  private int records;
  private long bytes;
  private long firstNanos;
  private long oldestMillis = Long.MAX_VALUE;

  Batch(Clock clock) {
    this.clock = clock;
  }

  /** Takes a record in; one that cannot be read becomes a dead letter. */
  void add(ConsumerRecord<byte[], byte[]> record, long nowNanos) {
    if (records == 0) {
      firstNanos = nowNanos;
    }
    records++;
    counts.merge(Incoming.partition(record), 1, Integer::sum);
    bytes += Math.max(0, record.serializedValueSize());
    oldestMillis = Math.min(oldestMillis, record.timestamp());
    offsets.put(
        Incoming.partition(record),
        new OffsetAndMetadata(record.offset() + 1, record.leaderEpoch(), ""));
    try {
      Optional<Entry> entry = Decoder.decode(record);
      entry.ifPresent(value -> entries.add(new Incoming(record, value)));
    } catch (WireException e) {
      unreadable.add(
          Incoming.letter(record, e.errorId(), String.valueOf(e.getMessage()), clock.instant()));
    }
  }

  /** Forgets partitions that another writer has now: it reads their records again. */
  void drop(Collection<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      offsets.remove(partition);
      Integer dropped = counts.remove(partition);
      records -= dropped == null ? 0 : dropped;
    }
    entries.removeIf(entry -> partitions.contains(entry.partition()));
    unreadable.removeIf(
        letter ->
            partitions.contains(
                new TopicPartition(letter.origin().topic(), letter.origin().partition())));
  }

  List<Incoming> entries() {
    return List.copyOf(entries);
  }

  List<DeadLetter> unreadable() {
    return List.copyOf(unreadable);
  }

  /** First offset not in this batch, for each partition in it. */
  Map<TopicPartition, OffsetAndMetadata> offsets() {
    return Map.copyOf(offsets);
  }

  int records() {
    return records;
  }

  long bytes() {
    return bytes;
  }

  /** Nanoseconds since the first record came. */
  long ageNanos(long nowNanos) {
    return records == 0 ? 0 : nowNanos - firstNanos;
  }

  /** When the oldest record was written to Kafka, as its timestamp tells; ms since 1970. */
  OptionalLong oldestMillis() {
    return records == 0 ? OptionalLong.empty() : OptionalLong.of(oldestMillis);
  }

  boolean isEmpty() {
    return records == 0;
  }
}
