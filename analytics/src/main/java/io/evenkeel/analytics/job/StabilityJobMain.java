package io.evenkeel.analytics.job;

import io.evenkeel.analytics.job.connector.KafkaAvailability;
import io.evenkeel.analytics.job.connector.KafkaInputs;
import io.evenkeel.analytics.job.connector.KafkaOutputs;
import io.evenkeel.contract.error.ErrorId;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.streaming.api.environment.LocalStreamEnvironment;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The analytics service. Started by {@code java} it runs the job in this JVM, on a MiniCluster, and
 * prints {@code EVENKEEL-READY analytics} when all tasks run; SIGTERM ends it within five seconds,
 * its state kept. Submitted by {@code flink run} it hands the job to that cluster.
 */
public final class StabilityJobMain {

  private static final Logger LOG = LoggerFactory.getLogger(StabilityJobMain.class);

  private StabilityJobMain() {}

  /**
   * Runs the job.
   *
   * @param arguments settings as {@code NAME=VALUE}, which go before the environment's of the same
   *     names; see {@link AnalyticsConfig}
   */
  public static void main(String[] arguments) throws Exception {
    StreamExecutionEnvironment surroundings = StreamExecutionEnvironment.getExecutionEnvironment();
    AnalyticsConfig config;
    try {
      config = AnalyticsConfig.of(System.getenv(), arguments);
    } catch (IllegalArgumentException e) {
      LOG.error("{}", e.getMessage());
      if (!(surroundings instanceof LocalStreamEnvironment)) {
        // The cluster's own process must not end for it.
        throw e;
      }
      System.exit(2);
      return;
    }
    if (surroundings instanceof LocalStreamEnvironment) {
      runHere(config);
    } else {
      surroundings.configure(StabilityJob.settings(config.checkpointInterval()));
      build(surroundings, config);
      surroundings.execute(StabilityJob.NAME);
    }
  }

  private static void build(StreamExecutionEnvironment env, AnalyticsConfig config) {
    StabilityJob.build(
        env,
        KafkaInputs.at(config.kafkaBootstrap()),
        KafkaOutputs.at(config.kafkaBootstrap()),
        JobPolicy.DEFAULT);
  }

  private static void runHere(AnalyticsConfig config) throws Exception {
    try (KafkaAvailability kafka = KafkaAvailability.of(config.kafkaBootstrap())) {
      Rehearsal.run();
      kafka.await();
      Configuration settings = LocalCluster.settings(config);
      StreamExecutionEnvironment env =
          StreamExecutionEnvironment.createLocalEnvironment(config.slots(), settings);
      build(env, config);
      LocalCluster cluster = LocalCluster.start(config, settings);
      Runtime.getRuntime().addShutdownHook(new Thread(cluster::stop, "stop"));
      cluster.run(env);
      Thread watch = new Thread(kafka::watch, "kafka-watch");
      watch.setDaemon(true);
      watch.start();
      System.out.println("EVENKEEL-READY analytics");
      // Only a failure that no restart cures, or a stop, ends the job.
      JobResult result = cluster.awaitEnd();
      result
          .getSerializedThrowable()
          .ifPresent(e -> LOG.error(ErrorId.ANALYTICS_STATE.line("The job has failed."), e));
      System.exit(1);
    }
  }
}
