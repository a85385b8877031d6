package io.evenkeel.gym.play;

import io.evenkeel.client.PublisherStatistics;
import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.telemetry.StepTelemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Keeps what the ranks tell of a step until it is over, for ranks tell it from threads of their
 * own; what is taken is in the order of ranks, so that no figure depends on which was faster.
 */
final class Uplink implements TelemetryPublisher {
  private final Consumer<CommandAck> acks;
  private final List<StepTelemetry> parts = new ArrayList<>();
  private long accepted;

  Uplink(Consumer<CommandAck> acks) {
    this.acks = acks;
  }

  @Override
  public synchronized void publish(StepTelemetry telemetry) {
    parts.add(telemetry);
    accepted++;
  }

  /** What has come since the last call, each rank's in its order. */
  synchronized List<StepTelemetry> take() {
    List<StepTelemetry> taken = new ArrayList<>(parts);
    parts.clear();
    taken.sort(Comparator.comparingInt(part -> part.key().rank()));
    return taken;
  }

  @Override
  public void publishRun(RunSpec run) {}

  @Override
  public void publishAck(CommandAck ack) {
    acks.accept(ack);
  }

  @Override
  public synchronized PublisherStatistics statistics() {
    return new PublisherStatistics(accepted, accepted, 0, 0, 0, 0, 0);
  }

  @Override
  public PublisherStatistics close(Duration limit) {
    return statistics();
  }
}
