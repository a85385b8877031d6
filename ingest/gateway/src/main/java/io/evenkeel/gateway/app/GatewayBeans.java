package io.evenkeel.gateway.app;

import io.evenkeel.contract.topic.Topics;
import io.evenkeel.gateway.alert.AlertBoard;
import io.evenkeel.gateway.body.Bodies;
import io.evenkeel.gateway.command.CommandBoard;
import io.evenkeel.gateway.intake.Intake;
import io.evenkeel.gateway.intake.IntakeMeters;
import io.evenkeel.gateway.intake.Receiver;
import io.evenkeel.gateway.kafka.KafkaSink;
import io.evenkeel.gateway.kafka.KafkaWatch;
import io.evenkeel.gateway.kafka.TopicFollower;
import io.evenkeel.gateway.letter.DeadLetters;
import io.evenkeel.gateway.limit.Limits;
import io.evenkeel.gateway.limit.MemoryBudget;
import io.evenkeel.gateway.limit.RateLimits;
import io.evenkeel.gateway.otlp.OtlpSettings;
import io.evenkeel.gateway.poll.Waiters;
import io.evenkeel.gateway.token.TokenFile;
import io.evenkeel.gateway.token.TokenFilter;
import io.evenkeel.gateway.token.Tokens;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** What the features are made of. */
@Configuration(proxyBeanMethods = false)
class GatewayBeans {

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  Limits limits(GatewayConfig config) {
    return config.limits();
  }

  @Bean
  OtlpSettings otlpSettings(GatewayConfig config) {
    return config.otlp();
  }

  @Bean
  MemoryBudget memoryBudget(Limits limits, MeterRegistry meters) {
    MemoryBudget budget = new MemoryBudget(limits.memoryBytes());
    Gauge.builder("evenkeel.gateway.body.bytes", budget, MemoryBudget::used)
        .description("Bytes of bodies in flight")
        .register(meters);
    return budget;
  }

  @Bean
  RateLimits rateLimits(Limits limits) {
    return new RateLimits(limits);
  }

  @Bean
  Bodies bodies(Limits limits, MemoryBudget budget) {
    return new Bodies(limits, budget);
  }

  @Bean
  Tokens tokens(GatewayConfig config, Clock clock) {
    return new Tokens(new TokenFile(config.tokens()), clock);
  }

  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE + 100)
  TokenFilter tokenFilter(Tokens tokens) {
    return new TokenFilter(tokens);
  }

  @Bean
  KafkaWatch kafkaWatch(GatewayConfig config) {
    return new KafkaWatch(config.bootstrap());
  }

  @Bean
  KafkaSink kafkaSink(GatewayConfig config, KafkaWatch watch, MeterRegistry meters) {
    return new KafkaSink(config.bootstrap(), watch, meters);
  }

  /** Named for the readiness group. */
  @Bean("kafka")
  HealthIndicator kafkaHealth(KafkaWatch watch) {
    return () -> {
      String trouble = watch.trouble();
      return trouble == null ? Health.up().build() : Health.down().build();
    };
  }

  @Bean
  Waiters waiters(Limits limits, MeterRegistry meters) {
    Waiters waiters = new Waiters(limits.waiters());
    Gauge.builder("evenkeel.gateway.waiters", waiters, Waiters::count)
        .description("Requests that wait for commands or alerts")
        .register(meters);
    return waiters;
  }

  @Bean
  CommandBoard commandBoard(Waiters waiters) {
    return new CommandBoard(waiters);
  }

  @Bean
  AlertBoard alertBoard(Waiters waiters) {
    return new AlertBoard(waiters);
  }

  @Bean
  TopicFollower topicFollower(GatewayConfig config, CommandBoard commands, AlertBoard alerts) {
    AtomicLong order = new AtomicLong();
    return new TopicFollower(
        config.bootstrap(),
        Map.of(
            Topics.COMMANDS,
            (partition, offset, value) -> commands.accept(order.incrementAndGet(), value),
            Topics.ALERTS,
            alerts::accept));
  }

  @Bean
  DeadLetters deadLetters(KafkaSink sink) {
    return new DeadLetters(sink);
  }

  @Bean
  Intake intake(
      KafkaSink sink,
      DeadLetters letters,
      RateLimits rates,
      Limits limits,
      MeterRegistry meters,
      Clock clock) {
    return new Intake(sink, letters, rates, limits, new IntakeMeters(meters), clock);
  }

  @Bean
  Receiver receiver(Bodies bodies, RateLimits rates, KafkaSink sink, Intake intake) {
    return new Receiver(bodies, rates, sink, intake);
  }

  /** Who waits is answered at once, or the web server would wait for them on its way down. */
  @Bean
  ShutdownOfWaiters shutdownOfWaiters(Waiters waiters) {
    return new ShutdownOfWaiters(waiters);
  }

  /** Ends the waiting when the gateway stops. */
  record ShutdownOfWaiters(Waiters waiters) {

    /** The gateway stops. */
    @EventListener
    void stop(ContextClosedEvent event) {
      waiters.close();
    }
  }
}
