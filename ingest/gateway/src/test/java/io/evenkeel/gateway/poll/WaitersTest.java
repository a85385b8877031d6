package io.evenkeel.gateway.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.evenkeel.gateway.problem.GatewayException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WaitersTest {

  private static final Duration LONG = Duration.ofMinutes(5);

  private final Waiters waiters = new Waiters(10_000);
  private final AtomicInteger news = new AtomicInteger();

  private CompletableFuture<Integer> await(String run, Duration time) {
    return waiters.await(
        run, time, () -> Optional.of(news.get()).filter(value -> value > 0), () -> -1);
  }

  @Test
  void shouldAnswerAtOnceWhenThereIsAnAnswerOrNoTime() {
    assertThat(await("r", Duration.ZERO)).isCompletedWithValue(-1);
    news.set(3);
    assertThat(await("r", LONG)).isCompletedWithValue(3);
    assertThat(waiters.count()).isZero();
  }

  @Test
  void shouldAnswerAllOfTheRunAndNoOtherWhenWoken() {
    List<CompletableFuture<Integer>> waiting = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      waiting.add(await("r", LONG));
    }
    CompletableFuture<Integer> other = await("s", LONG);
    waiters.wake("r");
    assertThat(waiters.count()).isEqualTo(5_001);

    news.set(7);
    waiters.wake("r");

    assertThat(waiting).allSatisfy(each -> assertThat(each).isCompletedWithValue(7));
    assertThat(other).isNotDone();
    assertThat(waiters.count()).isEqualTo(1);
  }

  @Test
  void shouldAnswerOtherwiseWhenTheTimeIsOver() throws Exception {
    assertThat(await("r", Duration.ofMillis(20)).get(30, TimeUnit.SECONDS)).isEqualTo(-1);
    assertThat(waiters.count()).isZero();
  }

  @Test
  void shouldAnswerEverybodyAndLetNobodyWaitWhenClosed() {
    CompletableFuture<Integer> waiting = await("r", LONG);
    waiters.close();

    assertThat(waiting).isCompletedWithValue(-1);
    assertThat(await("r", LONG)).isCompletedWithValue(-1);
    assertThat(waiters.count()).isZero();
  }

  @Test
  void shouldRefuseWhenTooManyWait() {
    Waiters few = new Waiters(1);
    few.await("r", LONG, Optional::<Integer>empty, () -> -1);

    assertThatExceptionOfType(GatewayException.class)
        .isThrownBy(() -> few.await("r", LONG, Optional::<Integer>empty, () -> -1))
        .satisfies(refusal -> assertThat(refusal.status()).isEqualTo(503));
    assertThat(few.count()).isEqualTo(1);
  }
}
