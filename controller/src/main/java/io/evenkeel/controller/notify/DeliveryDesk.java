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
import io.evenkeel.controller.notify.Outbox.Order;
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
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers what is in the outbox: each delivery is a durable task, tried at once and then by the
 * back-off. A sweep finds deliveries without a task, as a crash between the two may leave them.
 */
public final class DeliveryDesk implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DeliveryDesk.class);
  private static final int THREADS = 8;
  private static final int SWEEP_LIMIT = 1_000;
  private static final Duration DATABASE_RETRY = Duration.ofSeconds(2);

  private static final Duration ORDER_WAIT = Duration.ofMillis(500);
  private static final Duration SAY_AGAIN = Duration.ofSeconds(30);

  private final Outbox outbox;
  private final Map<String, Receiver> receivers = new LinkedHashMap<>();
  private final Backoff backoff;
  private final Clock clock;
  private final CustomTask<Void> task;
  private final Scheduler scheduler;

  /** A desk that delivers once started. */
  public DeliveryDesk(
      DataSource source, Outbox outbox, List<Receiver> receivers, Backoff backoff, Clock clock) {
    this.outbox = outbox;
    receivers.forEach(receiver -> this.receivers.put(receiver.id(), receiver));
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
    this.scheduler =
        Scheduler.create(source, task)
            .startTasks(sweep)
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

  private CompletionHandler<Void> attempt(DeliveryKey key) {
    try {
      Pending pending = outbox.find(key).orElse(null);
      Receiver receiver = receivers.get(key.receiver());
      if (pending == null || receiver == null) {
        // Delivered or given up before; or its receiver is not configured any more, and a later
        // start with it will find the delivery again.
        return (complete, operations) -> operations.remove();
      }
      if (pending.order() == Order.AFTER_FIRING) {
        Instant later = clock.instant().plus(ORDER_WAIT);
        return (complete, operations) -> operations.reschedule(complete, later);
      }
      Instant started = clock.instant();
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
        outbox.attempted(key, attempt, started, took, Result.DELIVERED, delivered.detail());
        yield (complete, operations) -> operations.remove();
      }
      case Gone gone -> {
        LOG.warn(ErrorId.WEBHOOK_GONE.line(key.receiver() + ": " + gone.detail() + "."));
        // First, so that who sees the failure may count on nothing more being sent.
        outbox.disable(key.receiver(), ErrorId.WEBHOOK_GONE.id() + ": " + gone.detail(), started);
        outbox.attempted(key, attempt, started, took, Result.GONE, gone.detail());
        yield (complete, operations) -> operations.remove();
      }
      case Retry retry -> {
        boolean giveUp = started.isAfter(pending.acceptedAt().plus(Backoff.GIVE_UP));
        Result result = giveUp ? Result.GAVE_UP : Result.RETRY;
        outbox.attempted(key, attempt, started, took, result, retry.detail());
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
