package io.evenkeel.writer.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.zaxxer.hikari.HikariDataSource;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.StepKey;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import io.evenkeel.writer.Await;
import io.evenkeel.writer.Samples;
import io.evenkeel.writer.TestDatabase;
import io.evenkeel.writer.TestKafka;
import io.evenkeel.writer.consume.WriterLoop;
import io.evenkeel.writer.deadletter.Incoming;
import io.evenkeel.writer.deadletter.PoisonIsolation;
import io.evenkeel.writer.store.BatchStore;
import io.evenkeel.writer.store.Entry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What goes wrong around the writer, and what comes to it that never should. */
class WriterFaultsIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir private static Path folder;
  private static TestKafka kafka;

  private TestDatabase database;
  private final List<RunningWriter> writers = new ArrayList<>();
  private final String run = "run-" + UUID.randomUUID();
  private final String group = "group-" + UUID.randomUUID();
  private final TrainingRun training = TrainingRuns.healthy(run).build();

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
  void shouldCostNothingButLagWhichTheMetricsShowWhenTheDatabaseIsAway() throws Exception {
    RunningWriter writer = start();
    kafka.send(training.telemetry(0, 0));
    writer.awaitCaughtUp();
    database.refuseConnections();
    for (long step = 1; step <= 3_000; step++) {
      kafka.send(training.telemetry(step, 0));
    }
    kafka.flush();
    Await.until(
        "the lag is shown, and why",
        LIMIT,
        () ->
            writer.metric("evenkeel_writer_lag_records", "") >= 3_000
                && writer.metric("evenkeel_writer_lag_seconds", "") > 1
                && writer.metric("evenkeel_writer_database_state", "unavailable") == 1);
    database.acceptConnections();
    Await.until("all is stored", LIMIT, () -> observations() == 3_001);
    Await.until(
        "no lag",
        LIMIT,
        () ->
            writer.metric("evenkeel_writer_lag_records", "") == 0
                && writer.metric("evenkeel_writer_lag_seconds", "") == 0
                && writer.metric("evenkeel_writer_database_state", "ok") == 1);
    assertThat(counted()).isEqualTo(3_001);
  }

  @Test
  void shouldCountExactlyWhenWritersComeAndGoUnderLoad() throws Exception {
    TrainingRun wide = TrainingRuns.healthy(run).ranks(8).build();
    RunningWriter first = start();
    first.awaitJoined();
    CompletableFuture<Void> load =
        CompletableFuture.runAsync(
            () -> {
              for (long step = 0; step < 400; step++) {
                wide.step(step).forEach(kafka::send);
                kafka.send(wide.signals(step));
              }
              kafka.flush();
            });
    Await.until("the first stores", LIMIT, () -> observations() > 0);
    RunningWriter second = start();
    second.awaitJoined();
    start().awaitJoined();
    first.stop();
    Await.until(
        "the second stores",
        LIMIT,
        () -> second.metric("evenkeel_writer_records", "") > 0 || load.isDone());
    second.stop();
    start().awaitJoined();
    load.get(LIMIT.toSeconds(), TimeUnit.SECONDS);

    Await.until("all is stored", LIMIT, () -> observations() == 3_200 && steps() == 400);
    assertThat(counted()).isEqualTo(3_200);
    assertThat(database.value("select count(*) from evenkeel_store.layer_step")).isEqualTo("1200");
    assertThat(
            database.value(
                "select count(*) from evenkeel_store.step s where not exists (select from"
                    + " evenkeel_store.rollup_dirty d where d.run_id = s.run_id"
                    + " and d.incarnation = s.incarnation and d.block = s.step >> 10)"))
        .as("steps whose block is not marked as changed")
        .isEqualTo("0");
  }

  @Test
  void shouldSaySoOnceAndGoOnWhenTheDiskIsFull() throws Exception {
    database.execute(
        "create function full_disk() returns trigger language plpgsql as $$ begin"
            + " raise exception 'could not extend file' using errcode = '53100'; end $$;"
            + "create trigger full_disk before insert on evenkeel_store.observation"
            + " for each row execute function full_disk()");
    Logger logger = (Logger) LoggerFactory.getLogger(WriterLoop.class);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    try {
      RunningWriter writer = start();
      training.stream(10).forEach(kafka::send);
      kafka.flush();
      Await.until(
          "it is tried again and again",
          LIMIT,
          () -> writer.metric("evenkeel_writer_store_failures", "EVK-DB-DISK-FULL") >= 3);
      assertThat(writer.metric("evenkeel_writer_database_state", "full")).isEqualTo(1);
      assertThat(observations()).isZero();

      database.execute("drop trigger full_disk on evenkeel_store.observation");

      Await.until("all is stored", LIMIT, () -> observations() == 10);
      assertThat(List.copyOf(log.list))
          .extracting(ILoggingEvent::getFormattedMessage)
          .filteredOn(line -> line.contains("EVK-DB-DISK-FULL"))
          .hasSize(1);
    } finally {
      logger.detachAppender(log);
    }
  }

  @Test
  void shouldStoreOnceWhenOneRecordComesAThousandTimes() throws Exception {
    StepTelemetry telemetry = training.telemetry(7, 0);
    StepSignals signals = training.signals(7);
    RunningWriter writer = start();
    byte[] garbage = "garbage".getBytes(StandardCharsets.UTF_8);
    kafka.send(Topics.TELEMETRY, run + "#0", garbage);
    for (int time = 0; time < 1_000; time++) {
      kafka.send(telemetry);
      kafka.send(signals);
      kafka.send(Topics.RUNS, run, Codecs.RUN_SPEC.encode(training.spec()));
      kafka.send(
          Topics.ALERTS,
          run,
          Codecs.ALERT_EVENT.encode(Samples.alert(run, "a1", AlertState.FIRING, 7)));
      kafka.send(Topics.AUDIT, run, Codecs.AUDIT_ENTRY.encode(Samples.audit(run, "d1")));
      if (time % 250 == 0) {
        writer.awaitCaughtUp();
      }
    }
    writer.awaitCaughtUp();
    assertThat(observations()).isEqualTo(1);
    assertThat(counted()).isEqualTo(1);
    assertThat(steps()).isEqualTo(1);
    assertThat(number("select count(*) from ui_v1_alerts where run = '%s'")).isEqualTo(1);
    assertThat(number("select count(*) from ui_v1_audit where run = '%s'")).isEqualTo(1);
    assertThat(number("select tokens_total from ui_v1_runs where run = '%s'")).isEqualTo(512);
    Await.until("the garbage alone is a letter", LIMIT, () -> letters("%") == 1);
  }

  @Test
  void shouldIsolatePoisonInAFewTransactions() throws Exception {
    database.execute(
        "alter table evenkeel_store.observation add constraint poison check (step <> 613)");
    List<Incoming> records = new ArrayList<>();
    for (int step = 0; step < 1_024; step++) {
      records.add(
          new Incoming(
              new ConsumerRecord<>(Topics.TELEMETRY, 0, step, new byte[0], new byte[] {1}),
              new Entry.Observation(training.telemetry(step, 0))));
    }
    AtomicInteger transactions = new AtomicInteger();
    try (HikariDataSource pool = database.database().open()) {
      BatchStore store = new BatchStore(pool, Clock.systemUTC());
      PoisonIsolation isolation =
          new PoisonIsolation(
              entries -> {
                transactions.incrementAndGet();
                store.write(entries);
              },
              Clock.systemUTC());

      assertThat(isolation.write(records))
          .extracting(letter -> letter.origin().offset())
          .containsExactly(613L);
    }
    assertThat(transactions).hasValueLessThanOrEqualTo(1 + 2 * 10);
    assertThat(observations()).isEqualTo(1_023);
    assertThat(counted()).isEqualTo(1_023);
  }

  @Test
  void shouldStoreOrDeadLetterTheAbsurdAndDelayNothing() throws Exception {
    StepTelemetry telemetry = training.telemetry(0, 0);
    StepSignals signals = training.signals(0);
    Instant yearOne = Instant.parse("0001-01-01T00:00:00Z");
    Instant year9999 = Instant.parse("9999-12-31T23:59:59Z");
    kafka.send(observation(telemetry, Long.MAX_VALUE, Samples.START));
    kafka.send(
        Samples.signals(
            signals, new StepKey(run, 0, Long.MAX_VALUE), Samples.START, signals.layers()));
    kafka.send(observation(telemetry, 1, yearOne));
    kafka.send(observation(telemetry, 2, year9999));
    kafka.send(Samples.signals(signals, new StepKey(run, 0, 1), yearOne, List.of()));
    kafka.send(Samples.signals(signals, new StepKey(run, 0, 2), year9999, List.of()));
    kafka.send(
        Samples.signals(
            signals,
            new StepKey(run, 0, 3),
            Samples.START,
            List.of(Samples.wide(signals.layers().get(0), 1_000_000))));
    // What no sender of ours can say: a run's name of 7 MB, times beyond all calendars.
    kafka.send(Topics.TELEMETRY, run, message(field(2, "x".repeat(7_000_000)), varint(6, 1)));
    kafka.send(
        Topics.TELEMETRY, run, message(field(2, run), varint(6, 1), varint(7, -1), varint(14, 1)));
    kafka.send(
        Topics.TELEMETRY, run, message(field(2, run), varint(6, 1), varint(7, -2), varint(14, 1)));
    kafka.send(
        Topics.TELEMETRY, run, message(field(2, run), varint(4, -1), varint(6, 1), varint(14, 1)));
    for (int step = 10; step < 30; step++) {
      kafka.send(training.telemetry(step, 0));
    }
    RunningWriter writer = start();
    writer.awaitCaughtUp();

    assertThat(observations()).isEqualTo(23);
    // The views end before the last number there is: no step comes after it.
    assertThat(steps()).isEqualTo(3);
    assertThat(database.value("select count(*) from evenkeel_store.step" + ofRun())).isEqualTo("4");
    assertThat(
            database.value(
                "select max(step) || ' ' || min(extract(year from at)) || ' '"
                    + " || max(extract(year from at)) from evenkeel_store.observation"
                    + ofRun()))
        .isEqualTo("9223372036854775807 1 9999");
    assertThat(database.value("select max(cardinality(load)) from ui_v1_layer_steps"))
        .isEqualTo("1000000");
    Await.until("letters", LIMIT, () -> letters("EVK-WIRE-INVALID") == 4);
    assertThat(database.value("select max(value_length) > 7000000 from ui_v1_dead_letters"))
        .isEqualTo("t");
    assertThat(database.value("select last_step from ui_v1_runs where run = '" + run + "'"))
        .isEqualTo("9223372036854775807");
  }

  private String ofRun() {
    return " where run_id = (select run_id from evenkeel_store.run where run = '" + run + "')";
  }

  private StepTelemetry observation(StepTelemetry base, long step, Instant wallTime) {
    return Samples.observation(base, new ObservationKey(run, 0, step, 0), wallTime, base.losses());
  }

  private static byte[] message(byte[]... fields) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.writeBytes(varint(1, 1));
    Arrays.stream(fields).forEach(message::writeBytes);
    return message.toByteArray();
  }

  private static byte[] field(int number, String text) {
    ByteArrayOutputStream field = new ByteArrayOutputStream();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    putVarint(field, number << 3 | 2);
    putVarint(field, bytes.length);
    field.writeBytes(bytes);
    return field.toByteArray();
  }

  private static byte[] varint(int number, long value) {
    ByteArrayOutputStream field = new ByteArrayOutputStream();
    putVarint(field, number << 3);
    putVarint(field, value);
    return field.toByteArray();
  }

  private static void putVarint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private long observations() throws Exception {
    return number(
        "select count(*) from evenkeel_store.observation join evenkeel_store.run using (run_id)"
            + " where run = '%s'");
  }

  private long steps() throws Exception {
    return number("select count(*) from ui_v1_run_steps where run = '%s'");
  }

  private long counted() throws Exception {
    return number("select stored from ui_v1_telemetry_counts where run = '%s'");
  }

  private long letters(String errorId) throws Exception {
    return number(
        "select count(*) from evenkeel_store.dead_letter"
            + " where convert_from(record_key, 'UTF8') like '%s%%' and error_id like '"
            + errorId.replace("%", "%%")
            + "'");
  }

  private long number(String sql) throws Exception {
    return Long.parseLong(database.value(sql.formatted(run)));
  }

  private RunningWriter start() {
    RunningWriter writer = new RunningWriter(database, kafka, group, UnaryOperator.identity());
    writers.add(writer);
    return writer;
  }
}
