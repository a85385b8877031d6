package io.evenkeel.controller.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.alerting.config.AlertsConfig;
import io.evenkeel.alerting.config.AlertsFile;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.controller.notify.Outbox.DeliveryKey;
import io.evenkeel.controller.notify.Receiver.Outcome;
import io.evenkeel.controller.notify.channel.Channels;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The first try, the tasks and the sweep beside each other, on a real database. */
class DeliveryDeskIT {

  private static final String FILE =
      """
      route: {receiver: team, group_by: ['...']}
      receivers:
        - name: team
          webhook_configs: [{url: 'http://127.0.0.1:9/hook', allow_private: true}]
      """;

  private static TestDatabase database;

  private final LaterClock clock = new LaterClock();
  private Outbox outbox;
  private String channel;

  @BeforeAll
  static void start() throws Exception {
    database = TestDatabase.start();
  }

  @AfterAll
  static void stop() throws IOException {
    database.close();
  }

  @BeforeEach
  void empty() throws SQLException {
    database.execute(
        "truncate controller.notice, controller.receiver, controller.scheduled_tasks cascade");
    AlertsConfig config = AlertsFile.parse(FILE, Path.of("."), "").config().orElseThrow();
    outbox = new Outbox(database.source(), config);
    List<Receiver> channels = Channels.of(config, clock);
    outbox.register(channels);
    channel = channels.getFirst().id();
  }

  @Test
  void shouldSendOnceWhenTheSweepComesWhileTheFirstTryHangs() throws Exception {
    Counting receiver = new Counting();
    CountDownLatch answer = new CountDownLatch(1);
    receiver.before = answer::await;
    try (DeliveryDesk desk = desk(receiver)) {
      desk.deliver(accept("a"));
      await(() -> receiver.tries("a") == 1);
      // Long after the time that is the first try's: the sweep makes a task of it.
      clock.later = DeliveryDesk.FIRST_TRY.plusSeconds(30);
      desk.start();
      // Made, picked, and put off.
      await(
          () ->
              "t"
                  .equals(
                      database.query(
                          "select coalesce(bool_or(version >= 3), false)"
                              + " from controller.scheduled_tasks where task_name = 'delivery'")));
      answer.countDown();
      await(() -> "delivered".equals(database.query("select status from controller.batch")));
      clock.later = clock.later.plusSeconds(1);
      assertThat(outbox.waiting(10, clock.instant())).isEmpty();
      assertThat(receiver.tries("a")).isEqualTo(1);
    }
  }

  @Test
  void shouldLeaveANoticeToItsMakerAndThenFindIt() throws Exception {
    List<DeliveryKey> keys = accept("lost");
    Instant made = clock.instant();
    assertThat(outbox.waiting(10, made.minus(DeliveryDesk.FIRST_TRY))).isEmpty();
    Counting receiver = new Counting();
    // Its maker was killed; another finds it.
    clock.later = DeliveryDesk.FIRST_TRY.plusSeconds(1);
    assertThat(outbox.waiting(10, clock.instant().minus(DeliveryDesk.FIRST_TRY))).isEqualTo(keys);
    try (DeliveryDesk desk = desk(receiver)) {
      desk.start();
      await(() -> "delivered".equals(database.query("select status from controller.batch")));
      assertThat(receiver.tries("lost")).isEqualTo(1);
    }
  }

  @Test
  void shouldMakeATaskOfAFirstTryThatComesTooLate() throws Exception {
    Counting receiver = new Counting();
    List<DeliveryKey> keys = accept("late");
    clock.later = Duration.ofSeconds(10);
    try (DeliveryDesk desk = desk(receiver)) {
      desk.deliver(keys);
      await(
          () ->
              "1"
                  .equals(
                      database.query(
                          "select count(*) from controller.scheduled_tasks"
                              + " where task_name = 'delivery'")));
      assertThat(receiver.tries("late")).isZero();
    }
  }

