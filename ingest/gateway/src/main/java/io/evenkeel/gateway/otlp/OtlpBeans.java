package io.evenkeel.gateway.otlp;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.gateway.kafka.RecordSink;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;

/** What the feature is made of. */
@Configuration(proxyBeanMethods = false)
class OtlpBeans {

  @Bean
  StepAssembler stepAssembler(OtlpSettings settings, RecordSink sink, Clock clock) {
    return new StepAssembler(settings, new KafkaTelemetrySink(sink), clock, System::nanoTime);
  }

  @Bean
  OtlpMeters otlpMeters(MeterRegistry registry, StepAssembler assembler) {
    return new OtlpMeters(registry, assembler);
  }

  @Bean
  StepTimer stepTimer(OtlpSettings settings, StepAssembler assembler, OtlpMeters meters) {
    return new StepTimer(settings.settled().dividedBy(5), assembler, meters);
  }

  /** Lets the assembler look at the time. */
  static final class StepTimer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StepTimer.class);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(2);
    private static final long SHORTEST_NANOS = 1_000_000;

    private final StepAssembler assembler;
    private final OtlpMeters meters;
    private final ScheduledExecutorService executor =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("otlp-steps").factory());

    StepTimer(Duration period, StepAssembler assembler, OtlpMeters meters) {
      this.assembler = assembler;
      this.meters = meters;
      long nanos = Math.max(SHORTEST_NANOS, period.toNanos());
      var unused = executor.scheduleWithFixedDelay(this::tick, nanos, nanos, TimeUnit.NANOSECONDS);
    }

    // A fault in one step must not end the sending of all others: an executor that meets an error
    // never calls again.
    private void tick() {
      try {
        assembler.tick();
      } catch (RuntimeException | Error e) {
        meters.fault(ErrorId.GATEWAY_FAULT);
        LOG.error("{}", ErrorId.GATEWAY_FAULT.line("Steps could not be sent: " + e + "."), e);
      }
    }

    /** Whoever waits for an answer gets it before the web server stops. */
    @EventListener
    void stop(ContextClosedEvent event) throws InterruptedException {
      assembler.stop(STOP_LIMIT);
    }

    @Override
    public void close() {
      executor.shutdownNow();
    }
  }
}
