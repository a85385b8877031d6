package io.evenkeel.standalone.up;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.embedded.EmbeddedKafka;
import io.evenkeel.standalone.supervisor.SupervisedService;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Starts the broker, on another port where somebody takes its own between the look at it and the
 * broker's try; what was told the first port meanwhile is started again too.
 */
final class BrokerStart {
  private static final int TRIES = 4;
  private static final Duration GRACE = Duration.ofSeconds(8);

  private final DataFolder folder;
  private final Fleet fleet;
  private final Console console;
  private final IntFunction<Services> onPort;
  private Services services;
  private List<SupervisedService> broker;
  private List<SupervisedService> beside = List.of();
  private Beside others = told -> List.of();

  /** What is started without waiting for the broker. */
  @FunctionalInterface
  interface Beside {
    List<SupervisedService> start(Services services) throws IOException;
  }

  private BrokerStart(DataFolder folder, Fleet fleet, Console console, IntFunction<Services> onPort)
      throws IOException {
    this.folder = folder;
    this.fleet = fleet;
    this.console = console;
    this.onPort = onPort;
    this.services = onPort.apply(EmbeddedKafka.choosePort(folder.root()));
    this.broker = fleet.start(services.kafka());
  }

  /**
   * Starts the broker and does not wait for it.
   *
   * @param onPort the services of a broker on that port
   */
  static BrokerStart begin(
      DataFolder folder, Fleet fleet, Console console, IntFunction<Services> onPort)
      throws IOException {
    return new BrokerStart(folder, fleet, console, onPort);
  }

  /** The services as they are told now; their port is settled when {@link #await} returns. */
  Services services() {
    return services;
  }

  /** Starts what need not wait for the broker. */
  void beside(Beside started) throws IOException {
    others = started;
    beside = started.start(services);
  }

  /**
   * Waits until the broker is ready, or late.
   *
   * @return the services, on the port that holds from now on
   * @throws StartFailure if each port was taken
   */
  Services await() throws IOException, InterruptedException, StartFailure {
    for (int attempt = 1; ; attempt++) {
      fleet.awaitReady(broker);
      if (broker.stream().noneMatch(SupervisedService::isPortTaken)) {
        return services;
      }
      if (attempt == TRIES) {
        throw new StartFailure(
            ErrorId.START_PORT_IN_USE, "Every port tried for the broker was taken meanwhile.");
      }
      console.line("kafka", "finds " + services.bootstrap() + " taken; another port is tried");
      beside.forEach(service -> service.stop(GRACE));
      services = onPort.apply(EmbeddedKafka.choosePort(folder.root()));
      broker = fleet.start(services.kafka());
      beside = others.start(services);
    }
  }

  /** What was started beside the broker. */
  List<SupervisedService> besides() {
    return beside;
  }
}
