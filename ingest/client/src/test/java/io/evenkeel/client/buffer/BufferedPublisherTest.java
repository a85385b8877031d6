package io.evenkeel.client.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.client.Await;
import io.evenkeel.client.BufferLimits;
import io.evenkeel.client.PublisherStatistics;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import io.evenkeel.testing.SeededCases;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The publisher over transports that misbehave as no broker does on demand. */
@Timeout(120)
class BufferedPublisherTest {

  private static final Duration NO_STALL = Duration.ofMinutes(5);

  private final TrainingRun training =
      TrainingRuns.healthy("r").tokensPerRank(64).layers(1).build();

  /** Takes records, and fails as the test says. */
  private static class ScriptedTransport implements Transport {
    final List<StepTelemetry> received = Collections.synchronizedList(new ArrayList<>());
    final Set<String> threads = ConcurrentHashMap.newKeySet();
    final AtomicInteger connections = new AtomicInteger();

    void deliver(StepTelemetry telemetry, Completion completion) throws TransportException {
      received.add(telemetry);
      completion.acknowledged();
    }

    @Override
    public Connection connect() throws TransportException {
      connections.incrementAndGet();
      return new Connection() {
        @Override
        public void send(Destination destination, String key, byte[] value, Completion completion)
            throws TransportException {
          threads.add(Thread.currentThread().getName());
          try {
            deliver(Codecs.STEP_TELEMETRY.decode(value), completion);
          } catch (WireException e) {
            throw new AssertionError(e);
          }
        }

        @Override
        public void close() {}
      };
    }
  }

  private static BufferedPublisher publisher(Transport transport, Duration stall) {
    return new BufferedPublisher(transport, BufferLimits.DEFAULT, stall, "test");
  }

  @Test
  void shouldLoseNothingAndKeepTheOrderWhenConnectionsBreakAtRandom() {
    SeededCases.forEach(
        5,
        seed -> {
          RandomGenerator random = seed;
          ScriptedTransport flaky =
              new ScriptedTransport() {
                @Override
                void deliver(StepTelemetry telemetry, Completion completion)
                    throws TransportException {
                  switch (random.nextInt(40)) {
                    case 0 -> throw new TransportException("broken before sending");
                    case 1 -> {
                      received.add(telemetry);
                      completion.failed("broken after sending");
                    }
                    case 2 -> throw new IllegalStateException("a bug in the transport");
                    default -> super.deliver(telemetry, completion);
                  }
                }
              };
          try (BufferedPublisher publisher = publisher(flaky, NO_STALL)) {
            training.stream(100).forEach(publisher::publish);
            Await.until("100 sent", () -> publisher.statistics().sent() == 100);
          }
          assertThat(new ArrayList<>(new LinkedHashSet<>(flaky.received)))
              .isEqualTo(training.stream(100).toList());
        });
  }

  @Test
  void shouldSendOnTheNextConnectionWhenOneSwallowsRecords() {
    AtomicInteger swallowed = new AtomicInteger();
    ScriptedTransport deaf =
        new ScriptedTransport() {
          @Override
          void deliver(StepTelemetry telemetry, Completion completion) throws TransportException {
            if (connections.get() == 1 && telemetry.key().step() >= 3) {
              swallowed.incrementAndGet();
            } else {
              super.deliver(telemetry, completion);
            }
          }
        };
    try (BufferedPublisher publisher = publisher(deaf, Duration.ofMillis(200))) {
      training.stream(20).forEach(publisher::publish);
      Await.until("20 sent", () -> publisher.statistics().sent() == 20);
    }
    assertThat(swallowed.get()).isPositive();
    assertThat(deaf.received).isEqualTo(training.stream(20).toList());
  }

  @Test
  void shouldPassTheOthersWhenOneRecordIsRefused() {
    ScriptedTransport picky =
        new ScriptedTransport() {
          @Override
          void deliver(StepTelemetry telemetry, Completion completion) throws TransportException {
            if (telemetry.key().step() == 4) {
              completion.refused("step 4 is unlucky");
            } else {
              super.deliver(telemetry, completion);
            }
          }
        };
    try (BufferedPublisher publisher = publisher(picky, NO_STALL)) {
      training.stream(10).forEach(publisher::publish);
      Await.until("9 sent", () -> publisher.statistics().sent() == 9);
      assertThat(publisher.statistics().rejected()).isOne();
    }
    assertThat(picky.received).hasSize(9);
  }

  @Test
  void shouldNeverHoldUpTheTrainerWhenTheTransportHangs() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch hanging = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    Transport hung =
        () -> {
          hanging.countDown();
          try {
            release.await();
          } catch (InterruptedException e) {
            interrupted.set(true);
          }
          throw new TransportException("released");
        };
    BufferedPublisher publisher = publisher(hung, NO_STALL);
    hanging.await();
    long start = System.nanoTime();
    training.stream(1000).forEach(publisher::publish);

    PublisherStatistics last = publisher.close(Duration.ofMillis(100));

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    assertThat(last.dropped()).isEqualTo(1000);
    assertThat(last.queued()).isZero();
    Await.until("the sender was interrupted", interrupted::get);
    release.countDown();
  }

  @Test
  void shouldEncodeAndSendOnItsOwnThread() {
    ScriptedTransport transport = new ScriptedTransport();
    try (BufferedPublisher publisher = publisher(transport, NO_STALL)) {
      training.stream(5).forEach(publisher::publish);
      Await.until("5 sent", () -> publisher.statistics().sent() == 5);
    }
    assertThat(transport.threads).containsExactly("evenkeel-publisher-test");
    Await.until(
        "the thread ends",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("evenkeel-publisher-test")));
  }

  @Test
  void shouldLoseNothingWhenSeveralThreadsPublish() throws Exception {
    ScriptedTransport transport = new ScriptedTransport();
    TrainingRun ranks = TrainingRuns.healthy("r").tokensPerRank(64).layers(1).ranks(4).build();
    BufferedPublisher publisher = publisher(transport, NO_STALL);
    List<Thread> trainers = new ArrayList<>();
    for (int rank = 0; rank < 4; rank++) {
      int own = rank;
      Thread trainer =
          new Thread(
              () -> {
                for (long step = 0; step < 100; step++) {
                  publisher.publish(ranks.telemetry(step, own));
                }
              });
      trainer.start();
      trainers.add(trainer);
    }
    for (Thread trainer : trainers) {
      trainer.join();
    }

    assertThat(publisher.close(Duration.ofSeconds(30)).sent()).isEqualTo(400);

    assertThat(transport.received).containsExactlyInAnyOrderElementsOf(ranks.stream(100).toList());
  }
}
