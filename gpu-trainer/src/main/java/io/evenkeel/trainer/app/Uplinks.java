package io.evenkeel.trainer.app;

import io.evenkeel.client.AlertSubscription;
import io.evenkeel.client.CommandSubscription;
import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.client.http.GatewayClient;
import io.evenkeel.client.http.GatewayOptions;
import io.evenkeel.client.kafka.KafkaClient;
import io.evenkeel.client.kafka.KafkaOptions;
import io.evenkeel.contract.error.ErrorId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses the way to Evenkeel. */
final class Uplinks {
  static final String TOKEN = "EVENKEEL_TOKEN";

  private static final Logger LOG = LoggerFactory.getLogger(Uplinks.class);
  private static final int MAX_TOKEN_FILE_BYTES = 4_096;

  private Uplinks() {}

  /**
   * Through a gateway where one is named, else through Kafka, else to nobody. What is named wrongly
   * is told before anything is trained; what is merely not there does not matter to training.
   *
   * @throws UnusableException if the gateway's address or token cannot be used
   */
  static Uplink of(TrainOptions options, Map<String, String> environment) throws UnusableException {
    if (options.gateway().isPresent()) {
      return new Gateway(gateway(options.gateway().get(), options.tokenFile(), environment));
    }
    return options
        .bootstrap()
        .<Uplink>map(address -> new Kafka(KafkaOptions.of(address)))
        .orElseGet(Nobody::new);
  }

  private static GatewayOptions gateway(
      String url, Optional<Path> tokenFile, Map<String, String> environment)
      throws UnusableException {
    String token =
        tokenFile.isPresent() ? read(tokenFile.get()) : environment.getOrDefault(TOKEN, "").strip();
    if (token.isEmpty()) {
      throw unusable("--gateway needs a token in $" + TOKEN + " or in --token-file");
    }
    try {
      return GatewayOptions.of(URI.create(url), token);
    } catch (IllegalArgumentException e) {
      throw unusable("--gateway " + url + ": " + e.getMessage());
    }
  }

  private static String read(Path file) throws UnusableException {
    try {
      if (Files.size(file) > MAX_TOKEN_FILE_BYTES) {
        throw unusable("--token-file " + file + " is no token: it is too long");
      }
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw unusable("--token-file " + file + " cannot be read: " + e);
    }
  }

  private static UnusableException unusable(String problem) {
    return new UnusableException(ErrorId.TRAINER_CONFIG, problem + ".");
  }

  /**
   * Opens one end. That it cannot be opened, for want of threads or of a library, is told, and the
   * run goes on without it.
   */
  private static <T> Optional<T> open(String what, Supplier<T> end) {
    try {
      return Optional.of(end.get());
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      LOG.warn("{}", ErrorId.CLIENT_BROKER_DOWN.line("No " + what + ": " + e + "."));
      return Optional.empty();
    }
  }

  private record Kafka(KafkaOptions options) implements Uplink {
    @Override
    public Optional<TelemetryPublisher> publisher() {
      return open("telemetry", () -> KafkaClient.publisher(options));
    }

    @Override
    public Optional<CommandSubscription> commands(String run) {
      return open("commands", () -> KafkaClient.subscription(options, run));
    }

    @Override
    public Optional<AlertSubscription> alerts(String run) {
      return open("alerts", () -> KafkaClient.alerts(options, run));
    }
  }

  private record Gateway(GatewayOptions options) implements Uplink {
    @Override
    public Optional<TelemetryPublisher> publisher() {
      return open("telemetry", () -> GatewayClient.publisher(options));
    }

    @Override
    public Optional<CommandSubscription> commands(String run) {
      return open("commands", () -> GatewayClient.subscription(options, run));
    }

    @Override
    public Optional<AlertSubscription> alerts(String run) {
      return open("alerts", () -> GatewayClient.alerts(options, run));
    }
  }

  private record Nobody() implements Uplink {
    @Override
    public Optional<TelemetryPublisher> publisher() {
      return Optional.empty();
    }

    @Override
    public Optional<CommandSubscription> commands(String run) {
      return Optional.empty();
    }

    @Override
    public Optional<AlertSubscription> alerts(String run) {
      return Optional.empty();
    }
  }
}
