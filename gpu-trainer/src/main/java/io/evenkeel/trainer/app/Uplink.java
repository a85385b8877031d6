package io.evenkeel.trainer.app;

import io.evenkeel.client.AlertSubscription;
import io.evenkeel.client.CommandSubscription;
import io.evenkeel.client.TelemetryPublisher;
import java.util.Optional;

/** How a trainer reaches Evenkeel. */
interface Uplink {
  /** Where telemetry goes; empty when the trainer trains alone. */
  Optional<TelemetryPublisher> publisher();

  /** Where a run's commands come from; empty when the trainer trains alone. */
  Optional<CommandSubscription> commands(String run);

  /** Where a run's alerts come from; empty when the trainer trains alone. */
  Optional<AlertSubscription> alerts(String run);
}
