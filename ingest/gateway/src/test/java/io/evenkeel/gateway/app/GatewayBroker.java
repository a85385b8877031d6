package io.evenkeel.gateway.app;

import io.evenkeel.client.AlertSubscription;
import io.evenkeel.client.BufferLimits;
import io.evenkeel.client.ClientContract;
import io.evenkeel.client.CommandSubscription;
import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.client.http.GatewayClient;
import io.evenkeel.client.http.GatewayOptions;
import io.evenkeel.client.kafka.KafkaBroker;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.gateway.limit.Limits;
import io.evenkeel.gateway.token.RunPattern;
import io.evenkeel.gateway.token.TokenFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A gateway in front of a broker, as a trainer's far side: the gateway goes away and comes back at
 * the same address. What has arrived is read from the broker.
 */
final class GatewayBroker implements ClientContract.Broker, AutoCloseable {

  private final KafkaBroker kafka;
  private final Path data;
  private final TokenFile tokens;
  private final String token;
  private int port;
  private ConfigurableApplicationContext gateway;

  GatewayBroker(Path directory) throws IOException {
    kafka = KafkaBroker.in(directory.resolve("broker"));
    data = directory.resolve("data");
    tokens = new TokenFile(data.resolve("gateway").resolve("tokens.json"));
    token = tokens.create("all", new RunPattern("*"), Instant.EPOCH, null).secret();
    start();
  }

  KafkaBroker kafka() {
    return kafka;
  }

  TokenFile tokens() {
    return tokens;
  }

  GatewayOptions options() {
    return options(token);
  }

  GatewayOptions options(String other) {
    return GatewayOptions.of(URI.create("http://127.0.0.1:" + port), other);
  }

  @Override
  public boolean handsOnTheWholeLog() {
    return false;
  }

  @Override
  public TelemetryPublisher publisher(BufferLimits limits) {
    return GatewayClient.publisher(options().withLimits(limits));
  }

  @Override
  public CommandSubscription subscription(String run) {
    return GatewayClient.subscription(options(), run);
  }

  @Override
  public AlertSubscription alerts(String run) {
    return GatewayClient.alerts(options(), run);
  }

  @Override
  public void send(String run, byte[] command) {
    kafka.send(run, command);
  }

  @Override
  public void sendAlert(String run, byte[] alert) {
    kafka.sendAlert(run, alert);
  }

  @Override
  public void stop() {
    if (gateway != null) {
      gateway.close();
      gateway = null;
    }
  }

  @Override
  public void start() {
    if (gateway == null) {
      gateway =
          GatewayMain.start(
              new GatewayConfig(
                  kafka.bootstrap(), port, "127.0.0.1", data, tokens.path(), Limits.STANDARD));
      try {
        port = Integer.parseInt(Files.readString(data.resolve("gateway").resolve("port")).strip());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public List<StepTelemetry> telemetry(String run) {
    return kafka.telemetry(run);
  }

  @Override
  public List<RunSpec> runs(String run) {
    return kafka.runs(run);
  }

  @Override
  public List<CommandAck> acks(String run) {
    return kafka.acks(run);
  }

  @Override
  public void close() {
    stop();
    kafka.stop();
  }
}
