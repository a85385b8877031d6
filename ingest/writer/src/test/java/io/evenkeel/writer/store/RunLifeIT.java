package io.evenkeel.writer.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.evenkeel.writer.TestDatabase;
import io.evenkeel.writer.upkeep.Retention;
import io.evenkeel.writer.upkeep.Ripeness;
import io.evenkeel.writer.upkeep.Roller;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Runs' rows on the embedded PostgreSQL: partitions, and many connections. */
class RunLifeIT extends RunLifeContract {

  @Override
  TestDatabase open() throws Exception {
    return TestDatabase.create();
  }

  @Test
  void shouldDropAndMakePartitionsAsRunsComeAndGo() throws Exception {
    try (TestDatabase fresh = TestDatabase.create()) {
      fresh.database().migrate();
      try (HikariDataSource connections = fresh.database().open()) {
        BatchStore writer = new BatchStore(connections, Clock.systemUTC());
        writer.write(steps("first", 0, 0, 40));
        fresh.execute(
            "insert into evenkeel_store.run (run) select 'r' || i from generate_series(1, 130) i");
        writer.write(steps("r130", 0, 0, 10));
        String ranges = "select first_run from evenkeel_store.run_range order by 1";
        assertThat(fresh.rows(ranges)).containsExactly("0", "128");
        String series = "select sum(n) from ui_v1_series('first', null, 'loss_lm', null, null, 9)";

        new Roller(connections, Ripeness.AT_ONCE).roll(work -> true);
        fresh.execute(
            "update evenkeel_store.incarnation set touched_at = now() - interval '9 days'");
        new Retention(connections, Duration.ofDays(7)).giveUp();

        assertThat(fresh.rows(ranges)).as("runs may still come to 128").containsExactly("128");
        assertThat(fresh.value("select to_regclass('evenkeel_store.step_r0') is null"))
            .isEqualTo("t");
        assertThat(fresh.value(series)).isEqualTo("40");
        writer.write(steps("first", 1, 40, 60));
        assertThat(fresh.rows(ranges)).containsExactly("0", "128");
        assertThat(fresh.value(series)).isEqualTo("60");
      }
    }
  }

  @Test
  void shouldWriteNoOrphansWhenARunIsDeletedAgainAndAgainWhileItIsStored() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        writers.add(threads.submit(() -> storeOver(stop)));
      }
      for (int i = 0; i < 15; i++) {
        deleteWhenThere("busy");
      }
      stop.set(true);
      for (Future<?> writer : writers) {
        writer.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(orphans()).isZero();
  }

  @Test
  void shouldAnswerEveryReaderWithTheRowsOfItsMomentWhenWritersAndRollersWorkAtOnce()
      throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(3);
    String question =
        "select (select coalesce(sum(n), 0) from ui_v1_series('live', null, 'loss_lm', null, null, 50))"
            + " = (select count(*) from ui_v1_run_steps where run = 'live')";
    try {
      List<Future<?>> rollers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        rollers.add(threads.submit(() -> rollOver(stop)));
      }
      Future<?> writer =
          threads.submit(
              () -> {
                for (int batch = 0; batch < 60; batch++) {
                  store().write(steps("live", 0, batch * 60L, batch * 60L + 80));
                }
                return null;
              });
      while (!writer.isDone()) {
        assertThat(database().value(question)).isEqualTo("t");
      }
      writer.get();
      stop.set(true);
      for (Future<?> roller : rollers) {
        roller.get();
      }
    } finally {
      stop.set(true);
      threads.shutdownNow();
    }
    new Roller(pool(), Ripeness.AT_ONCE).roll(work -> true);
    assertThat(database().value(question)).isEqualTo("t");
    assertThat(
            database()
                .value("select sum(n) from ui_v1_series('live', null, 'loss_lm', 0, null, 3)"))
        .isEqualTo("3620");
  }

  private Void rollOver(AtomicBoolean stop) throws SQLException {
    try (HikariDataSource connections = database().database().openForUpkeep()) {
      Roller roller = new Roller(connections, Ripeness.AT_ONCE);
      while (!stop.get()) {
        roller.roll(work -> !stop.get());
      }
    }
    return null;
  }

  private Void storeOver(AtomicBoolean stop) throws StoreException {
    try (HikariDataSource connections = database().database().open()) {
      BatchStore writer = new BatchStore(connections, Clock.systemUTC());
      for (long step = 0; !stop.get(); step += 5) {
        writer.write(steps("busy", 0, step, step + 10));
      }
    }
    return null;
  }

  private void deleteWhenThere(String run) throws SQLException {
    for (; ; ) {
      try {
        database().value("select evenkeel_store.delete_run('" + run + "')");
        return;
      } catch (SQLException e) {
        if (!"P0002".equals(e.getSQLState())) {
          throw e;
        }
      }
    }
  }
}
