package io.evenkeel.bench.analytics;

import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What the job is measured against, in a process of its own: reads the telemetry, set as the job's
 * consumer is, and decodes it; nothing else. Of the first {@code warm} records it says so, and
 * waits for a line on its standard input: until then it compiles, and afterwards it is measured.
 */
final class BareDecode {

  static final String RESULT = "DECODED ";
  static final String WARM = "WARM";

  private BareDecode() {}

  /** Arguments: the broker's address, how many records there are, and how many warm up. */
  public static void main(String[] arguments) throws WireException, IOException {
    long records = Long.parseLong(arguments[1]);
    long warm = Long.parseLong(arguments[2]);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                arguments[0],
                "fetch.max.wait.ms",
                "100",
                "max.partition.fetch.bytes",
                "1048576"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(Topics.TELEMETRY).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long read = 0;
      long sum = 0;
      long counted = 0;
      long beginNanos = 0;
      double beginCpu = 0;
      while (read < records) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          sum += Codecs.STEP_TELEMETRY.decode(record.value()).tokens();
          read++;
          if (beginNanos == 0 && read >= warm) {
            System.out.println(WARM);
            if (System.in.read() < 0) {
              return;
            }
            counted = -read;
            beginNanos = System.nanoTime();
            beginCpu = cpuSeconds();
          }
        }
      }
      System.out.printf(
          Locale.ROOT,
          RESULT + "%d %f %f %d%n",
          counted + read,
          (System.nanoTime() - beginNanos) / 1e9,
          cpuSeconds() - beginCpu,
          sum);
    }
  }

  private static double cpuSeconds() throws IOException {
    ProcessHandle self = ProcessHandle.current();
    return self.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9
        - Compilers.seconds(self.pid());
  }
}
