package io.evenkeel.client.kafka;

import io.evenkeel.client.CommandSubscription;
import io.evenkeel.client.SubscriptionStatistics;
import io.evenkeel.client.buffer.CommandInbox;
import io.evenkeel.contract.command.Command;
import java.util.List;

/** A run's commands from the command topic. */
final class KafkaCommandSubscription implements CommandSubscription {

  private final CommandInbox inbox;
  private final TopicReader reader;

  KafkaCommandSubscription(KafkaOptions options, String run) {
    inbox = new CommandInbox(run);
    reader =
        new TopicReader(options, TopicReader.Source.COMMANDS, run, inbox::accept, inbox::isFull);
  }

  @Override
  public List<Command> poll() {
    return inbox.drain();
  }

  @Override
  public SubscriptionStatistics statistics() {
    return inbox.statistics();
  }

  @Override
  public void close() {
    reader.close();
  }
}