  @Test
  void shouldTryAgainByTheTaskWhenTheFirstTryIsRefused() throws Exception {
    Counting receiver = new Counting();
    receiver.outcome =
        tries ->
            tries == 1
                ? new Outcome.Retry("HTTP 500", Optional.empty())
                : new Outcome.Delivered("HTTP 204");
    try (DeliveryDesk desk = desk(receiver)) {
      desk.start();
      desk.deliver(accept("again"));
      await(
          () ->
              "delivered 2"
                  .equals(
                      database.query("select status || ' ' || attempts from controller.batch")));
      assertThat(receiver.tries("again")).isEqualTo(2);
    }
  }

  @Test
  void shouldSendEachOnceInAStormAndNeverManyAtOnce() throws Exception {
    int count = 300;
    Counting receiver = new Counting();
    List<AlertEvent> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      events.add(event("storm" + i));
    }
    try (DeliveryDesk one = desk(receiver);
        DeliveryDesk other = desk(receiver)) {
      one.start();
      other.start();
      one.deliver(outbox.accept(events.subList(0, count / 2), clock.instant()));
      other.deliver(outbox.accept(events.subList(count / 2, count), clock.instant()));
      await(
          () ->
              Integer.toString(count)
                  .equals(
                      database.query(
                          "select count(*) from controller.batch where status = 'delivered'")));
      for (int i = 0; i < count; i++) {
        assertThat(receiver.tries("storm" + i)).as("storm" + i).isEqualTo(1);
      }
      // Four a receiver and controller.
      assertThat(receiver.most.get()).isBetween(1, 8);
    }
  }

  private DeliveryDesk desk(Receiver receiver) {
    return new DeliveryDesk(
        database.source(), outbox, List.of(receiver), new Backoff(new SplittableRandom(1)), clock);
  }

  private List<DeliveryKey> accept(String id) throws SQLException {
    return outbox.accept(List.of(event(id)), clock.instant());
  }

  private AlertEvent event(String id) {
    return new AlertEvent(
        id,
        "run",
        0,
        "plateau",
        "tensors/" + id,
        AlertState.FIRING,
        Severity.WARNING,
        1,
        2,
        0.3,
        0.1,
        "Something is high.",
        Map.of(),
        clock.instant(),
        clock.instant());
  }

  /** Takes what comes, and counts it. */
  private final class Counting implements Receiver {

    interface Wait {
      void pass() throws InterruptedException;
    }

    interface Answer {
      Outcome to(int tries);
    }

    private final Map<String, AtomicInteger> tries = new ConcurrentHashMap<>();
    private final AtomicInteger now = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private Wait before = () -> {};
    private Answer outcome = tries -> new Outcome.Delivered("HTTP 204");

    int tries(String id) {
      return tries.getOrDefault(id, new AtomicInteger()).get();
    }

    @Override
    public String id() {
      return channel;
    }

    @Override
    public String shownUrl() {
      return "http://127.0.0.1:9";
    }

    @Override
    public Outcome deliver(Notice notice) throws InterruptedException {
      most.accumulateAndGet(now.incrementAndGet(), Math::max);
      try {
        String id = notice.items().getFirst().alert().alertId();
        int mine = tries.computeIfAbsent(id, key -> new AtomicInteger()).incrementAndGet();
        before.pass();
        return outcome.to(mine);
      } finally {
        now.decrementAndGet();
      }
    }
  }

  /** The wall clock, and some time later. */
  private static final class LaterClock extends Clock {
    private volatile Duration later = Duration.ZERO;

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Instant instant() {
      // Behind the scheduler's own clock, so that what is put off here comes soon there.
      return Instant.now().minusSeconds(60).plus(later);
    }
  }

  @FunctionalInterface
  private interface Condition {
    boolean holds() throws SQLException;
  }

  private static void await(Condition condition) throws SQLException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("gave up waiting").isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }
}
