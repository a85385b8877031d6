package io.evenkeel.trainer.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The replicas of a run, each on its own thread; rank 0 on the thread that made the team. Work is
 * done in phases: all ranks do a task, and the phase ends when the last has done it. There is no
 * other synchronisation, so that no result depends on which rank is faster.
 */
public final class RankTeam implements AutoCloseable {
  private final List<Replica> replicas = new ArrayList<>();
  private final List<ExecutorService> threads = new ArrayList<>();
  private final LongSupplier nanoClock;
  private final long[] busyNanos;
  private long waitedNanos;

  /** Makes a rank's replica, on the rank's thread. */
  public interface Factory {
    /** A new replica. */
    Replica create(int rank) throws Exception;
  }

  /** What every rank does in a phase. */
  interface Task {
    void run(Replica replica) throws Exception;
  }

  private RankTeam(int ranks, LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.busyNanos = new long[ranks];
    for (int rank = 1; rank < ranks; rank++) {
      String name = "evenkeel-trainer-rank-" + rank;
      threads.add(
          Executors.newSingleThreadExecutor(
              work -> Thread.ofPlatform().daemon().name(name).unstarted(work)));
    }
  }

  /**
   * Makes the replicas, and the others equal to the first.
   *
   * @param nanoClock monotonic nanoseconds
   * @throws RankException when a replica cannot be made
   */
  public static RankTeam open(int ranks, Factory factory, LongSupplier nanoClock) {
    if (ranks < 1) {
      throw new IllegalArgumentException("ranks must be >= 1, not " + ranks);
    }
    RankTeam team = new RankTeam(ranks, nanoClock);
    try {
      team.replicas.add(call(() -> factory.create(0)));
      for (int index = 1; index < ranks; index++) {
        int rank = index;
        team.replicas.add(join(team.threads.get(rank - 1).submit(() -> factory.create(rank))));
      }
      team.shareLeader();
      return team;
    } catch (RuntimeException | Error e) {
      team.close();
      throw e;
    }
  }

  /** Makes every replica equal to that of rank 0. */
  public void shareLeader() {
    if (replicas.size() > 1) {
      List<double[]> snapshot = leader().snapshot();
      long updates = leader().optimizer().updates();
      all(
          replica -> {
            if (replica.rank() > 0) {
              replica.become(snapshot, updates);
            }
          });
    }
  }

  /** R. */
  public int ranks() {
    return replicas.size();
  }

  /** In the order of ranks. */
  List<Replica> replicas() {
    return replicas;
  }

  /** Rank 0, to be used by the thread that made the team. */
  public Replica leader() {
    return replicas.getFirst();
  }

  /** One phase. When ranks fail, the lowest one's failure is thrown after all have ended. */
  void all(Task task) {
    List<Future<?>> others = new ArrayList<>(threads.size());
    for (int index = 1; index < replicas.size(); index++) {
      Replica replica = replicas.get(index);
      others.add(threads.get(index - 1).submit(() -> timed(replica, task)));
    }
    @Nullable Throwable failure = null;
    try {
      timed(leader(), task);
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    long from = nanoClock.getAsLong();
    for (Future<?> other : others) {
      try {
        join(other);
      } catch (RuntimeException | Error e) {
        failure = failure == null ? e : failure;
      }
    }
    waitedNanos += nanoClock.getAsLong() - from;
    switch (failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }

  private void timed(Replica replica, Task task) {
    long from = nanoClock.getAsLong();
    call(
        () -> {
          task.run(replica);
          return replica;
        });
    busyNanos[replica.rank()] += nanoClock.getAsLong() - from;
  }

  private static <T> T call(Callable<T> work) {
    try {
      return work.call();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new RankException(e);
    }
  }

  private static <T> T join(Future<T> future) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          // A phase cannot be left half done: the interrupt is kept for whoever waits next.
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw new RankException(e);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Forgets the times. */
  void resetTimes() {
    java.util.Arrays.fill(busyNanos, 0);
    waitedNanos = 0;
  }

  /** How long a rank has worked, itself, since the times were reset, when its last phase ended. */
  long busyNanos(int rank) {
    return busyNanos[rank];
  }

  /** How long rank 0 has waited for the others since the times were reset. */
  long waitedNanos() {
    return waitedNanos;
  }

  /** Closes every replica on its thread. */
  @Override
  public void close() {
    for (int index = 1; index < replicas.size(); index++) {
      join(threads.get(index - 1).submit(replicas.get(index)::close));
    }
    threads.forEach(ExecutorService::shutdown);
    if (!replicas.isEmpty()) {
      leader().close();
    }
    replicas.clear();
  }
}
