package io.evenkeel.replay.send;

import io.evenkeel.client.BufferLimits;
import io.evenkeel.client.PublisherStatistics;
import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.client.kafka.KafkaClient;
import io.evenkeel.client.kafka.KafkaOptions;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.replay.ReplayException;
import io.evenkeel.replay.RunLog;
import io.evenkeel.replay.point.LoggedStep;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Sends a log through a publisher. The publisher's buffer drops what does not fit, as a trainer
 * wants it; here half of it is left free, so that nothing ever is.
 */
public final class ReplaySender implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(1);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);
  private static final Duration KAFKA_STALL_LIMIT = Duration.ofSeconds(30);

  /** Nobody waits for a single record here. */
  private static final Map<String, String> IN_BATCHES =
      Map.of("linger.ms", "5", "batch.size", "131072");

  private static final BufferLimits LIMITS = new BufferLimits(32L << 20, 16_384);

  /** Hears how far it has come, now and then. */
  @FunctionalInterface
  public interface Progress {
    /**
     * Observations have been sent.
     *
     * @param observations how many so far
     * @param step the last one's step
     */
    void sent(long observations, long step);
  }

  private final TelemetryPublisher publisher;
  private final BufferLimits limits;
  private final Pace pace;
  private final Clock clock;
  private final Duration stallLimit;
  private final Progress progress;
  private @Nullable ReplayedRun current;
  private @Nullable StepTelemetry first;
  private Instant started = Instant.EPOCH;
  private int incarnation;
  private long firstStep;
  private long lastStep = -1;

  /**
   * A sender.
   *
   * @param publisher used by nobody else; closed with this
   * @param limits those of the publisher's buffer
   * @param pace how fast
   * @param clock tells start and end of the run
   * @param stallLimit how long the broker may acknowledge nothing
   * @param progress hears how it goes
   */
  public ReplaySender(
      TelemetryPublisher publisher,
      BufferLimits limits,
      Pace pace,
      Clock clock,
      Duration stallLimit,
      Progress progress) {
    this.publisher = publisher;
    this.limits = limits;
    this.pace = pace;
    this.clock = clock;
    this.stallLimit = stallLimit;
    this.progress = progress;
  }

  /**
   * A sender over Kafka.
   *
   * @param bootstrap {@code host:port}
   * @param pace how fast
   * @param clock tells start and end of the run
   * @param stallLimit how long the broker may acknowledge nothing
   * @param progress hears how it goes
   */
  public static ReplaySender over(
      String bootstrap, Pace pace, Clock clock, Duration stallLimit, Progress progress) {
    return new ReplaySender(
        KafkaClient.publisher(
            new KafkaOptions(bootstrap, "evenkeel-replay", LIMITS, KAFKA_STALL_LIMIT, IN_BATCHES)),
        LIMITS,
        pace,
        clock,
        stallLimit,
        progress);
  }

  /** A run that was not {@linkplain #finish finished} is declared as failed. */
  @Override
  public void close() {
    ReplayedRun begun = current;
    if (begun != null) {
      declare(begun, RunStatus.FAILED, clock.instant());
    }
    publisher.close(CLOSE_LIMIT);
  }

  /**
   * Declares the run as running and sends its steps; returns when all are acknowledged. It is then
   * declared as paused: it is not over before all has been judged, and its silence until then is no
   * stall.
   *
   * @throws ReplayException with EVK-KAFKA-UNAVAILABLE if the broker is away too long,
   *     EVK-REPLAY-EMPTY if there is no step, EVK-REPLAY-FILE if the file fails
   */
  public SendReport send(RunLog log, ReplayedRun run) throws ReplayException, InterruptedException {
    try {
      Optional<LoggedStep> step = log.next(run.run());
      if (step.isEmpty()) {
        throw new ReplayException(
            ErrorId.REPLAY_EMPTY, run.log().fileName() + " holds nothing that can be replayed.");
      }
      first = step.get().telemetry();
      incarnation = first.key().incarnation();
      firstStep = first.key().step();
      started = clock.instant();
      current = run;
      declare(run, RunStatus.RUNNING, null);
      return sendAll(log, run, step.get());
    } catch (IOException e) {
      throw new ReplayException(
          ErrorId.REPLAY_FILE,
          run.log().fileName() + " cannot be read on: " + e.getMessage() + ".");
    }
  }

  private SendReport sendAll(RunLog log, ReplayedRun run, LoggedStep firstStep)
      throws IOException, ReplayException, InterruptedException {
    long count = 0;
    long due = System.nanoTime();
    LoggedStep before = firstStep;
    for (Optional<LoggedStep> next = Optional.of(firstStep);
        next.isPresent();
        next = log.next(run.run())) {
      LoggedStep step = next.get();
      due += pace.between(before, step).toNanos();
      waitUntil(due);
      awaitRoom(limits.maxRecords() / 2, limits.maxBytes() / 2);
      publisher.publish(step.telemetry());
      note(step.telemetry().key());
      count++;
      progress.sent(count, step.telemetry().key().step());
      before = step;
    }
    awaitRoom(1, Long.MAX_VALUE);
    declare(run, RunStatus.PAUSED, null);
    long rejected = publisher.statistics().rejected();
    return new SendReport(
        count - rejected, rejected, firstStep.telemetry().key().step(), incarnation, lastStep);
  }

  /** Declares the run as finished; returns when that is acknowledged. */
  public void finish(ReplayedRun run) throws ReplayException, InterruptedException {
    if (current == null) {
      throw new IllegalStateException("nothing has been sent");
    }
    declare(run, RunStatus.FINISHED, clock.instant());
    current = null;
    awaitRoom(1, Long.MAX_VALUE);
  }

  /**
   * The newest incarnation's first and last step. It is declared with the first: all that older
   * ones have from there on is superseded. JSON lines come as they are: the last line need not be
   * the last step.
   */
  private void note(ObservationKey key) {
    if (key.incarnation() > incarnation) {
      incarnation = key.incarnation();
      firstStep = key.step();
      lastStep = key.step();
    } else if (key.incarnation() == incarnation) {
      firstStep = Math.min(firstStep, key.step());
      lastStep = Math.max(lastStep, key.step());
    }
  }

  private void declare(ReplayedRun run, RunStatus status, @Nullable Instant ended) {
    StepTelemetry known = first;
    if (known != null) {
      publisher.publishRun(run.declaration(known, incarnation, firstStep, status, started, ended));
    }
  }

  private static void waitUntil(long due) throws InterruptedException {
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      LockSupport.parkNanos(left);
      stopIfInterrupted();
    }
  }

  /** Waits until fewer records and bytes than these are in the buffer. */
  private void awaitRoom(int records, long bytes) throws ReplayException, InterruptedException {
    PublisherStatistics now = publisher.statistics();
    long acknowledged = now.sent();
    long since = System.nanoTime();
    while (now.queued() >= records || now.queuedBytes() >= bytes) {
      LockSupport.parkNanos(LOOK.toNanos());
      stopIfInterrupted();
      now = publisher.statistics();
      if (now.sent() > acknowledged) {
        acknowledged = now.sent();
        since = System.nanoTime();
      } else if (System.nanoTime() - since > stallLimit.toNanos()) {
        throw new ReplayException(
            ErrorId.KAFKA_UNAVAILABLE,
            "The broker has acknowledged nothing for " + stallLimit.toSeconds() + " s.");
      }
    }
  }

  private static void stopIfInterrupted() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }
}
