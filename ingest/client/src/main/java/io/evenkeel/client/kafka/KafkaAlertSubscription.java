package io.evenkeel.client.kafka;

import io.evenkeel.client.AlertSubscription;
import io.evenkeel.client.SubscriptionStatistics;
import io.evenkeel.client.buffer.AlertInbox;
import io.evenkeel.contract.alert.AlertEvent;
import java.util.List;

/** A run's alerts from the alert topic. */
final class KafkaAlertSubscription implements AlertSubscription {

  private final AlertInbox inbox;
  private final TopicReader reader;

  KafkaAlertSubscription(KafkaOptions options, String run) {
    inbox = new AlertInbox(run);
    reader = new TopicReader(options, TopicReader.Source.ALERTS, run, inbox::accept, () -> false);
  }

  @Override
  public List<AlertEvent> poll() {
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
