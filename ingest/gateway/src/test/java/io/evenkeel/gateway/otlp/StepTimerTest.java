package io.evenkeel.gateway.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.gateway.Await;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StepTimerTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<Long> stored = new CopyOnWriteArrayList<>();
  private final AtomicReference<Throwable> fault = new AtomicReference<>();

  private final StepAssembler assembler =
      new StepAssembler(
          new OtlpSettings(
              Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofMillis(1), 100, 100, 100),
          steps -> {
            steps.forEach(step -> stored.add(step.key().step()));
            return Map.of();
          },
          Clock.systemUTC(),
          this::nanoTime);

  private long nanoTime() {
    Throwable next =
        Thread.currentThread().getName().equals("otlp-steps") ? fault.getAndSet(null) : null;
    if (next instanceof RuntimeException e) {
      throw e;
    }
    if (next instanceof Error e) {
      throw e;
    }
    return System.nanoTime();
  }

  private double faults() {
    return registry
        .get("evenkeel.gateway.otlp.faults")
        .tag("error", "EVK-GATEWAY-FAULT")
        .counter()
        .count();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldCountAFaultAndGoOnSendingWhenALookAtTheStepsFails(boolean error) throws Exception {
    try (var timer =
        new OtlpBeans.StepTimer(
            Duration.ofMillis(1), assembler, new OtlpMeters(registry, assembler))) {
      assertThat(timer).isNotNull();
      assertThat(faults()).isZero();
      fault.set(error ? new StackOverflowError("a test") : new IllegalStateException("a test"));
      Await.until("the fault is counted", Duration.ofSeconds(30), () -> faults() == 1);

      Tally tally = new Tally();
      assembler.take(
          PointReader.read(
              Exports.export(
                  Map.of("evenkeel.run", "r"),
                  Exports.gauge("loss", Exports.point(1, Map.of("step", 7)))),
              run -> true,
              tally),
          tally);

      Await.until("the step is sent", Duration.ofSeconds(30), () -> stored.equals(List.of(7L)));
      assertThat(faults()).isOne();
    }
  }
}
