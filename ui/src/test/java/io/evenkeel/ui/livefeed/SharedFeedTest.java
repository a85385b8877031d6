package io.evenkeel.ui.livefeed;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.error.ErrorId;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;

class SharedFeedTest {
  private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(2);
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger polls = new AtomicInteger();
  private volatile boolean down;
  private final SharedFeed<String, Integer, Source<Integer>> feed =
      new SharedFeed<>(
          key -> {
            opened.incrementAndGet();
            return () -> {
              if (down) {
                throw new DataAccessResourceFailureException("refused");
              }
              return polls.incrementAndGet();
            };
          },
          executor,
          Duration.ofMillis(5));

  @AfterEach
  void stop() {
    executor.shutdownNow();
  }

  @Test
  void shouldPollOnceForAllWhenManyLook() throws Exception {
    BlockingQueue<Tick<Integer>> first = new LinkedBlockingQueue<>();
    BlockingQueue<Tick<Integer>> second = new LinkedBlockingQueue<>();

    Runnable one = feed.follow("run", first::add);
    Runnable two = feed.follow("run", second::add);

    assertThat(first.poll(5, TimeUnit.SECONDS)).isInstanceOf(Tick.Fresh.class);
    assertThat(second.poll(5, TimeUnit.SECONDS)).isInstanceOf(Tick.Fresh.class);
    assertThat(opened).hasValue(1);
    one.run();
    assertThat(feed.size()).isEqualTo(1);
    two.run();
    assertThat(feed.size()).isZero();
  }

  @Test
  void shouldStopPollingWhenTheLastHasGone() throws Exception {
    BlockingQueue<Tick<Integer>> ticks = new LinkedBlockingQueue<>();
    Runnable unfollow = feed.follow("run", ticks::add);
    assertThat(ticks.poll(5, TimeUnit.SECONDS)).isNotNull();

    unfollow.run();
    unfollow.run();
    executor.shutdown();

    // A periodic task that still ran would keep the executor from terminating before it is
    // cancelled.
    assertThat(executor.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
    assertThat(feed.size()).isZero();
  }

  @Test
  void shouldTellTheFaultAndGoOnWhenTheDatabaseIsAway() throws Exception {
    BlockingQueue<Tick<Integer>> ticks = new LinkedBlockingQueue<>();
    down = true;
    Runnable unfollow = feed.follow("run", ticks::add);

    Tick<Integer> failed = ticks.poll(5, TimeUnit.SECONDS);
    assertThat(failed).isInstanceOf(Tick.Failed.class);
    assertThat(((Tick.Failed<Integer>) failed).fault().id()).isEqualTo(ErrorId.DB_UNAVAILABLE);
    assertThat(((Tick.Failed<Integer>) failed).fault().line()).doesNotContain("refused");

    down = false;
    Tick<Integer> next = failed;
    for (int i = 0; i < 1000 && next instanceof Tick.Failed; i++) {
      next = ticks.poll(5, TimeUnit.SECONDS);
    }
    assertThat(next).isInstanceOf(Tick.Fresh.class);
    unfollow.run();
  }

  @Test
  void shouldTellTheOthersWhenOneListenerFails() throws Exception {
    BlockingQueue<Tick<Integer>> ticks = new LinkedBlockingQueue<>();
    Runnable broken =
        feed.follow(
            "run",
            tick -> {
              throw new IllegalStateException("page is gone");
            });
    Runnable good = feed.follow("run", ticks::add);

    assertThat(ticks.poll(5, TimeUnit.SECONDS)).isNotNull();
    assertThat(ticks.poll(5, TimeUnit.SECONDS)).isNotNull();
    // The state is known by now: a page that fails when it is told of it at once can still leave.
    Runnable late =
        feed.follow(
            "run",
            tick -> {
              throw new IllegalStateException("page is gone");
            });
    late.run();
    broken.run();
    good.run();
    assertThat(feed.size()).isZero();
  }
}
