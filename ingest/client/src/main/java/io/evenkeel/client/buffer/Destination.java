package io.evenkeel.client.buffer;

import io.evenkeel.contract.topic.Topics;

/** Where a trainer's records go. */
public enum Destination {
  /** Run declarations, by run. */
  RUNS(Topics.RUNS),
  /** Acknowledgements, by run. */
  ACKS(Topics.ACKS),
  /** Telemetry, by run and rank. */
  TELEMETRY(Topics.TELEMETRY);

  private final String topic;

  Destination(String topic) {
    this.topic = topic;
  }

  /** The Kafka topic, which also names the kind of record to other transports. */
  public String topic() {
    return topic;
  }
}
