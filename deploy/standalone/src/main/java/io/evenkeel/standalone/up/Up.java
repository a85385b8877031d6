package io.evenkeel.standalone.up;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.embedded.Ports;
import io.evenkeel.standalone.scenario.Scenario;
import io.evenkeel.standalone.sink.WebhookSink;
import io.evenkeel.standalone.supervisor.SupervisedService;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One run of {@code ./evenkeel up}: starts everything, waits, reports, and stops everything in
 * order.
 */
final class Up {
  private static final String DB_URL = "EVENKEEL_DB_URL";

  /** 128 + SIGINT, as shells have it. */
  private static final int STOPPED_BY_SIGNAL = 130;

  private final UpOptions options;
  private final Scenario scenario;
  private final Installation installation;
  private final PrintStream out;
  private final CountDownLatch stopRequested = new CountDownLatch(1);
  private Optional<WebhookSink> sink = Optional.empty();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CountDownLatch stopped = new CountDownLatch(1);

  Up(UpOptions options, Scenario scenario, Installation installation, PrintStream out) {
    this.options = options;
    this.scenario = scenario;
    this.installation = installation;
    this.out = out;
  }

  /** Runs until the end that the options name, or a signal; returns the exit status. */
  int run() {
    Thread main = Thread.currentThread();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stopAndWait(main), "stop"));
    try (DataFolder folder = DataFolder.open(options.data())) {
      checkFree(options.port(), "the dashboard (--port)");
      checkFree(options.gatewayPort(), "the gateway (--gateway-port)");
      return supervise(folder);
    } catch (StartFailure e) {
      out.println(e.getMessage());
      return 1;
    } catch (IOException e) {
      out.println(
          ErrorId.START_SERVICE_FAILED.line("Evenkeel cannot start: " + e.getMessage() + "."));
      return 1;
    } catch (InterruptedException e) {
      return STOPPED_BY_SIGNAL;
    } finally {
      stopped.countDown();
    }
  }

  private static void checkFree(int port, String whose) throws StartFailure {
    if (!Ports.isFree(port)) {
      throw new StartFailure(
          ErrorId.START_PORT_IN_USE,
          "Port " + port + ", for " + whose + ", is in use by another program.");
    }
  }

  private int supervise(DataFolder folder) throws IOException, InterruptedException, StartFailure {
    Console console = new Console(out, folder.logs());
    console.text("Evenkeel on " + folder.root() + ", scenario " + scenario.name());
    SupervisedService.stopOrphans(folder.run());
    Fleet fleet = new Fleet(folder, console);
    try (Shutdown shutdown = new Shutdown(console, fleet)) {
      BrokerStart broker =
          BrokerStart.begin(
              folder, fleet, console, port -> new Services(installation, folder, port));
      DatabaseAddress database = database(folder, console, shutdown);
      AdminPassword password = AdminPassword.of(folder);
      GatewayFolder gateway = new GatewayFolder(folder.root(), System.getenv());
      FirstToken firstToken =
          FirstToken.begin(gateway, broker.services(), folder.logs().resolve("first-token.log"));
      broker.beside(told -> fleet.start(told.ui(database, options.port(), password.value())));
      Services services = broker.await();
      List<SupervisedService> back =
          fleet.start(
              services.writer(database),
              services.analytics(database),
              services.controller(database, control(folder, shutdown)),
              services.gateway(gateway, options.gatewayPort()));
      fleet.awaitReady(back);
      fleet.awaitReady(broker.besides());
      try (DiskWatch disk = DiskWatch.start(folder, console)) {
        firstToken.tell(console);
        announce(console, folder, password);
        return train(fleet, services, database, console);
      }
    }
  }

  private int train(Fleet fleet, Services services, DatabaseAddress database, Console console)
      throws IOException, InterruptedException {
    if (options.training() == UpOptions.Training.NONE) {
      stopRequested.await();
      return 0;
    }
    Instant started = Instant.now();
    Path ownReport = services.trainerReport();
    Files.deleteIfExists(ownReport);
    List<SupervisedService> trainers =
        fleet.start(services.trainer(TrainerArguments.of(options, scenario, ownReport)));
    try (RunTicker ticker = RunTicker.start(database, console, started)) {
      for (SupervisedService trainer : trainers) {
        trainer.awaitEnd();
      }
    }
    int status = 1;
    if (trainers.stream().allMatch(SupervisedService::isWorkDone)) {
      status =
          options.steps().isPresent()
              ? new RunEnd(options, scenario, console).conclude(ownReport, database, sink)
              : 0;
    }
    if (options.end() == UpOptions.End.KEEP_SERVING) {
      stopRequested.await();
      return 0;
    }
    return status;
  }

  private DatabaseAddress database(DataFolder folder, Console console, Shutdown shutdown)
      throws IOException {
    Optional<String> external =
        Optional.ofNullable(System.getenv(DB_URL)).filter(url -> !url.isBlank());
    if (external.isPresent()) {
      DatabaseAddress address =
          new DatabaseAddress(
              external.get(),
              System.getenv().getOrDefault("EVENKEEL_DB_USER", "evenkeel"),
              System.getenv().getOrDefault("EVENKEEL_DB_PASSWORD", ""));
      DatabaseCheck.tell(address, console);
      return address;
    }
    long started = System.nanoTime();
    DatabaseKeeper keeper = DatabaseKeeper.start(folder.root(), folder.run(), console);
    shutdown.last(keeper);
    console.ready("database", java.time.Duration.ofNanos(System.nanoTime() - started));
    return keeper.address();
  }

  private Map<String, String> control(DataFolder folder, Shutdown shutdown) throws IOException {
    Map<String, String> environment = new HashMap<>();
    environment.put("EVENKEEL_CONTROL_MODE", scenario.mode());
    environment.put("EVENKEEL_EXTERNAL_URL", "http://localhost:" + options.port());
    if (scenario.webhook() == Scenario.Webhook.SINK
        && System.getenv("EVENKEEL_WEBHOOK_URL") == null
        && System.getenv("EVENKEEL_ALERTS_FILE") == null) {
      String secret =
          folder.secret("webhook-secret", new Secrets(new SecureRandom())::webhookSecret);
      WebhookSink started = WebhookSink.start(folder.sinkPort(), secret, Clock.systemUTC());
      shutdown.last(started);
      sink = Optional.of(started);
      environment.put("EVENKEEL_WEBHOOK_URL", started.url().toString());
      environment.put("EVENKEEL_WEBHOOK_SECRET", secret);
      environment.put("EVENKEEL_WEBHOOK_ALLOW_PRIVATE", "true");
    }
    return environment;
  }

  private void announce(Console console, DataFolder folder, AdminPassword password) {
    console.text("");
    console.text("  Dashboard   http://localhost:" + options.port() + "/");
    console.text("  User        admin");
    console.text("  Password    " + password.told());
    console.text("  Gateway     http://localhost:" + options.gatewayPort() + "/");
    console.text("  Logs        " + folder.logs());
    console.text("  Ctrl-C stops everything; the data stay.");
    console.text("");
  }

  /**
   * What a signal does: ends any waiting of the main thread, and holds the JVM until all has
   * stopped.
   */
  private void stopAndWait(Thread main) {
    stopRequested.countDown();
    synchronized (closing) {
      if (!closing.get()) {
        main.interrupt();
      }
    }
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops the services, then what they need, the last started first. */
  private final class Shutdown implements AutoCloseable {
    private final Console console;
    private final Fleet fleet;
    private final List<AutoCloseable> needed = new ArrayList<>();

    Shutdown(Console console, Fleet fleet) {
      this.console = console;
      this.fleet = fleet;
    }

    void last(AutoCloseable resource) {
      needed.add(resource);
    }

    @Override
    public void close() {
      synchronized (closing) {
        closing.set(true);
        // A signal that came before must not break the waiting for the services.
        Thread.interrupted();
      }
      console.stopping();
      console.text("Stopping ...");
      fleet.stop();
      @Nullable Exception failure = null;
      for (AutoCloseable resource : needed.reversed()) {
        try {
          resource.close();
        } catch (Exception e) {
          failure = e;
        }
      }
      console.text(failure == null ? "Stopped." : "Stopped, but: " + failure.getMessage());
    }
  }
}
