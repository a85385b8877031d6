package io.evenkeel.bench.detection.shipped;

import io.evenkeel.client.PublisherStatistics;
import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.telemetry.StepTelemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Keeps what a trainer publishes, in order; ranks publish from threads of their own. */
final class Recorder implements TelemetryPublisher {
  private final List<StepTelemetry> parts = new ArrayList<>();

  @Override
  public synchronized void publish(StepTelemetry telemetry) {
    parts.add(telemetry);
  }

  /** All so far. */
  synchronized List<StepTelemetry> parts() {
    return List.copyOf(parts);
  }

  @Override
  public void publishRun(RunSpec run) {}

  @Override
  public void publishAck(CommandAck ack) {}

  @Override
  public synchronized PublisherStatistics statistics() {
    return new PublisherStatistics(parts.size(), parts.size(), 0, 0, 0, 0, 0);
  }

  @Override
  public PublisherStatistics close(Duration limit) {
    return statistics();
  }
}
