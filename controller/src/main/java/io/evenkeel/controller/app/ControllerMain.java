package io.evenkeel.controller.app;

import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The controller's process. Configuration: {@link ControllerConfig#from}. */
public final class ControllerMain {

  private static final Logger LOG = LoggerFactory.getLogger(ControllerMain.class);

  private ControllerMain() {}

  /** Runs until SIGTERM; exit code 2 when the configuration has errors. */
  @SuppressWarnings("SystemOut") // The supervisor reads the line of readiness.
  public static void main(String[] arguments) throws InterruptedException {
    ControllerConfig config;
    try {
      config = ControllerConfig.from(System.getenv());
    } catch (IllegalArgumentException e) {
      LOG.error(e.getMessage());
      System.exit(2);
      return;
    }
    LOG.info("Controller starts: {}, mode {}", config.kafka().bootstrap(), config.mode());
    CountDownLatch stopped = new CountDownLatch(1);
    Controller controller = new Controller(config, Clock.systemUTC());
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  controller.close();
                  stopped.countDown();
                },
                "stop"));
    controller.start();
    while (!controller.awaitReady(1, TimeUnit.MINUTES)) {
      LOG.info("Still waiting for Kafka");
    }
    System.out.println("EVENKEEL-READY controller");
    stopped.await();
  }
}
