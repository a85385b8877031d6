package io.evenkeel.trainer.app;

import io.evenkeel.client.AlertSubscription;
import io.evenkeel.client.CommandSubscription;
import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.client.kafka.KafkaClient;
import io.evenkeel.client.kafka.KafkaOptions;
import java.util.Optional;

/** How a trainer reaches Evenkeel. */
interface Uplink {
  /** Where telemetry goes; empty when the trainer trains alone. */
  Optional<TelemetryPublisher> publisher();

  /** Where a run's commands come from; empty when the trainer trains alone. */
  Optional<CommandSubscription> commands(String run);

  /** Where a run's alerts come from; empty when the trainer trains alone. */
  Optional<AlertSubscription> alerts(String run);

  /** Through Kafka, or to nobody. */
  static Uplink of(Optional<String> bootstrap) {
    Optional<KafkaOptions> kafka = bootstrap.map(KafkaOptions::of);
    return new Uplink() {
      @Override
      public Optional<TelemetryPublisher> publisher() {
        return kafka.map(KafkaClient::publisher);
      }

      @Override
      public Optional<CommandSubscription> commands(String run) {
        return kafka.map(options -> KafkaClient.subscription(options, run));
      }

      @Override
      public Optional<AlertSubscription> alerts(String run) {
        return kafka.map(options -> KafkaClient.alerts(options, run));
      }
    };
  }
}
