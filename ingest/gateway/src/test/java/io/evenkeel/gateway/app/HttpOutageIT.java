package io.evenkeel.gateway.app;

import io.evenkeel.client.ClientContract;
import io.evenkeel.client.OutageContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The gateway is away. */
class HttpOutageIT extends OutageContract {

  @TempDir static Path directory;

  private static GatewayBroker gateway;

  @BeforeAll
  static void startGateway() throws IOException {
    gateway = new GatewayBroker(directory);
  }

  @AfterAll
  static void stopGateway() {
    gateway.close();
  }

  @Override
  protected ClientContract.Broker broker() {
    return gateway;
  }
}
