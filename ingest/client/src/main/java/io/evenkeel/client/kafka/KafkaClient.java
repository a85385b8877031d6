package io.evenkeel.client.kafka;

import io.evenkeel.client.AlertSubscription;
import io.evenkeel.client.CommandSubscription;
import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.client.buffer.BufferedPublisher;

/** Opens the trainer's ends over Kafka. No call waits for the broker, which may be down. */
public final class KafkaClient {

  private KafkaClient() {}

  /** A publisher; close it at the end of the run. */
  public static TelemetryPublisher publisher(KafkaOptions options) {
    return new BufferedPublisher(
        new KafkaTransport(options), options.limits(), options.stallLimit(), options.clientId());
  }

  /** The commands of {@code run}, from the oldest kept; close it at the end of the run. */
  public static CommandSubscription subscription(KafkaOptions options, String run) {
    return new KafkaCommandSubscription(options, run);
  }

  /** The alerts of {@code run}, from now on; close it at the end of the run. */
  public static AlertSubscription alerts(KafkaOptions options, String run) {
    return new KafkaAlertSubscription(options, run);
  }
}
