package io.evenkeel.gateway.poll;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.gateway.problem.GatewayException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** All requests that wait, by run. */
public final class Waiters {

  private static final Duration RETRY = Duration.ofSeconds(5);

  private final int most;
  private final AtomicInteger waiting = new AtomicInteger();
  private final ConcurrentMap<String, Set<Waiter<?>>> byRun = new ConcurrentHashMap<>();
  private volatile boolean closed;

  private record Waiter<A>(CompletableFuture<A> future, Supplier<Optional<A>> look) {

    void tryToAnswer() {
      if (!future.isDone()) {
        look.get().ifPresent(future::complete);
      }
    }
  }

  /** At most {@code most} wait at a time. */
  public Waiters(int most) {
    this.most = most;
  }

  /** How many wait. */
  public int count() {
    return waiting.get();
  }

  /**
   * Waits until there is an answer.
   *
   * @param run whose {@link #wake} makes it look again
   * @param look the answer, if there is one now; called from several threads
   * @param otherwise the answer when the time is over; called once
   * @throws GatewayException 503 if too many wait
   */
  public <A> CompletableFuture<A> await(
      String run, Duration time, Supplier<Optional<A>> look, Supplier<A> otherwise) {
    Optional<A> now = look.get();
    if (now.isPresent() || time.isZero() || closed) {
      return CompletableFuture.completedFuture(now.orElseGet(otherwise));
    }
    if (waiting.incrementAndGet() > most) {
      waiting.decrementAndGet();
      throw GatewayException.unavailable(
          ErrorId.GATEWAY_BUSY, "Too many requests wait already.", RETRY);
    }
    CompletableFuture<A> future = new CompletableFuture<>();
    Waiter<A> waiter = new Waiter<>(future, look);
    byRun.compute(
        run,
        (key, known) -> {
          Set<Waiter<?>> waiters = known == null ? ConcurrentHashMap.newKeySet() : known;
          waiters.add(waiter);
          return waiters;
        });
    CompletableFuture<A> answer =
        future
            .orTimeout(time.toMillis(), TimeUnit.MILLISECONDS)
            .exceptionally(timeout -> otherwise.get())
            .whenComplete((result, failure) -> leave(run, waiter));
    // What came between the first look and the waiting would else be missed.
    waiter.tryToAnswer();
    if (closed) {
      waiter.future().cancel(false);
    }
    return answer;
  }

  /** Something has happened to a run. */
  public void wake(String run) {
    Set<Waiter<?>> waiters = byRun.get(run);
    if (waiters != null) {
      waiters.forEach(Waiter::tryToAnswer);
    }
  }

  /** Answers all that wait as if their time was over, and lets nobody wait any more. */
  public void close() {
    closed = true;
    byRun.values().forEach(waiters -> waiters.forEach(waiter -> waiter.future().cancel(false)));
  }

  private void leave(String run, Waiter<?> waiter) {
    waiting.decrementAndGet();
    byRun.computeIfPresent(
        run,
        (key, waiters) -> {
          waiters.remove(waiter);
          return waiters.isEmpty() ? null : waiters;
        });
  }
}
