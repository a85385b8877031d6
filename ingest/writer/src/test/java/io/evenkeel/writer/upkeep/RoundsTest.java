package io.evenkeel.writer.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.error.ErrorId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RoundsTest {

  private static final Duration SOON = Duration.ofMillis(1);

  private final List<String> told = new CopyOnWriteArrayList<>();
  private final Rounds rounds =
      new Rounds(
          new UpkeepListener() {
            @Override
            public void failed(String task, ErrorId errorId) {
              told.add(task + " " + errorId);
            }

            @Override
            public void backlog(Optional<Backlog> backlog) {
              throw new AssertionError("nobody counts");
            }
          },
          SOON);

  @Test
  void shouldTellEveryFailureAndGoOnWhateverATaskThrows() throws Exception {
    List<Throwable> failures =
        new ArrayList<>(
            List.of(
                new SQLException("gone", "08006"),
                new SQLException("no room", "53100"),
                new SQLException("no such table", "42P01"),
                new SQLException("somebody holds it", "55P03"),
                new SQLException("not a number", "22003"),
                new SQLException("lets nobody in", "55000"),
                new SQLException("of the driver"),
                new IllegalStateException("a mistake"),
                new StackOverflowError()));
    CountDownLatch worked = new CountDownLatch(2);
    AtomicInteger others = new AtomicInteger();
    try (rounds) {
      rounds.every(SOON, "others", others::incrementAndGet);
      rounds.every(
          SOON,
          "task",
          () -> {
            if (!failures.isEmpty()) {
              throwIt(failures.removeFirst());
            }
            worked.countDown();
          });
      assertThat(worked.await(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(told)
        .containsExactly(
            "task EVK-DB-UNAVAILABLE",
            "task EVK-DB-DISK-FULL",
            "task EVK-WRITER-UPKEEP",
            "task EVK-WRITER-UPKEEP",
            "task EVK-WRITER-UPKEEP",
            "task EVK-DB-UNAVAILABLE",
            "task EVK-DB-UNAVAILABLE",
            "task EVK-WRITER-UPKEEP",
            "task EVK-WRITER-UPKEEP");
    assertThat(others).hasPositiveValue();
  }

  @Test
  void shouldEndItsThreadAndTellNothingWhenItIsStoppedInTheMiddleOfARound() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    rounds.every(
        SOON,
        "task",
        () -> {
          begun.countDown();
          boolean goesOn = rounds.rest(Duration.ofMinutes(10));
          ended.countDown();
          throw new SQLException("cut off, and goes on: " + goesOn);
        });
    assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();

    rounds.close();

    assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(told).isEmpty();
  }

  private static void throwIt(Throwable failure) throws SQLException {
    switch (failure) {
      case SQLException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalArgumentException(failure);
    }
  }
}
