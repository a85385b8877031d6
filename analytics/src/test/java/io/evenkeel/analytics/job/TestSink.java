package io.evenkeel.analytics.job;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** A sink in memory, found by name, as Flink copies it. */
final class TestSink<T> implements Sink<T> {

  private static final long serialVersionUID = 1L;
  private static final Map<String, List<Object>> SEEN = new ConcurrentHashMap<>();

  private final String name;

  TestSink(String name) {
    this.name = name;
    SEEN.put(name, new CopyOnWriteArrayList<>());
  }

  @SuppressWarnings("unchecked") // only T is ever written under this name
  List<T> seen() {
    return (List<T>) (List<?>) SEEN.get(name);
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) {
    String sink = name;
    return new SinkWriter<>() {
      @Override
      public void write(T element, Context writerContext) {
        SEEN.get(sink).add(element);
      }

      @Override
      public void flush(boolean endOfInput) {}

      @Override
      public void close() {}
    };
  }
}
