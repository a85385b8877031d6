package io.evenkeel.standalone.broker;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.embedded.EmbeddedKafka;
import io.evenkeel.embedded.PortTakenException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the broker until it is told to stop. Arguments: the data folder and the port. */
public final class KafkaMain {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaMain.class);

  private KafkaMain() {}

  /**
   * Starts the broker, creates the topics, prints {@code EVENKEEL-READY kafka}, and waits.
   *
   * @param args data folder, port
   */
  public static void main(String[] args) throws InterruptedException {
    if (args.length != 2) {
      System.err.println("usage: KafkaMain DIR PORT");
      System.exit(2);
    }
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stopAndWait(stop, stopped), "stop"));
    try (EmbeddedKafka broker = EmbeddedKafka.start(Path.of(args[0]), Integer.parseInt(args[1]))) {
      broker.createTopics(topics());
      System.out.println("EVENKEEL-READY kafka");
      stop.await();
    } catch (PortTakenException e) {
      LOG.error(
          ErrorId.START_PORT_IN_USE.line("The broker does not start: " + e.getMessage() + "."));
      stopped.countDown();
      System.exit(PortTakenException.EXIT_STATUS);
    } catch (IOException e) {
      LOG.error(
          ErrorId.START_SERVICE_FAILED.line("The broker does not start: " + e.getMessage()), e);
      stopped.countDown();
      System.exit(1);
    }
    stopped.countDown();
  }

  private static void stopAndWait(CountDownLatch stop, CountDownLatch stopped) {
    stop.countDown();
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static List<NewTopic> topics() {
    return Topics.ALL.stream().map(KafkaMain::topic).toList();
  }

  private static NewTopic topic(Topics.Definition definition) {
    Map<String, String> configs = new HashMap<>();
    configs.put(
        TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(EmbeddedKafka.MAX_BATCH_BYTES));
    switch (definition.cleanup()) {
      case DELETE ->
          configs.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
      case COMPACT ->
          configs.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
      case KEEP -> configs.put(TopicConfig.RETENTION_MS_CONFIG, "-1");
    }
    return new NewTopic(
            definition.name(), Optional.of(definition.partitions()), Optional.of((short) 1))
        .configs(configs);
  }
}
