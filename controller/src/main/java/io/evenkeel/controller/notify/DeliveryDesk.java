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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers what is in the outbox: each notice to a receiver is tried at once by who has made it,
 * and is a durable task from then on, tried by the back-off; groups whose next notice is due are
 * looked for every second. A sweep makes tasks of deliveries that have none, as a crash leaves
 * them.
 *
 * <p>Nobody else tries a notice in its first {@link #FIRST_TRY}: its maker begins in good time or
 * not at all, and the sweep leaves it alone so long. So a notice goes out twice only where a crash
 * or the database lets it be forgotten that it has gone out, and then by one id. Thread-safe.
 */
public final class DeliveryDesk implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DeliveryDesk.class);
  private static final int THREADS = 16;

  /** A receiver that hangs must not hold up the others. */
  private static final int THREADS_A_RECEIVER = 4;

  /** First tries at once, over all receivers; more would only wait for a connection. */
  private static final int FIRST_TRIES = 16;

  /** The maker's alone: longer than until it begins, and than a try with its notes takes. */
  static final Duration FIRST_TRY = Duration.ofSeconds(15);

  private static final Duration BEGINS_WITHIN = Duration.ofSeconds(3);
  private static final Duration SWEEP = Duration.ofSeconds(10);
  private static final Duration STOP = Duration.ofSeconds(1);
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

  private final ExecutorService firstTries = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore firstTryRoom = new Semaphore(FIRST_TRIES);

  /** What is being tried here; no more than there is room for. */
  private final Set<DeliveryKey> trying = ConcurrentHashMap.newKeySet();

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
            .execute((instance, context) -> tryAgain(DeliveryKey.decode(instance.getId())));
    RecurringTask<Void> sweep =
        Tasks.recurring("sweep", FixedDelay.of(SWEEP)).execute((instance, context) -> sweep());
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

  /**
   * Has notices delivered that were made just now: the first try is made at once where there is
   * room, and only what it leaves to do becomes a task.
   */
  public void deliver(List<DeliveryKey> keys) {
    for (DeliveryKey key : keys) {
      Semaphore places = room.get(key.receiver());
      if (places == null || !begin(key, places)) {
        schedule(key, clock.instant());
      }
    }
  }

  /** Begins a first try; false if there is no room for it. */
  private boolean begin(DeliveryKey key, Semaphore places) {
    if (!firstTryRoom.tryAcquire()) {
      return false;
    }
    if (!places.tryAcquire()) {
      firstTryRoom.release();
      return false;
    }
    try {
      firstTries.execute(
          () -> {
            try {
              firstTry(key);
            } finally {
              leave(places);
            }
          });
      return true;
    } catch (RejectedExecutionException e) {
      // The desk is being closed: whoever comes next finds the task.
      leave(places);
      return false;
    }
  }

  private void leave(Semaphore places) {
    places.release();
    firstTryRoom.release();
  }

  private void firstTry(DeliveryKey key) {
    try {
      Optional<Instant> next =
          inPlace(
              key,
              pending ->
                  clock.instant().isAfter(pending.acceptedAt().plus(BEGINS_WITHIN))
                      ? Optional.of(clock.instant())
                      : attempt(key, pending));
      // A connection is not to be had while one is interrupted.
      boolean interrupted = Thread.interrupted();
      next.ifPresent(at -> schedule(key, at));
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    } catch (RuntimeException e) {
      // The sweep finds it.
      if (e.getCause() instanceof SQLException) {
        LOG.warn(ErrorId.DB_UNAVAILABLE.line("A delivery waits: " + e.getMessage() + "."));
      } else {
        LOG.error("The first try of {} broke off", key, e);
      }
    }
  }

  private void schedule(DeliveryKey key, Instant at) {
    scheduler.scheduleIfNotExists(task.instance(key.encode()), at);
  }

  private void sweep() {
    try {
      Instant now = clock.instant();
      outbox.waiting(SWEEP_LIMIT, now.minus(FIRST_TRY)).forEach(key -> schedule(key, now));
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

  private CompletionHandler<Void> tryAgain(DeliveryKey key) {
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
      Optional<Instant> next = inPlace(key, pending -> attempt(key, pending));
      return (complete, operations) ->
          next.ifPresentOrElse(at -> operations.reschedule(complete, at), operations::remove);
    } finally {
      places.release();
    }
  }

  /** What is done with a delivery that waits; answers when to try again, empty for never. */
  @FunctionalInterface
  private interface Turn {
    Optional<Instant> take(Pending pending) throws SQLException, InterruptedException;
  }

  /** Takes a turn at a delivery, if it still waits and nobody is at it. */
  private Optional<Instant> inPlace(DeliveryKey key, Turn turn) {
    if (!trying.add(key)) {
      return Optional.of(clock.instant().plus(ROOM_WAIT));
    }
    try {
      Optional<Pending> pending = outbox.find(key);
      return pending.isEmpty() ? Optional.empty() : turn.take(pending.get());
    } catch (SQLException e) {
      // The task stays and is tried again; the receiver may hear of the notice twice, by one id.
      LOG.warn(ErrorId.DB_UNAVAILABLE.line("A delivery waits: " + e.getMessage() + "."));
      return Optional.of(clock.instant().plus(DATABASE_RETRY));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of(clock.instant());
    } finally {
      trying.remove(key);
    }
  }

  private Optional<Instant> attempt(DeliveryKey key, Pending pending)
      throws SQLException, InterruptedException {
    Receiver receiver = receivers.get(key.receiver());
    if (receiver == null) {
      return Optional.empty();
    }
    Instant started = clock.instant();
    if (pending.notice().items().isEmpty()) {
      return settle(
          key, pending, new Retry("its run was deleted", Optional.empty()), started, Duration.ZERO);
    }
    Outcome outcome = receiver.deliver(pending.notice());
    return settle(key, pending, outcome, started, Duration.between(started, clock.instant()));
  }

  private Optional<Instant> settle(
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
        yield Optional.empty();
      }
      case Gone gone -> {
        LOG.warn(ErrorId.WEBHOOK_GONE.line(key.receiver() + ": " + gone.detail() + "."));
        // First, so that who sees the failure may count on nothing more being sent.
        outbox.disable(key.receiver(), ErrorId.WEBHOOK_GONE.id() + ": " + gone.detail(), started);
        outbox.attempted(key, attempt, started, took, Result.GONE, gone.detail(), clock.instant());
        yield Optional.empty();
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
        yield giveUp ? Optional.empty() : Optional.of(next);
      }
    };
  }

  @Override
  public void close() {
    firstTries.shutdown();
    try {
      if (!firstTries.awaitTermination(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
        firstTries.shutdownNow();
        firstTries.awaitTermination(STOP.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      firstTries.shutdownNow();
      Thread.currentThread().interrupt();
    }
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
