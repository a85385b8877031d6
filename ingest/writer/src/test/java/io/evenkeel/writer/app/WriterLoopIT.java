package io.evenkeel.writer.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import io.evenkeel.writer.Await;
import io.evenkeel.writer.Samples;
import io.evenkeel.writer.TestDatabase;
import io.evenkeel.writer.TestKafka;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loop between a real broker and a real database. */
class WriterLoopIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir private static Path folder;
  private static TestKafka kafka;

  private TestDatabase database;
  private final List<RunningWriter> writers = new ArrayList<>();
  private final String run = "run-" + UUID.randomUUID();
  private final String group = "group-" + UUID.randomUUID();

  @BeforeAll
  static void startBroker() throws Exception {
    kafka = new TestKafka(folder);
  }

  @AfterAll
  static void stopBroker() {
    kafka.close();
  }

  @BeforeEach
  void createDatabase() throws Exception {
    database = TestDatabase.create();
    database.database().migrate();
  }

  @AfterEach
  void dropDatabase() throws Exception {
    for (RunningWriter writer : writers) {
      writer.stop();
    }
    database.close();
  }

  @Test
  void shouldStoreEverythingOnceWhenAllTopicsAreReadTwice() throws Exception {
    TrainingRun training = TrainingRuns.healthy(run).ranks(2).nan(7).build();
    kafka.send(Topics.RUNS, run, Codecs.RUN_SPEC.encode(training.spec()));
    training.stream(100).forEach(kafka::send);
    training.signalsStream(100).forEach(kafka::send);
    for (AlertState state : AlertState.values()) {
      kafka.send(
          Topics.ALERTS, run, Codecs.ALERT_EVENT.encode(Samples.alert(run, "a-" + run, state, 10)));
    }
    kafka.flush();

    RunningWriter first = start(group);
    awaitCounts("200|100|3");
    first.stop();
    RunningWriter second = start("again-" + group);
    second.awaitCaughtUp();
    second.stop();

    assertThat(counts()).isEqualTo("200|100|3");
    assertThat(value("select stored from ui_v1_telemetry_counts where run = '%s'"))
        .isEqualTo("200");
    assertThat(value("select loss_lm from ui_v1_run_steps where run = '%s' and step = 7"))
        .isEqualTo("NaN");
    assertThat(value("select name, status from ui_v1_runs where run = '%s'"))
        .isEqualTo("synthetic " + run + "|running");
  }

  @Test
  void shouldStoreEverythingOnceWhenKilledBetweenDatabaseCommitAndOffsetCommit() throws Exception {
    TrainingRun training = TrainingRuns.healthy(run).build();
    training.stream(50).forEach(kafka::send);
    kafka.flush();

    RunningWriter killed = start(group, WriterLoopIT::killedAtCommit);
    killed.awaitDeath("killed at the commit of the offsets");
    long stored = Long.parseLong(value("select count(*) from ui_v1_runs where run = '%s'"));
    assertThat(stored).as("the database had committed").isEqualTo(1);

    training.stream(80).skip(50).forEach(kafka::send);
    kafka.flush();
    start(group);
    awaitCounts("80|0|0");
    assertThat(value("select stored from ui_v1_telemetry_counts where run = '%s'")).isEqualTo("80");
  }

  @Test
  void shouldDeadLetterPoisonAndStoreItsNeighbours() throws Exception {
    database.execute(
        "alter table evenkeel_store.observation add constraint poison"
            + " check (step not in (13, 14, 40))");
    TrainingRun training = TrainingRuns.healthy(run).build();
    byte[] truncated = Arrays.copyOf(Codecs.STEP_TELEMETRY.encode(training.telemetry(60, 0)), 100);
    for (int step = 0; step < 60; step++) {
      kafka.send(training.telemetry(step, 0));
      if (step == 30) {
        kafka.send(Topics.TELEMETRY, run + "#0", "garbage".getBytes(StandardCharsets.UTF_8));
        kafka.send(Topics.TELEMETRY, run + "#0", truncated);
        kafka.send(Topics.TELEMETRY, run + "#0", new byte[0]);
        kafka.send(Topics.DEAD_LETTERS, run, "garbage".getBytes(StandardCharsets.UTF_8));
      }
    }
    kafka.flush();

    start(group);
    awaitCounts("57|0|0");
    Await.until(
        "dead letters are stored",
        LIMIT,
        () -> letters("EVK-STORE-REJECTED") == 3 && letters("EVK-WIRE-%") == 4);
    assertThat(
            database.rows(
                "select distinct service from ui_v1_dead_letters where error_id ="
                    + " 'EVK-STORE-REJECTED' and message like '%poison%' and value_length > 100"))
        .containsExactly("writer");
  }

  @Test
  void shouldKeepItsMembershipAndLoseNothingWhenTheDatabaseIsAway() throws Exception {
    TrainingRun training = TrainingRuns.healthy(run).build();
    RunningWriter writer = start(group);
    training.stream(10).forEach(kafka::send);
    kafka.flush();
    awaitCounts("10|0|0");
    List<String> members = members();
    assertThat(members).hasSize(1);

    database.refuseConnections();
    training.stream(40).skip(10).forEach(kafka::send);
    kafka.flush();
    // Longer than the session timeout: a writer that did not poll would be out of the group.
    Await.whileHolds(
        "membership while the database is away",
        Duration.ofSeconds(8),
        () -> members().equals(members));
    database.acceptConnections();

    awaitCounts("40|0|0");
    assertThat(members()).isEqualTo(members);
    assertThat(writer.isAlive()).isTrue();
  }

  @Test
  void shouldGoOnByItselfWhenTheDiskWasFull() throws Exception {
    database.execute(
        "create function full_disk() returns trigger language plpgsql as $$ begin"
            + " raise exception 'could not extend file' using errcode = '53100'; end $$;"
            + "create trigger full_disk before insert on evenkeel_store.observation"
            + " execute function full_disk()");
    TrainingRun training = TrainingRuns.healthy(run).build();
    training.stream(10).forEach(kafka::send);
    kafka.flush();
    RunningWriter writer = start(group);
    Await.whileHolds("nothing is stored", Duration.ofSeconds(1), () -> counts().equals("0|0|0"));
    assertThat(letters("EVK-STORE-REJECTED")).isZero();
    assertThat(writer.isAlive()).isTrue();

    database.execute("drop trigger full_disk on evenkeel_store.observation");

    awaitCounts("10|0|0");
  }

  @Test
  void shouldShareThePartitionsWhenSeveralWritersRunAndOneLeaves() throws Exception {
    TrainingRun training = TrainingRuns.healthy(run).ranks(8).build();
    RunningWriter first = start(group);
    first.awaitJoined();
    start(group);
    Await.until("two members", LIMIT, () -> members().size() == 2);
    training.stream(30).forEach(kafka::send);
    kafka.flush();
    first.stop();
    training.stream(60).skip(30).forEach(kafka::send);
    kafka.flush();

    awaitCounts("480|0|0");
    assertThat(value("select stored from ui_v1_telemetry_counts where run = '%s'"))
        .isEqualTo("480");
  }

  @Test
  void shouldBeVisibleSoonWhenAHundredRecordsASecondCome() throws Exception {
    RunningWriter writer = start(group);
    writer.awaitCaughtUp();
    TrainingRun training = TrainingRuns.healthy(run).build();
    int warmUp = 200;
    int records = 500;
    long[] sent = new long[records];
    long[] seen = new long[records];
    CompletableFuture<Void> watcher = CompletableFuture.runAsync(() -> watch(seen));
    long begin = System.nanoTime();
    for (int step = 0; step < records; step++) {
      long due = begin + step * 10_000_000L;
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      sent[step] = System.nanoTime();
      kafka.send(training.signals(step));
    }
    watcher.get(60, TimeUnit.SECONDS);
    long[] millis = new long[records - warmUp];
    for (int i = 0; i < millis.length; i++) {
      millis[i] = (seen[i + warmUp] - sent[i + warmUp]) / 1_000_000;
    }
    Arrays.sort(millis);
    System.out.printf(
        "visible after: p50 %d ms, p99 %d ms%n",
        millis[millis.length / 2], millis[millis.length * 99 / 100]);
    // Printed, not judged (the aim is 300 ms at p99): other work may have the processors.
    assertThat(seen).doesNotContain(0L);
  }

  private void watch(long[] seen) {
    try (var connection = database.connect();
        var query =
            connection.prepareStatement("select max(step) from ui_v1_run_steps where run = ?")) {
      query.setString(1, run);
      int visible = 0;
      while (visible < seen.length) {
        try (var rows = query.executeQuery()) {
          rows.next();
          long last = rows.getObject(1) == null ? -1 : rows.getLong(1);
          while (visible <= last) {
            seen[visible++] = System.nanoTime();
          }
        }
        LockSupport.parkNanos(2_000_000);
      }
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Observations, steps and alert events of this test's run. */
  private String counts() throws Exception {
    return value(
        "select (select count(*) from evenkeel_store.observation join evenkeel_store.run using"
            + " (run_id) where run = '%1$s'), (select count(*) from ui_v1_run_steps where run ="
            + " '%1$s'), (select count(*) from evenkeel_store.alert_event join"
            + " evenkeel_store.run using (run_id) where run = '%1$s')");
  }

  private void awaitCounts(String expected) throws Exception {
    Await.until("counts are " + expected, LIMIT, () -> counts().equals(expected));
  }

  private long letters(String errorId) throws Exception {
    // Other tests' records are read too, since the broker is shared: only this test's keys count.
    return Long.parseLong(
        database.value(
            "select count(*) from evenkeel_store.dead_letter where error_id like '%s'"
                    .formatted(errorId)
                + " and convert_from(record_key, 'UTF8') like '%s%%'".formatted(run)));
  }

  private String value(String sql) throws Exception {
    return database.value(sql.formatted(run));
  }

  private List<String> members() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
      return admin.describeConsumerGroups(List.of(group)).all().get().get(group).members().stream()
          .map(member -> member.consumerId())
          .sorted()
          .toList();
    }
  }

  private RunningWriter start(String inGroup) {
    return start(inGroup, UnaryOperator.identity());
  }

  private RunningWriter start(
      String inGroup, UnaryOperator<Consumer<byte[], byte[]>> consumerWrapper) {
    RunningWriter writer = new RunningWriter(database, kafka, inGroup, consumerWrapper);
    writers.add(writer);
    return writer;
  }

  /** A consumer whose process dies when it is about to commit offsets. */
  @SuppressWarnings("unchecked")
  private static Consumer<byte[], byte[]> killedAtCommit(Consumer<byte[], byte[]> consumer) {
    return (Consumer<byte[], byte[]>)
        Proxy.newProxyInstance(
            WriterLoopIT.class.getClassLoader(),
            new Class<?>[] {Consumer.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("commitSync")) {
                throw new IllegalStateException("killed at the commit of the offsets");
              }
              try {
                return method.invoke(consumer, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
