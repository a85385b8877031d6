package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * A trainer at its pace while the far side goes away and comes back. The outage lasts {@code
 * -Devenkeel.outage.seconds} (10); the buffer is made small enough to overflow in any case. What
 * the trainer's calls and steps take is printed with the far side there and gone.
 */
public abstract class OutageContract {

  private static final long OUTAGE_SECONDS = Long.getLong("evenkeel.outage.seconds", 10);
  private static final Duration PACE = Duration.ofMillis(20);

  /** A fifth of what is published meanwhile. */
  private static final BufferLimits LIMITS =
      new BufferLimits(BufferLimits.DEFAULT.maxBytes(), (int) Math.max(100, 10 * OUTAGE_SECONDS));

  private static final int MOST_IN_FLIGHT = 256;

  protected abstract ClientContract.Broker broker();

  @Test
  void shouldLeaveStepsAloneAndDeliverAllThatFitsWhenTheFarSideIsAway() {
    ClientContract.Broker broker = broker();
    broker.start();
    Trainer trainer = new Trainer("outage-" + System.nanoTime(), broker);
    PublisherStatistics last;
    try (TelemetryPublisher publisher = trainer.publisher;
        CommandSubscription commands = broker.subscription(trainer.run);
        AlertSubscription alerts = broker.alerts(trainer.run)) {
      trainer.commands = commands;
      trainer.alerts = alerts;
      publisher.publishRun(trainer.training.spec());
      trainer.train(Math.max(5, OUTAGE_SECONDS / 4), new Figures());
      Figures there = new Figures();
      trainer.train(Math.max(5, OUTAGE_SECONDS / 4), there);
      broker.stop();
      Figures gone = new Figures();
      trainer.train(OUTAGE_SECONDS, gone);
      PublisherStatistics full = publisher.statistics();
      broker.start();
      Figures back = new Figures();
      trainer.train(5, back);
      Await.until("nothing waits", () -> publisher.statistics().queued() == 0);
      last = publisher.statistics();

      System.out.printf("%s, away for %d s%n", getClass().getSimpleName(), OUTAGE_SECONDS);
      there.print("there", there);
      gone.print("gone", there);
      back.print("back", there);
      System.out.printf("at the end of the outage %s%nat last %s%n", full, last);
      assertThat(full.queued()).as("the buffer is full").isEqualTo(LIMITS.maxRecords());
    }
    check(trainer, last, broker.telemetry(trainer.run));
    assertThat(broker.runs(trainer.run)).contains(trainer.training.spec());
  }

  private static void check(Trainer trainer, PublisherStatistics last, List<StepTelemetry> came) {
    // The declaration is one record more.
    assertThat(last.accepted()).isEqualTo(trainer.step + 1);
    assertThat(last.sent() + last.dropped()).isEqualTo(last.accepted());
    assertThat(last.rejected()).isZero();
    assertThat(last.dropped()).isPositive().isEqualTo(last.droppedTelemetry());

    List<Long> arrived = new ArrayList<>();
    Set<Long> seen = new HashSet<>();
    for (StepTelemetry telemetry : came) {
      if (seen.add(telemetry.key().step())) {
        arrived.add(telemetry.key().step());
        assertThat(telemetry)
            .isEqualTo(
                trainer
                    .training
                    .telemetry(telemetry.key().step(), 0)
                    .withDroppedBefore(telemetry.droppedBefore()));
      }
    }
    assertThat(arrived).isSorted();
    // What was sent has arrived; what was in flight when the line broke may have arrived as well.
    assertThat((long) arrived.size()).isBetween(last.sent() - 1, last.sent() - 1 + MOST_IN_FLIGHT);
    // Oldest first: what is missing is one stretch, but for what was in flight meanwhile.
    List<Long> missing =
        LongStream.range(0, trainer.step).filter(step -> !seen.contains(step)).boxed().toList();
    long stretch = missing.get(missing.size() - 1) - missing.get(0) + 1;
    assertThat(stretch - missing.size()).isLessThanOrEqualTo(LIMITS.maxRecords() / 4);
    assertThat(came.get(came.size() - 1).droppedBefore()).isEqualTo(last.droppedTelemetry());
  }

  /** A loop that does some arithmetic, publishes, and asks for commands, as trainers do. */
  private static final class Trainer {
    private static final int SIZE = 128;

    private final String run;
    private final TrainingRun training;
    private final TelemetryPublisher publisher;
    private final float[] a = new float[SIZE * SIZE];
    private final float[] b = new float[SIZE * SIZE];
    private final float[] c = new float[SIZE * SIZE];
    private CommandSubscription commands;
    private AlertSubscription alerts;
    private long step;

    Trainer(String run, ClientContract.Broker broker) {
      this.run = run;
      this.training = TrainingRuns.healthy(run).tokensPerRank(64).build();
      this.publisher = broker.publisher(LIMITS);
      Arrays.fill(a, 0.5f);
      Arrays.fill(b, 0.25f);
    }

    void train(long seconds, Figures figures) {
      long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
      long due = System.nanoTime();
      while (System.nanoTime() < end) {
        StepTelemetry telemetry = training.telemetry(step++, 0);
        long begun = System.nanoTime();
        multiply();
        long computed = System.nanoTime();
        publisher.publish(telemetry);
        long published = System.nanoTime();
        commands.poll();
        alerts.poll();
        figures.add(published - computed, System.nanoTime() - begun);
        PublisherStatistics now = publisher.statistics();
        assertThat(now.queued()).isLessThanOrEqualTo(LIMITS.maxRecords());
        assertThat(now.queuedBytes()).isLessThanOrEqualTo(LIMITS.maxBytes());
        due += PACE.toNanos();
        LockSupport.parkNanos(due - System.nanoTime());
      }
    }

    private void multiply() {
      for (int i = 0; i < SIZE; i++) {
        for (int k = 0; k < SIZE; k++) {
          float factor = a[i * SIZE + k];
          for (int j = 0; j < SIZE; j++) {
            c[i * SIZE + j] += factor * b[k * SIZE + j];
          }
        }
      }
    }
  }

  /** What calls and steps took, ns. */
  private static final class Figures {
    private final List<Long> publish = new ArrayList<>();
    private final List<Long> step = new ArrayList<>();

    void add(long publishNanos, long stepNanos) {
      publish.add(publishNanos);
      step.add(stepNanos);
    }

    void print(String when, Figures there) {
      System.out.printf(
          "  %-5s %6d steps; publish p50 %6.1f us, p99 %7.1f us, longest %8.1f us; step p50 %7.1f us"
              + " (%.2f of there), p99 %8.1f us (%.2f)%n",
          when,
          step.size(),
          quantile(publish, 0.5),
          quantile(publish, 0.99),
          quantile(publish, 1),
          quantile(step, 0.5),
          quantile(step, 0.5) / quantile(there.step, 0.5),
          quantile(step, 0.99),
          quantile(step, 0.99) / quantile(there.step, 0.99));
    }

    private static double quantile(List<Long> nanos, double share) {
      List<Long> sorted = nanos.stream().sorted().toList();
      return sorted.get((int) Math.round(share * (sorted.size() - 1))) / 1e3;
    }
  }
}
