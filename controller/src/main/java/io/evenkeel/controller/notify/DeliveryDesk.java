package io.evenkeel.controller.notify;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.event.AbstractSchedulerListener;
import com.github.kagkarlsson.scheduler.event.SchedulerListener.SchedulerEventType;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.controller.notify.Outbox.DeliveryKey;
import io.evenkeel.controller.notify.Outbox.Pending;
import io.evenkeel.controller.notify.Outbox.Result;
import io.evenkeel.controller.notify.Receiver.Outcome;
import io.evenkeel.controller.notify.Receiver.Outcome.Delivered;
import io.evenkeel.controller.notify.Receiver.Outcome.Gone;
import io.evenkeel.controller.notify.Receiver.Outcome.Retry;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers what is in the outbox: each notice to a receiver is a durable task, tried at once and
 * then by the back-off; groups whose next notice is due are looked for every second. A sweep finds
 * deliveries without a task, as a crash between the two may leave them.
 */
public final class DeliveryDesk implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DeliveryDesk.class);
  private static final int THREADS = 16;

  /** A receiver that hangs must not hold up the others. */
  private static final int THREADS_A_RECEIVER = 4;

  private static final Duration ROOM_WAIT = Duration.ofMillis(500);
  private static final int SWEEP_LIMIT = 1_000;
  private static final Duration DATABASE_RETRY = Duration.ofSeconds(2);

  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final int LOOK_LIMIT = 200;
  private static final Duration SAY_AGAIN = Duration.ofSeconds(30);

  private final Outbox outbox;
  private volatile Map<String, Receiver> receivers = Map.of();
  private final Map<String, Semaphore> room = new ConcurrentHashMap<>();
  private final Backoff backoff;
  private final Clock clock;
  private final CustomTask<Void> task;
  private final Scheduler scheduler;

  /** A desk that delivers once started. */
  public DeliveryDesk(
      DataSource source, Outbox outbox, List<Receiver> receivers, Backoff backoff, Clock clock) {
    this.outbox = outbox;
    use(receivers);
    this.backoff = backoff;
    this.clock = clock;
    this.task =
        Tasks.custom("delivery", Void.class)
            .onFailureReschedule(FixedDelay.of(DATABASE_RETRY))
            .onDeadExecutionRevive()
            .execute((instance, context) -> attempt(DeliveryKey.decode(instance.getId())));
    RecurringTask<Void> sweep =
        Tasks.recurring("sweep", FixedDelay.of(Duration.ofSeconds(20)))
            .execute((instance, context) -> sweep());
    RecurringTask<Void> look =
        Tasks.recurring("groups", FixedDelay.of(LOOK)).execute((instance, context) -> look());
    this.scheduler =
        Scheduler.create(source, task)
            .startTasks(sweep, look)
            .tableName("controller.scheduled_tasks")
            .threads(THREADS)
            .pollingInterval(Duration.ofMillis(500))
            .pollUsingLockAndFetch(0.5, 2.0)
            .heartbeatInterval(Duration.ofSeconds(5))
            .missedHeartbeatsLimit(4)
            .enableImmediateExecution()
            .addSchedulerListener(new Troubles())
            .shutdownMaxWait(Duration.ofSeconds(2))
            .build();
  }

  /** Delivers to these receivers, and to no others, from now on. */
  public final void use(List<Receiver> now) {
    Map<String, Receiver> byId = new LinkedHashMap<>();
    for (Receiver receiver : now) {
      byId.put(receiver.id(), receiver);
      room.computeIfAbsent(receiver.id(), id -> new Semaphore(THREADS_A_RECEIVER));
    }
    receivers = Map.copyOf(byId);
  }

  /** Starts to deliver. */
  public void start() {
    scheduler.start();
  }

  /** Has deliveries made at once. */
  public void deliver(List<DeliveryKey> keys) {
    for (DeliveryKey key : keys) {
      scheduler.scheduleIfNotExists(task.instance(key.encode()), clock.instant());
    }
  }

  private void sweep() {
    try {
      deliver(outbox.waiting(SWEEP_LIMIT));
    } catch (SQLException e) {
      LOG.warn(ErrorId.DB_UNAVAILABLE.line("Deliveries wait: " + e.getMessage() + "."));
    }
  }

  /** Groups whose next notice is due. */
  private void look() {
    try {
      boolean more = true;
      while (more) {
        Outbox.Due due = outbox.due(clock.instant(), LOOK_LIMIT);
        deliver(due.keys());
        more = due.more();
      }
    } catch (SQLException e) {
      LOG.warn(ErrorId.DB_UNAVAILABLE.line("Notices wait: " + e.getMessage() + "."));
    }
  }

  private CompletionHandler<Void> attempt(DeliveryKey key) {
    Semaphore places = room.get(key.receiver());
    if (places == null || !receivers.containsKey(key.receiver())) {
      // Its receiver is not configured any more; the sweep finds it again when it is.
      return (complete, operations) -> operations.remove();
    }
    if (!places.tryAcquire()) {
      return (complete, operations) ->
          operations.reschedule(complete, clock.instant().plus(ROOM_WAIT));
    }
    try {
      return inPlace(key);
    } finally {
      places.release();
    }
  }

  private CompletionHandler<Void> inPlace(DeliveryKey key) {
    try {
      Pending pending = outbox.find(key).orElse(null);
      Receiver receiver = receivers.get(key.receiver());
      if (pending == null || receiver == null) {
        // Delivered or given up before.
        return (complete, operations) -> operations.remove();
      }
      Instant started = clock.instant();
      if (pending.notice().items().isEmpty()) {
        return settle(
            key,
            pending,
            new Retry("its run was deleted", Optional.empty()),
            started,
            Duration.ZERO);
      }
      Outcome outcome = receiver.deliver(pending.notice());
      Duration took = Duration.between(started, clock.instant());
      return settle(key, pending, outcome, started, took);
    } catch (SQLException e) {
      // The task stays and is tried again; the receiver may hear of the notice twice, by one id.
      LOG.warn(ErrorId.DB_UNAVAILABLE.line("A delivery waits: " + e.getMessage() + "."));
      Instant next = clock.instant().plus(DATABASE_RETRY);
      return (complete, operations) -> operations.reschedule(complete, next);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return (complete, operations) -> operations.reschedule(complete, clock.instant());
    }
  }

  private CompletionHandler<Void> settle(
      DeliveryKey key, Pending pending, Outcome outcome, Instant started, Duration took)
      throws SQLException {
    int attempt = pending.attempts() + 1;
    return switch (outcome) {
      case Delivered delivered -> {
        deliver(
            outbox.attempted(
                key,
                attempt,
                started,
                took,
                Result.DELIVERED,
                delivered.detail(),
                clock.instant()));
        yield (complete, operations) -> operations.remove();
      }
      case Gone gone -> {
        LOG.warn(ErrorId.WEBHOOK_GONE.line(key.receiver() + ": " + gone.detail() + "."));
        // First, so that who sees the failure may count on nothing more being sent.
        outbox.disable(key.receiver(), ErrorId.WEBHOOK_GONE.id() + ": " + gone.detail(), started);
        outbox.attempted(key, attempt, started, took, Result.GONE, gone.detail(), clock.instant());
        yield (complete, operations) -> operations.remove();
      }
      case Retry retry -> {
        boolean giveUp =
            pending.notice().items().isEmpty()
                || started.isAfter(pending.acceptedAt().plus(Backoff.GIVE_UP));
        Result result = giveUp ? Result.GAVE_UP : Result.RETRY;
        deliver(
            outbox.attempted(key, attempt, started, took, result, retry.detail(), clock.instant()));
        LOG.warn(
            ErrorId.WEBHOOK_FAILED.line(
                "%s, notice %s, try %d: %s."
                    .formatted(key.receiver(), key.noticeId(), attempt, retry.detail())));
        Instant next = clock.instant().plus(backoff.next(attempt, retry.after()));
        yield giveUp
            ? (complete, operations) -> operations.remove()
            : (complete, operations) -> operations.reschedule(complete, next);
      }
    };
  }

  @Override
  public void close() {
    scheduler.stop();
  }

  /**
   * The scheduler's own log of a database that is away is a stack trace a second: say it shortly.
   */
  private final class Troubles extends AbstractSchedulerListener {
    private final AtomicLong said = new AtomicLong();

    @Override
    public void onSchedulerEvent(SchedulerEventType type) {
      long now = clock.millis();
      long before = said.get();
      if (type == SchedulerEventType.UNEXPECTED_ERROR
          && now > before + SAY_AGAIN.toMillis()
          && said.compareAndSet(before, now)) {
        LOG.warn(ErrorId.DB_UNAVAILABLE.line("Deliveries wait in the outbox."));
      }
    }
  }
}
