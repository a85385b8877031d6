package io.evenkeel.writer.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.Lease;
import io.evenkeel.contract.command.RunAction;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import io.evenkeel.writer.Samples;
import io.evenkeel.writer.TestDatabase;
import io.evenkeel.writer.store.StoreException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BatchStoreIT {

  private static final List<String> TABLES =
      List.of(
          "run",
          "name",
          "incarnation",
          "sender_drop",
          "declaration",
          "observation",
          "step",
          "layer_step",
          "activation_step",
          "tensor_step",
          "knob_step",
          "scalar_step",
          "alert_event",
          "command",
          "command_ack",
          "audit",
          "dead_letter");

  private TestDatabase database;
  private HikariDataSource pool;
  private BatchStore store;

  @BeforeEach
  void open() throws Exception {
    database = TestDatabase.create();
    database.database().migrate();
    pool = database.database().open();
    store = new BatchStore(pool, Clock.systemUTC());
  }

  @AfterEach
  void close() throws Exception {
    pool.close();
    database.close();
  }

  @Test
  void shouldChangeNothingWhenEverythingIsStoredTwiceInAnyOrder() throws Exception {
    List<Entry> entries = everything("r1");
    store.write(entries);
    Map<String, String> once = contents();
    assertThat(once.get("observation")).startsWith("80|");
    assertThat(once.get("layer_step")).startsWith("120|");

    store.write(entries);
    List<Entry> doubled = new ArrayList<>(entries);
    doubled.addAll(entries);
    Collections.shuffle(doubled, new Random(4));
    store.write(doubled);
    for (Entry entry : entries) {
      store.write(List.of(entry));
    }

    assertThat(contents()).isEqualTo(once);
  }

  @Test
  void shouldCountExactlyWhatIsThereWhenBatchesOverlap() throws Exception {
    TrainingRun run = TrainingRuns.healthy("r1").ranks(3).build();
    List<Entry> entries =
        run.stream(50)
            .map(telemetry -> (Entry) new Entry.Observation(telemetry))
            .collect(java.util.stream.Collectors.toList());
    Random random = new Random(11);
    for (int i = 0; i < 60; i++) {
      int from = random.nextInt(entries.size());
      int to = from + random.nextInt(entries.size() - from + 1);
      store.write(entries.subList(from, to));
    }
    store.write(entries);

    assertThat(database.value("select count(*) from evenkeel_store.observation")).isEqualTo("150");
    assertThat(
            database.value(
                "select stored, dropped, first_step, last_step from ui_v1_telemetry_counts"))
        .isEqualTo("150|0|0|49");
    assertThat(database.value("select tokens_total from ui_v1_runs"))
        .isEqualTo(database.value("select sum(tokens) from evenkeel_store.observation"));
  }

  @Test
  void shouldFollowARunThroughItsPausesButNeverBackFromItsEnd() throws Exception {
    var spec = TrainingRuns.healthy("r1").build().spec();
    String status = "select status from ui_v1_runs";
    for (RunStatus told :
        List.of(RunStatus.RUNNING, RunStatus.PAUSED, RunStatus.RUNNING, RunStatus.PAUSED)) {
      store.write(List.of(new Entry.Declaration(Samples.declaration(spec, told, 0))));
      assertThat(database.value(status)).isEqualTo(told.name().toLowerCase(Locale.ROOT));
    }
    store.write(List.of(new Entry.Declaration(Samples.declaration(spec, RunStatus.FINISHED, 0))));
    for (RunStatus late : List.of(RunStatus.RUNNING, RunStatus.PAUSED)) {
      store.write(List.of(new Entry.Declaration(Samples.declaration(spec, late, 0))));
      assertThat(database.value(status)).isEqualTo("finished");
    }
  }

  @Test
  void shouldKeepTheFullerSignalsWhenAStepIsToldTwice() throws Exception {
    TrainingRuns settings = TrainingRuns.healthy("r1").ranks(2);
    var full = settings.build().signals(5);
    var partial = Signals.withRanksSeen(full, 1, List.of());
    store.write(List.of(new Entry.Signals(partial)));
    assertThat(database.value("select ranks_seen from ui_v1_run_steps")).isEqualTo("1");
    assertThat(database.value("select count(*) from ui_v1_layer_steps")).isEqualTo("0");

    store.write(List.of(new Entry.Signals(full)));
    store.write(List.of(new Entry.Signals(partial)));

    assertThat(database.value("select ranks_seen from ui_v1_run_steps")).isEqualTo("2");
    assertThat(database.value("select count(*) from ui_v1_layer_steps")).isEqualTo("3");
  }

  @Test
  void shouldMarkTheBlocksOfTheStepsItChangesWhenSignalsAreStored() throws Exception {
    String marks =
        "select incarnation, block, count(*) from evenkeel_store.rollup_dirty group by 1, 2"
            + " order by 1, 2";
    TrainingRun run = TrainingRuns.healthy("r1").build();
    store.write(
        List.of(
            new Entry.Signals(run.signals(1023)),
            new Entry.Signals(run.signals(1024)),
            new Entry.Signals(run.signals(1030))));
    assertThat(database.rows(marks)).containsExactly("0|0|1", "0|1|1");

    store.write(
        List.of(new Entry.Signals(run.signals(1024)), new Entry.Observation(run.telemetry(9, 0))));
    assertThat(database.rows(marks)).as("nothing has changed").containsExactly("0|0|1", "0|1|1");
  }

  @Test
  void shouldStoreNothingOfABatchWhenTheDatabaseRefusesOneOfIt() throws Exception {
    database.execute(
        "alter table evenkeel_store.observation add constraint no_7 check (step <> 7)");
    TrainingRun run = TrainingRuns.healthy("r1").build();
    List<Entry> entries =
        run.stream(10).map(telemetry -> (Entry) new Entry.Observation(telemetry)).toList();

    assertThatThrownBy(() -> store.write(entries))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.REJECTED));
    assertThat(database.value("select count(*) from evenkeel_store.observation")).isEqualTo("0");

    store.write(entries.subList(0, 7));
    assertThat(database.value("select count(*) from evenkeel_store.observation")).isEqualTo("7");
  }

  @Test
  void shouldStoreEveryStepOnceWhenAnotherWriterWasQuickerInTheMiddleOfALargeBatch()
      throws Exception {
    List<Entry> steps = signals(200);
    store.write(steps.subList(0, 10));
    new BatchStore(pool, Clock.systemUTC()).write(List.of(steps.get(180)));

    store.write(steps);

    assertThat(database.value("select count(*), max(step) from evenkeel_store.step"))
        .isEqualTo("200|199");
    assertThat(database.value("select count(*) from ui_v1_layer_steps")).isEqualTo("600");
  }

  @Test
  void shouldStoreNothingOfALargeBatchWhenTheDatabaseRefusesOneInItsMiddle() throws Exception {
    database.execute("alter table evenkeel_store.step add constraint no_90 check (step <> 90)");
    List<Entry> steps = signals(200);

    assertThatThrownBy(() -> store.write(steps))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.REJECTED));
    assertThat(database.value("select count(*) from evenkeel_store.step")).isEqualTo("0");

    store.write(steps.subList(100, 200));
    assertThat(database.value("select count(*) from evenkeel_store.step")).isEqualTo("100");
  }

  private static List<Entry> signals(int steps) {
    TrainingRun run = TrainingRuns.healthy("r1").build();
    return IntStream.range(0, steps)
        .mapToObj(step -> (Entry) new Entry.Signals(run.signals(step)))
        .toList();
  }

  @Test
  void shouldSayUnavailableAndGoOnWhenConnectionsAreCut() throws Exception {
    List<Entry> entries = everything("r1");
    store.write(entries.subList(0, 10));
    database.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
            + " where application_name = 'evenkeel-writer' and datname = current_database()");
    try {
      store.write(entries);
    } catch (StoreException e) {
      assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE);
      store.write(entries);
    }
    assertThat(database.value("select count(*) from evenkeel_store.observation")).isEqualTo("80");
  }

  @Test
  void shouldSayUnavailableWhenNobodyListens() {
    Database nowhere = new Database("jdbc:postgresql://127.0.0.1:1/none", "nobody", "");
    try (HikariDataSource closed = nowhere.open()) {
      BatchStore unreachable = new BatchStore(closed, Clock.systemUTC());
      assertThatThrownBy(() -> unreachable.write(everything("r1")))
          .isInstanceOfSatisfying(
              StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE));
    }
    assertThatThrownBy(nowhere::migrate)
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE));
  }

  @Test
  void shouldMigrateOnceWhenMigratedAgain() throws Exception {
    store.write(everything("r1"));
    Map<String, String> before = contents();
    String history = "select count(*) from public.evenkeel_writer_schema_history";
    String migrations = database.value(history);

    database.database().migrate();

    assertThat(database.value(history)).isEqualTo(migrations);
    assertThat(contents()).isEqualTo(before);
  }

  @Test
  void shouldMigrateBesideAnotherServicesTablesWhenTheyCameFirst() throws Exception {
    try (TestDatabase shared = TestDatabase.create()) {
      shared.execute("create table public.flyway_schema_history (anything int)");
      shared.execute("create table public.controller_state (run text)");
      shared.database().migrate();
      assertThat(shared.value("select count(*) from ui_v1_runs")).isEqualTo("0");
    }
  }

  @Test
  void shouldRejectTheSchemaWhenItIsNotOurs() throws Exception {
    try (TestDatabase foreign = TestDatabase.create()) {
      foreign.execute("create schema evenkeel_store; create table evenkeel_store.run (run text)");
      assertThatThrownBy(() -> foreign.database().migrate())
          .isInstanceOfSatisfying(
              StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.REJECTED));
    }
  }

  /** 40 steps of two ranks, and one of everything else. */
  private static List<Entry> everything(String name) {
    TrainingRun run = TrainingRuns.healthy(name).ranks(2).nan(20).build();
    List<Entry> entries = new ArrayList<>();
    entries.add(new Entry.Declaration(run.spec()));
    run.stream(40).forEach(telemetry -> entries.add(new Entry.Observation(telemetry)));
    run.signalsStream(40).forEach(signals -> entries.add(new Entry.Signals(signals)));
    for (AlertState state : AlertState.values()) {
      entries.add(new Entry.Alert(Samples.alert(name, "a1", state, 10 + state.ordinal())));
    }
    entries.add(
        new Entry.Issued(
            Samples.command(name, 1, new SetKnob("load_balance.alpha", "", 5e-4, 1e-3))));
    entries.add(
        new Entry.Issued(Samples.command(name, 2, new RunAction("save_checkpoint", Map.of()))));
    entries.add(
        new Entry.Issued(Samples.command(name, 0, new Lease(Samples.START.plusSeconds(30)))));
    entries.add(new Entry.Answer(Samples.ack(name, 1, AckStatus.APPLIED)));
    entries.add(new Entry.Answer(Samples.ack(name, 1, AckStatus.REJECTED)));
    entries.add(new Entry.Answer(Samples.ack(name, 2, AckStatus.REJECTED)));
    entries.add(new Entry.Decision(Samples.audit(name, "d1")));
    for (long offset : new long[] {-1, 7}) {
      byte[] value = "not protobuf".getBytes(StandardCharsets.UTF_8);
      entries.add(
          new Entry.Letter(
              new DeadLetter(
                  new DeadLetter.Origin("evenkeel.telemetry.v1", offset < 0 ? -1 : 2, offset),
                  new byte[0],
                  value,
                  value.length,
                  "EVK-WIRE-MALFORMED",
                  "bytes with a \0 in them",
                  "analytics",
                  Samples.START)));
    }
    entries.add(new Entry.Declaration(Samples.declaration(run.spec(), RunStatus.FINISHED, 0)));
    return entries;
  }

  /** Each table's row count and a hash over its rows; when a record was received is left out. */
  private Map<String, String> contents() throws Exception {
    Map<String, String> contents = new TreeMap<>();
    for (String table : TABLES) {
      contents.put(
          table,
          database.value(
              "select count(*), md5(string_agg(row, ',' order by row)) from (select"
                  + " (to_jsonb(t) - 'received_at')::text as row from evenkeel_store."
                  + table
                  + " t) rows"));
    }
    return contents;
  }
}
