package io.evenkeel.writer.app;

import com.zaxxer.hikari.HikariDataSource;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.writer.consume.Backoff;
import io.evenkeel.writer.consume.BatchLimits;
import io.evenkeel.writer.consume.WriterLoop;
import io.evenkeel.writer.deadletter.DeadLetterTopic;
import io.evenkeel.writer.deadletter.PoisonIsolation;
import io.evenkeel.writer.metrics.MetricsServer;
import io.evenkeel.writer.metrics.WriterMetrics;
import io.evenkeel.writer.store.BatchStore;
import io.evenkeel.writer.store.Database;
import io.evenkeel.writer.store.StoreException;
import io.evenkeel.writer.store.StoreException.Kind;
import io.evenkeel.writer.upkeep.Upkeep;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the writer; see {@link WriterConfig} for its environment. */
public final class WriterMain {

  private static final Logger LOG = LoggerFactory.getLogger(WriterMain.class);
  private static final Duration STOP_LIMIT = Duration.ofMillis(4_500);
  private static final Duration FIRST_WAIT = Duration.ofMillis(250);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  private final WriterConfig config;
  private final Clock clock;
  private final CountDownLatch stopRequested = new CountDownLatch(1);
  private final AtomicReference<@Nullable WriterLoop> loop = new AtomicReference<>();

  private WriterMain(WriterConfig config, Clock clock) {
    this.config = config;
    this.clock = clock;
  }

  /**
   * Runs until SIGTERM.
   *
   * @param arguments none
   */
  public static void main(String[] arguments) throws InterruptedException {
    WriterConfig config;
    try {
      config = WriterConfig.of(System.getenv());
    } catch (IllegalArgumentException e) {
      LOG.error("{}", ErrorId.CONFIG_INVALID.line(e.getMessage() + "."));
      System.exit(2);
      return;
    }
    WriterMain writer = new WriterMain(config, Clock.systemUTC());
    Thread main = Thread.currentThread();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> writer.stop(main), "evenkeel-stop"));
    if (!writer.run()) {
      System.exit(1);
    }
  }

  /** False if the schema cannot be used. */
  private boolean run() throws InterruptedException {
    if (!migrate()) {
      return false;
    }
    WriterMetrics metrics = new WriterMetrics();
    ExecutorService storing =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("store-").factory());
    try (MetricsServer served = serve(metrics);
        HikariDataSource pool = config.database().open();
        Upkeep upkeep =
            Upkeep.start(config.database(), config.retention(), new UpkeepMetrics(metrics));
        KafkaClients kafka = connect()) {
      if (kafka == null) {
        return true;
      }
      BatchStore store = new BatchStore(pool, clock);
      WriterLoop writerLoop =
          new WriterLoop(
              kafka.consumer(),
              new PoisonIsolation(store::write, clock),
              new DeadLetterTopic(kafka.producer()),
              storing,
              BatchLimits.STANDARD,
              clock,
              metrics,
              WriterMain::sayReady);
      loop.set(writerLoop);
      if (stopRequested.getCount() > 0) {
        writerLoop.run();
      }
    } finally {
      storing.shutdownNow();
    }
    LOG.info("The writer has stopped.");
    return true;
  }

  /** Metrics that cannot be served keep nobody from storing. Null when there are none. */
  private @Nullable MetricsServer serve(WriterMetrics metrics) {
    Integer port = config.metricsPort();
    if (port == null) {
      return null;
    }
    try {
      MetricsServer server = MetricsServer.start(port, metrics);
      LOG.info("Metrics are served on port {}.", server.port());
      return server;
    } catch (IOException e) {
      LOG.warn("{}", ErrorId.WRITER_METRICS.line("port " + port + ": " + e.getMessage() + "."));
      return null;
    }
  }

  /** A broker whose name cannot be resolved yet is one that is not there yet. Null when stopped. */
  private @Nullable KafkaClients connect() throws InterruptedException {
    Backoff backoff = new Backoff(FIRST_WAIT, LONGEST_WAIT);
    do {
      try {
        return KafkaClients.to(config.bootstrap(), KafkaClients.GROUP);
      } catch (KafkaException e) {
        LOG.warn("{}", ErrorId.KAFKA_UNAVAILABLE.line(e.getMessage() + "."));
      }
    } while (!stopRequested.await(backoff.next().toMillis(), TimeUnit.MILLISECONDS));
    return null;
  }

  private boolean migrate() throws InterruptedException {
    Backoff backoff = new Backoff(FIRST_WAIT, LONGEST_WAIT);
    Database database = config.database();
    boolean warned = false;
    while (stopRequested.getCount() > 0) {
      try {
        database.migrate();
        return true;
      } catch (StoreException e) {
        if (e.kind() == Kind.REJECTED) {
          LOG.error("{}", ErrorId.DB_MIGRATION.line(e.getMessage() + "."));
          return false;
        }
        if (!warned) {
          LOG.warn("{}", e.kind().errorId().line(e.getMessage() + "."));
          warned = true;
        }
      }
      if (stopRequested.await(backoff.next().toMillis(), TimeUnit.MILLISECONDS)) {
        break;
      }
    }
    return true;
  }

  private void stop(Thread main) {
    stopRequested.countDown();
    WriterLoop running = loop.get();
    if (running != null) {
      running.stop();
    }
    try {
      main.join(STOP_LIMIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void sayReady() {
    System.out.println("EVENKEEL-READY writer");
    System.out.flush();
  }
}
