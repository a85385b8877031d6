package io.evenkeel.bench.ingest;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What {@code bench ingest} tells.
 *
 * @param kinds one a kind of record
 */
record IngestReport(@JsonProperty("kinds") List<Kind> kinds) {

  IngestReport {
    kinds = List.copyOf(kinds);
  }

  /**
   * One pair of neighbouring measurements.
   *
   * @param kafka records a second straight into Kafka
   * @param gateway records a second through the gateway
   * @param kafkaCpuMicros processor time a record of this process, straight
   * @param loadCpuMicros of this process (load and broker) through the gateway
   * @param gatewayCpuMicros of the gateway
   */
  record Round(
      @JsonProperty("kafka_records_per_s") double kafka,
      @JsonProperty("gateway_records_per_s") double gateway,
      @JsonProperty("kafka_cpu_micros_per_record") double kafkaCpuMicros,
      @JsonProperty("load_and_broker_cpu_micros_per_record") double loadCpuMicros,
      @JsonProperty("gateway_cpu_micros_per_record") double gatewayCpuMicros) {

    @JsonProperty("ratio")
    double ratio() {
      return gateway / kafka;
    }
  }

  /**
   * One kind of record.
   *
   * @param name kind
   * @param recordBytes mean size, bytes
   * @param batch records a request
   * @param rounds measured
   * @param jsonRecordsPerSecond through the gateway as NDJSON
   * @param half answers at half of the gateway's speed
   */
  record Kind(
      @JsonProperty("name") String name,
      @JsonProperty("record_bytes") double recordBytes,
      @JsonProperty("records_per_request") int batch,
      @JsonProperty("rounds") List<Round> rounds,
      @JsonProperty("json_records_per_s") double jsonRecordsPerSecond,
      @JsonProperty("half_load") Latency half) {

    Kind {
      rounds = List.copyOf(rounds);
    }

    /** The round whose ratio is the median. */
    @JsonProperty("median")
    Round median() {
      return rounds.stream()
          .sorted(Comparator.comparingDouble(Round::ratio))
          .skip((rounds.size() - 1) / 2)
          .findFirst()
          .orElseThrow();
    }
  }

  /**
   * Times from when a request was due to its answer, ms.
   *
   * @param requests how many
   * @param p50 median
   * @param p99 of a hundred, one took longer
   * @param longest the longest
   */
  record Latency(
      @JsonProperty("requests") int requests,
      @JsonProperty("p50_ms") double p50,
      @JsonProperty("p99_ms") double p99,
      @JsonProperty("longest_ms") double longest) {

    static Latency of(List<Double> sorted) {
      return new Latency(
          sorted.size(),
          sorted.get(sorted.size() / 2),
          sorted.get((int) Math.ceil(0.99 * sorted.size()) - 1),
          sorted.getLast());
    }
  }

  /** The lower of the kinds' medians. */
  @JsonProperty("ratio_to_kafka")
  double ratioToKafka() {
    return kinds.stream().mapToDouble(kind -> kind.median().ratio()).min().orElseThrow();
  }

  /** The longer of the kinds'. */
  @JsonProperty("p99_ms")
  double p99() {
    return kinds.stream().mapToDouble(kind -> kind.half().p99()).max().orElseThrow();
  }

  void print(PrintWriter out) {
    for (Kind kind : kinds) {
      Round median = kind.median();
      out.printf(
          Locale.ROOT,
          "%s (%.0f bytes a record, %d a request): Kafka %.0f records/s, gateway %.0f, ratio %.2f;"
              + " NDJSON %.0f records/s%n"
              + "  processor time a record: straight %.1f us; load and broker %.1f us + gateway %.1f us%n"
              + "  at half load: p50 %.1f ms, p99 %.1f ms, longest %.1f ms of %d requests%n",
          kind.name(),
          kind.recordBytes(),
          kind.batch(),
          median.kafka(),
          median.gateway(),
          median.ratio(),
          kind.jsonRecordsPerSecond(),
          median.kafkaCpuMicros(),
          median.loadCpuMicros(),
          median.gatewayCpuMicros(),
          kind.half().p50(),
          kind.half().p99(),
          kind.half().longest(),
          kind.half().requests());
    }
    out.printf(Locale.ROOT, "ratio to Kafka %.2f, p99 %.1f ms%n", ratioToKafka(), p99());
    out.flush();
  }
}
