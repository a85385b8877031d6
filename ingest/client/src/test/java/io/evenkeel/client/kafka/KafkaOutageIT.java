package io.evenkeel.client.kafka;

import io.evenkeel.client.ClientContract;
import io.evenkeel.client.OutageContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The broker is away. */
class KafkaOutageIT extends OutageContract {

  @TempDir static Path directory;

  private static KafkaBroker broker;

  @BeforeAll
  static void startBroker() throws IOException {
    broker = KafkaBroker.in(directory);
  }

  @AfterAll
  static void stopBroker() {
    broker.stop();
  }

  @Override
  protected ClientContract.Broker broker() {
    return broker;
  }
}
