package io.evenkeel.gym.play;

import io.evenkeel.client.CommandSubscription;
import io.evenkeel.client.SubscriptionStatistics;
import io.evenkeel.contract.command.Command;
import java.util.ArrayList;
import java.util.List;

/** Commands on their way to the trainer; used by the thread that trains rank 0 alone. */
final class Downlink implements CommandSubscription {
  private final List<Command> waiting = new ArrayList<>();
  private long received;

  void send(Command command) {
    waiting.add(command);
    received++;
  }

  @Override
  public List<Command> poll() {
    List<Command> taken = List.copyOf(waiting);
    waiting.clear();
    return taken;
  }

  @Override
  public SubscriptionStatistics statistics() {
    return new SubscriptionStatistics(received, 0, waiting.size());
  }

  @Override
  public void close() {}
}
