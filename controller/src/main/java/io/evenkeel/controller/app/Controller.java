package io.evenkeel.controller.app;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.controller.kafka.FollowPump;
import io.evenkeel.controller.kafka.KafkaAuditOutlet;
import io.evenkeel.controller.kafka.KafkaSink;
import io.evenkeel.controller.kafka.SignalPump;
import io.evenkeel.controller.kafka.TopicWait;
import io.evenkeel.controller.notify.AlertIntake;
import io.evenkeel.controller.notify.Backoff;
import io.evenkeel.controller.notify.DeliveryDesk;
import io.evenkeel.controller.notify.Outbox;
import io.evenkeel.controller.notify.request.AlertRequestDesk;
import io.evenkeel.controller.notify.request.AlertRequestIntake;
import io.evenkeel.controller.notify.request.LiveAlerts;
import io.evenkeel.controller.policy.Policy;
import io.evenkeel.controller.steer.ControlEvent;
import io.evenkeel.controller.steer.ControlLoop;
import io.evenkeel.controller.steer.StateListener;
import io.evenkeel.controller.steer.SteerSettings;
import io.evenkeel.controller.store.ControlStateStore;
import io.evenkeel.controller.store.ControllerDatabase;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The controller, wired: starts its threads, and stops them. */
public final class Controller implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Controller.class);
  private static final int QUEUE = 50_000;
  private static final long STOP_MILLIS = 3_000;
  private static final int TRIALS = 2;

  private final ControllerConfig config;
  private final Clock clock;
  private final String instance = "controller:" + UUID.randomUUID();
  private final CountDownLatch ready = new CountDownLatch(1);
  private final CountDownLatch stop = new CountDownLatch(1);
  private final List<AutoCloseable> closing = Collections.synchronizedList(new ArrayList<>());
  private StateListener listener = (run, settings) -> {};
  private final List<Thread> threads = Collections.synchronizedList(new ArrayList<>());

  /** A controller that does nothing until started. */
  public Controller(ControllerConfig config, Clock clock) {
    this.config = config;
    this.clock = clock;
  }

  /** Starts in the background: waits for Kafka as long as it must. */
  public void start() {
    LOG.info("This is {}", instance);
    config.database().ifPresent(this::openDatabase);
    launch("control-start", this::begin);
  }

  private void openDatabase(ControllerConfig.Database settings) {
    ControllerDatabase database =
        new ControllerDatabase(settings.url(), settings.user(), settings.password());
    ControlStateStore store = new ControlStateStore(database.source());
    listener = store;
    closing.add(store);
    closing.add(database);
    launch("database", () -> useDatabase(database, store));
  }

  private void useDatabase(ControllerDatabase opened, ControlStateStore store) {
    try {
      if (opened.awaitMigrated(stop)) {
        launch("control-state", store);
        notify(opened);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void notify(ControllerDatabase opened) throws InterruptedException {
    if (!TopicWait.await(config.kafka(), stop)) {
      return;
    }
    DataSource source = opened.source();
    Outbox outbox = new Outbox(source, config.alerts());
    DeliveryDesk desk =
        new DeliveryDesk(source, outbox, List.of(), new Backoff(new SplittableRandom()), clock);
    LiveAlerts live = new LiveAlerts(source, config.alertsStart(), outbox, desk, clock);
    if (!begin(live)) {
      return;
    }
    AlertIntake intake =
        new AlertIntake(config.kafka().member(AlertIntake.GROUP), outbox, desk, clock);
    KafkaAuditOutlet outlet = new KafkaAuditOutlet(config.kafka());
    ExecutorService trials =
        Executors.newFixedThreadPool(
            TRIALS, Thread.ofPlatform().name("receiver-test-", 0).daemon().factory());
    AlertRequestIntake requests =
        new AlertRequestIntake(
            config.kafka().member(AlertRequestIntake.GROUP),
            new AlertRequestDesk(source, live, desk, outlet, trials, clock),
            live,
            clock);
    synchronized (closing) {
      // Closed in this order, and all before the database.
      closing.addAll(0, List.of(intake, requests, trials::shutdownNow, desk, outlet));
      if (stop.getCount() == 0) {
        closing.forEach(Controller::closeQuietly);
        return;
      }
      desk.start();
      launch("notify", intake);
      launch("alert-requests", requests);
    }
  }

  /** Puts receivers and routes in force. */
  private boolean begin(LiveAlerts live) throws InterruptedException {
    while (stop.getCount() > 0) {
      try {
        live.begin();
        return true;
      } catch (SQLException e) {
        LOG.warn(ErrorId.DB_UNAVAILABLE.line("Alerts wait in Kafka: " + e.getMessage() + "."));
        stop.await(1, TimeUnit.SECONDS);
      }
    }
    return false;
  }

  private void begin() {
    try {
      if (TopicWait.await(config.kafka(), stop)) {
        steer();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void steer() {
    BlockingQueue<ControlEvent> queue = new LinkedBlockingQueue<>(QUEUE);
    KafkaSink sink = new KafkaSink(config.kafka());
    ControlLoop loop =
        new ControlLoop(
            SteerSettings.startingIn(config.mode()),
            Policy.builtIn(config.muDecay()),
            instance,
            clock,
            sink,
            sink,
            sink,
            listener);
    FollowPump follower = new FollowPump(config.kafka(), queue, clock);
    SignalPump signals = new SignalPump(config.kafka(), follower, queue, clock);
    ControlRunner runner = new ControlRunner(loop, queue, ready);
    closing.add(signals);
    closing.add(follower);
    closing.add(runner::close);
    closing.add(sink);
    launch("control", runner);
    launch("control-follow", follower);
    launch("control-signals", signals);
  }

  private void launch(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.setUncaughtExceptionHandler((t, e) -> LOG.error("Thread {} died", t.getName(), e));
    threads.add(thread);
    thread.start();
  }

  /** Waits until the controller has caught up with Kafka; false if that took too long. */
  public boolean awaitReady(long timeout, TimeUnit unit) throws InterruptedException {
    return ready.await(timeout, unit);
  }

  @Override
  public void close() {
    stop.countDown();
    List.copyOf(closing).forEach(Controller::closeQuietly);
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOP_MILLIS);
    for (Thread thread : List.copyOf(threads)) {
      try {
        thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static void closeQuietly(AutoCloseable item) {
    try {
      item.close();
    } catch (Exception e) {
      LOG.warn("Could not close {}", item, e);
    }
  }
}
