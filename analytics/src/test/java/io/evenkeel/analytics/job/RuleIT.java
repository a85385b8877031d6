package io.evenkeel.analytics.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.analytics.OwnRules;
import io.evenkeel.analytics.job.connector.KafkaInputs;
import io.evenkeel.analytics.job.connector.KafkaOutputs;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.embedded.EmbeddedKafka;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users' rules on the real job: written, spoiled and deleted while it runs. */
class RuleIT {

  private final TrainingRun run = TrainingRuns.healthy("r").layers(2).build();

  @TempDir Path folder;

  @Test
  void shouldFollowItsRuleRecordsWithoutARestartWhenARunGoesOn() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"))) {
      kafka.createTopics(
          Topics.ALL.stream()
              .map(topic -> new NewTopic(topic.name(), topic.partitions(), (short) 1))
              .toList());
      AnalyticsConfig config =
          new AnalyticsConfig(kafka.bootstrap(), folder.resolve("data"), Duration.ofSeconds(2), 1);
      Configuration settings = LocalCluster.settings(config);
      StreamExecutionEnvironment env =
          StreamExecutionEnvironment.createLocalEnvironment(1, settings);
      StabilityJob.build(
          env,
          KafkaInputs.at(kafka.bootstrap()),
          KafkaOutputs.at(kafka.bootstrap()),
          JobPolicy.DEFAULT);
      LocalCluster cluster = LocalCluster.start(config, settings);
      cluster.run(env);
      try (KafkaProducer<String, byte[]> producer =
              new KafkaProducer<>(
                  Map.of("bootstrap.servers", kafka.bootstrap(), "linger.ms", "0"),
                  new StringSerializer(),
                  new ByteArraySerializer());
          TopicTail<AlertEvent> alerts =
              TopicTail.of(kafka.bootstrap(), Topics.ALERTS, Codecs.ALERT_EVENT);
          TopicTail<StepSignals> signals =
              TopicTail.of(kafka.bootstrap(), Topics.SIGNALS, Codecs.STEP_SIGNALS);
          TopicTail<DeadLetter> letters =
              TopicTail.of(kafka.bootstrap(), Topics.DEAD_LETTERS, Codecs.DEAD_LETTER)) {
        // Given a run that goes on without any rule of a user's
        long next = play(producer, signals, 0, 5);
        // When a rule is written, it fires; a version that does not compile leaves it in force
        rule(producer, OwnRules.of("mine", "layer.layer == 1 && loss > 0"));
        next = playUntil(producer, signals, next, alerts, "mine layers/1 FIRING");
        rule(producer, OwnRules.of("mine", "layer.layr == 1"));
        Eventually.await(() -> letters.seen().size() == 1, letters::seen);
        assertThat(letters.seen().get(0).message())
            .contains("EVK-RULE-INVALID", "expression (1:6): there is no field 'layr'");
        next = play(producer, signals, next, 3);
        assertThat(told(alerts)).containsExactly("mine layers/1 FIRING");
        // and one that fails is disabled, and says so, while the first goes on
        rule(producer, OwnRules.of("broken", "step % 0 == 0"));
        next = playUntil(producer, signals, next, alerts, "broken rule FIRING");
        assertThat(alerts.seen()).anyMatch(e -> e.summary().startsWith("EVK-RULE-FAILED"));
        // Then a deletion resolves it, without another step
        producer.send(new ProducerRecord<>(Topics.RULES, "mine", null)).get();
        Eventually.await(() -> told(alerts).contains("mine layers/1 RESOLVED"), alerts::seen);
        play(producer, signals, next, 3);
        assertThat(told(alerts))
            .containsExactly(
                "mine layers/1 FIRING", "broken rule FIRING", "mine layers/1 RESOLVED");
      }
      cluster.stop();
    }
  }

  /** Sends steps, and waits for their signals; the next step. */
  private long play(
      KafkaProducer<String, byte[]> producer, TopicTail<StepSignals> signals, long from, int steps)
      throws Exception {
    long to = from + steps;
    for (long step = from; step < to; step++) {
      for (StepTelemetry part : run.step(step)) {
        producer
            .send(
                new ProducerRecord<>(
                    Topics.TELEMETRY,
                    Topics.telemetryKey("r", 0),
                    Codecs.STEP_TELEMETRY.encode(part)))
            .get();
      }
    }
    Eventually.await(
        () -> signals.seen().stream().anyMatch(s -> s.key().step() == to - 1),
        () -> signals.seen().size());
    return to;
  }

  /** The rule and the steps come by different topics: steps go on until it has come. */
  private long playUntil(
      KafkaProducer<String, byte[]> producer,
      TopicTail<StepSignals> signals,
      long from,
      TopicTail<AlertEvent> alerts,
      String told)
      throws Exception {
    long next = from;
    for (int i = 0; i < 1_000 && !told(alerts).contains(told); i++) {
      next = play(producer, signals, next, 1);
    }
    assertThat(told(alerts)).contains(told);
    return next;
  }

  private static void rule(KafkaProducer<String, byte[]> producer, AlertRule rule)
      throws Exception {
    producer
        .send(new ProducerRecord<>(Topics.RULES, rule.rule(), Codecs.ALERT_RULE.encode(rule)))
        .get();
  }

  private static List<String> told(TopicTail<AlertEvent> alerts) {
    return alerts.seen().stream()
        .filter(e -> e.rule().equals("mine") || e.rule().equals("broken"))
        .map(e -> e.rule() + " " + e.scope() + " " + e.state())
        .distinct()
        .toList();
  }
}
