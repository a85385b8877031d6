package io.evenkeel.analytics.job;

import io.evenkeel.analytics.job.state.RawRecord;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * An endless source in memory: what a test puts in, the job's first reader reads, in order. The
 * feed is found by name, as Flink copies the source. It does not replay.
 */
final class TestFeed {

  private static final Map<String, Queue<RawRecord>> QUEUES = new ConcurrentHashMap<>();

  private final String name;
  private long offset;

  TestFeed(String name) {
    this.name = name;
    QUEUES.put(name, new ConcurrentLinkedQueue<>());
  }

  Source<RawRecord, ?, ?> source() {
    return new FeedSource(name);
  }

  void put(String key, byte[] value) {
    QUEUES
        .get(name)
        .add(new RawRecord(name, 0, offset++, key.getBytes(StandardCharsets.UTF_8), value));
  }

  private record NoSplit(String splitId) implements SourceSplit {}

  private record FeedSource(String queue) implements Source<RawRecord, NoSplit, Integer> {

    private static final long serialVersionUID = 1L;

    @Override
    public Boundedness getBoundedness() {
      return Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public SourceReader<RawRecord, NoSplit> createReader(SourceReaderContext context) {
      return new FeedReader(QUEUES.get(queue), context.getIndexOfSubtask() == 0);
    }

    @Override
    public SplitEnumerator<NoSplit, Integer> createEnumerator(
        SplitEnumeratorContext<NoSplit> context) {
      return new NoEnumerator();
    }

    @Override
    public SplitEnumerator<NoSplit, Integer> restoreEnumerator(
        SplitEnumeratorContext<NoSplit> context, Integer checkpoint) {
      return new NoEnumerator();
    }

    @Override
    public SimpleVersionedSerializer<NoSplit> getSplitSerializer() {
      return new Nothing<>(new NoSplit(""));
    }

    @Override
    public SimpleVersionedSerializer<Integer> getEnumeratorCheckpointSerializer() {
      return new Nothing<>(0);
    }
  }

  private record FeedReader(Queue<RawRecord> queue, boolean reads)
      implements SourceReader<RawRecord, NoSplit> {

    @Override
    public void start() {}

    @Override
    public InputStatus pollNext(ReaderOutput<RawRecord> output) {
      RawRecord record = reads ? queue.poll() : null;
      if (record == null) {
        return InputStatus.NOTHING_AVAILABLE;
      }
      output.collect(record);
      return InputStatus.MORE_AVAILABLE;
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      return reads
          ? CompletableFuture.runAsync(
              () -> {}, CompletableFuture.delayedExecutor(2, TimeUnit.MILLISECONDS))
          : new CompletableFuture<>();
    }

    @Override
    public List<NoSplit> snapshotState(long checkpointId) {
      return List.of();
    }

    @Override
    public void addSplits(List<NoSplit> splits) {}

    @Override
    public void notifyNoMoreSplits() {}

    @Override
    public void close() {}
  }

  private static final class NoEnumerator implements SplitEnumerator<NoSplit, Integer> {
    @Override
    public void start() {}

    @Override
    public void handleSplitRequest(int subtaskId, String requesterHostname) {}

    @Override
    public void addSplitsBack(List<NoSplit> splits, int subtaskId) {}

    @Override
    public void addReader(int subtaskId) {}

    @Override
    public Integer snapshotState(long checkpointId) {
      return 0;
    }

    @Override
    public void close() {}
  }

  private record Nothing<T>(T value) implements SimpleVersionedSerializer<T> {
    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(T object) {
      return new byte[0];
    }

    @Override
    public T deserialize(int version, byte[] serialized) {
      return value;
    }
  }
}
