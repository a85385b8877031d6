package io.evenkeel.gateway.app;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.gateway.kafka.KafkaWatch;
import io.evenkeel.gateway.kafka.TopicFollower;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** Starts the gateway; see {@link GatewayConfig} for its environment. */
@SpringBootApplication(scanBasePackages = "io.evenkeel.gateway")
public class GatewayMain {

  private static final Logger LOG = LoggerFactory.getLogger(GatewayMain.class);
  private static final int BAD_CONFIGURATION = 2;

  /**
   * Runs until SIGTERM.
   *
   * @param arguments none
   */
  public static void main(String[] arguments) throws InterruptedException {
    GatewayConfig config;
    try {
      config = GatewayConfig.of(System.getenv());
    } catch (IllegalArgumentException e) {
      LOG.error("{}", ErrorId.CONFIG_INVALID.line(e.getMessage() + "."));
      System.exit(BAD_CONFIGURATION);
      return;
    }
    ConfigurableApplicationContext context;
    try {
      context = start(config);
    } catch (PortInUseException e) {
      LOG.error("{}", ErrorId.START_PORT_IN_USE.line("Port " + e.getPort() + " is in use."));
      System.exit(1);
      return;
    }
    if (context.getBean(KafkaWatch.class).awaitFirstAnswer()) {
      context.getBean(TopicFollower.class).awaitCaughtUp();
      System.out.println("EVENKEEL-READY gateway");
      System.out.flush();
    }
  }

  /** Serves HTTP, whether or not Kafka answers. */
  static ConfigurableApplicationContext start(GatewayConfig config) {
    var application = new SpringApplication(GatewayMain.class);
    application.setDefaultProperties(
        Map.of("server.port", config.port(), "server.address", config.address()));
    application.addInitializers(
        context ->
            ((GenericApplicationContext) context).registerBean(GatewayConfig.class, () -> config));
    return application.run();
  }
}
