package io.evenkeel.ui.livefeed;

import io.evenkeel.ui.store.StoreFault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls each thing that is looked at once a period, however many look, and stops when the last has
 * gone. Thread-safe.
 *
 * @param <K> what names a thing
 * @param <S> its state
 * @param <T> its source
 */
public final class SharedFeed<K, S, T extends Source<S>> {
  private static final Logger LOG = LoggerFactory.getLogger(SharedFeed.class);
  private static final int MOST_MORE = 8;

  private final Function<K, T> sources;
  private final ScheduledExecutorService executor;
  private final Duration period;
  private final Map<K, Polled> polled = new ConcurrentHashMap<>();

  /**
   * A feed that polls nothing yet.
   *
   * @param sources opens the source of a thing
   * @param executor runs the polls
   * @param period pause between two polls of a thing
   */
  public SharedFeed(Function<K, T> sources, ScheduledExecutorService executor, Duration period) {
    this.sources = sources;
    this.executor = executor;
    this.period = period;
  }

  /**
   * Tells {@code listener} of each tick from now on, the first time at once where the state is
   * known.
   *
   * @return ends it; may be run more than once
   */
  public Runnable follow(K key, Listener<S> listener) {
    Polled thing =
        polled.compute(
            key,
            (name, before) -> {
              Polled now = before == null ? new Polled(sources.apply(name)) : before;
              now.listeners.add(listener);
              now.start();
              return now;
            });
    Tick<S> last = thing.last;
    if (last != null) {
      tell(listener, last);
    }
    return () ->
        polled.computeIfPresent(
            key,
            (name, now) -> {
              now.listeners.remove(listener);
              if (now.listeners.isEmpty()) {
                now.stop();
                return null;
              }
              return now;
            });
  }

  /** The source of a thing that somebody follows. */
  public Optional<T> source(K key) {
    return Optional.ofNullable(polled.get(key)).map(thing -> thing.source);
  }

  /** Things that are polled now. */
  public int size() {
    return polled.size();
  }

  private void tell(Listener<S> listener, Tick<S> tick) {
    try {
      listener.onTick(tick);
    } catch (RuntimeException e) {
      // One page that cannot be told must not keep the others waiting.
      LOG.warn("a page could not be told of a tick", e);
    }
  }

  private final class Polled {
    private final T source;
    private final List<Listener<S>> listeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable Tick<S> last;
    private @Nullable Future<?> polling;

    private Polled(T source) {
      this.source = source;
    }

    // Once when it begins and once when it ends: a database that is away for an hour is two lines.
    private void logTurns(@Nullable Tick<S> before, Tick<S> now) {
      if (now instanceof Tick.Failed<S> failed && !(before instanceof Tick.Failed)) {
        LOG.warn(failed.fault().line());
      } else if (now instanceof Tick.Fresh && before instanceof Tick.Failed) {
        LOG.info("the database answers again");
      }
    }

    private synchronized void start() {
      if (polling == null) {
        polling =
            executor.scheduleWithFixedDelay(
                this::tick, 0, period.toMillis(), TimeUnit.MILLISECONDS);
      }
    }

    private synchronized void stop() {
      if (polling != null) {
        polling.cancel(false);
      }
    }

    private void tick() {
      one();
      // Not for ever: whatever a source says, others wait for these threads too.
      for (int more = 0; more < MOST_MORE && isWanted(); more++) {
        one();
      }
    }

    private boolean isWanted() {
      return !listeners.isEmpty() && last instanceof Tick.Fresh && source.isUnfinished();
    }

    private void one() {
      Tick<S> tick;
      try {
        tick = new Tick.Fresh<>(source.next());
      } catch (RuntimeException e) {
        tick = new Tick.Failed<>(StoreFault.of(e));
      }
      logTurns(last, tick);
      last = tick;
      for (Listener<S> listener : listeners) {
        tell(listener, tick);
      }
    }
  }
}
