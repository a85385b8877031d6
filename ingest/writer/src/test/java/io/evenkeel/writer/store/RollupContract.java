package io.evenkeel.writer.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.zaxxer.hikari.HikariDataSource;
import io.evenkeel.testing.SeededCases;
import io.evenkeel.writer.TestDatabase;
import io.evenkeel.writer.upkeep.Ripeness;
import io.evenkeel.writer.upkeep.Roller;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Series from roll-ups are those of the rows, the same on every kind of database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RollupContract {

  /** A metric, and where its rows are: table, expression of the series, column, condition. */
  private record Metric(String name, String table, String series, String col, String condition) {}

  private static final List<Metric> METRICS =
      List.of(
          new Metric("loss_lm", "step", "''", "loss_lm", "true"),
          new Metric("loss_lb", "step", "''", "loss_lb", "true"),
          new Metric("loss_z", "step", "''", "loss_z", "true"),
          new Metric("ranks_seen", "step", "''", "ranks_seen", "true"),
          new Metric("gradient_norm_ratio", "layer_step", "s.layer", "gradient_norm_ratio", "true"),
          new Metric("max_violation", "layer_step", "s.layer", "max_violation", "true"),
          new Metric("moe_in.max_abs", "activation_step", "s.layer", "max_abs", "s.site = 2"),
          new Metric(
              "layer_out.non_finite", "activation_step", "s.layer", "non_finite", "s.site = 1"),
          new Metric(
              "tensor.epsilon_over_rms",
              "tensor_step",
              name("tensor_id"),
              "epsilon_over_rms",
              "true"),
          new Metric("knob.k", "knob_step", name("scope_id"), "value", "true"),
          new Metric(
              "scalar.sparse", "scalar_step", "''", "value", name("name_id") + " = 'sparse'"),
          new Metric("scalar.dense", "scalar_step", "''", "value", name("name_id") + " = 'dense'"));

  private final AtomicInteger runs = new AtomicInteger();
  private TestDatabase database;
  private HikariDataSource pool;
  private BatchStore store;

  private record Value(int incarnation, long step, String series, double value) {}

  /** A new database, empty. */
  abstract TestDatabase open() throws Exception;

  /** How many random runs are worth their time here. */
  abstract int cases();

  @BeforeAll
  void migrate() throws Exception {
    database = open();
    database.database().migrate();
    pool = database.database().open();
    store = new BatchStore(pool, Clock.systemUTC());
  }

  @AfterAll
  void close() throws Exception {
    if (pool != null) {
      pool.close();
    }
    if (database != null) {
      database.close();
    }
  }

  TestDatabase database() {
    return database;
  }

  @Test
  void shouldAnswerAsTheRowsDoWhetherOrNotTheyAreRolledUp() {
    SeededCases.forEach(
        cases(),
        random -> {
          String name = "random-" + runs.incrementAndGet();
          RandomRun run = new RandomRun(name, random);
          long from = run.firstStep();
          int steps = 300 + random.nextInt(2_400);
          write(run.steps(0, from, steps));
          check(name, random);
          roll(1 + random.nextInt(4));
          check(name, random);
          roll(Integer.MAX_VALUE);
          check(name, random);
          // Repeated and late.
          write(run.again(0, from, steps, 20));
          check(name, random);
          write(run.steps(0, from + steps - 300, 1_200));
          roll(1);
          check(name, random);
          // From a checkpoint, twice.
          for (int incarnation = 1; incarnation <= 2; incarnation++) {
            write(run.steps(incarnation, from + random.nextInt(steps), 1_000));
            check(name, random);
            roll(Integer.MAX_VALUE);
            check(name, random);
          }
          write(run.again(0, from, steps, 3));
          roll(Integer.MAX_VALUE);
          assertThat(database.value("select count(*) from evenkeel_store.rollup_dirty"))
              .isEqualTo("0");
          check(name, random);
        });
  }

  private void write(List<Entry> entries) throws StoreException {
    for (int i = 0; i < entries.size(); i += 700) {
      store.write(entries.subList(i, Math.min(entries.size(), i + 700)));
    }
  }

  /** At most so many transactions. */
  void roll(int transactions) throws SQLException {
    int[] left = {transactions};
    new Roller(pool, Ripeness.AT_ONCE).roll(work -> --left[0] > 0);
  }

  private void check(String run, RandomGenerator random) throws SQLException {
    for (int i = 0; i < 4; i++) {
      Metric metric = METRICS.get(random.nextInt(METRICS.size()));
      List<Value> rows = rows(run, metric);
      long first = rows.stream().mapToLong(Value::step).min().orElse(0);
      long last = rows.stream().mapToLong(Value::step).max().orElse(0);
      String incarnation = random.nextInt(3) == 0 ? "0" : "null";
      Map<Integer, Long> begins = new HashMap<>();
      if (incarnation.equals("null")) {
        for (String row :
            database.rows(
                "select incarnation, first_step from evenkeel_store.incarnation"
                    + " join evenkeel_store.run using (run_id) where run = '"
                    + run
                    + "'")) {
          String[] fields = row.split("\\|");
          begins.put(Integer.parseInt(fields[0]), Long.parseLong(fields[1]));
        }
      }
      List<Value> current =
          rows.stream()
              .filter(
                  value ->
                      incarnation.equals("0")
                          ? value.incarnation() == 0
                          : begins.entrySet().stream()
                              .noneMatch(
                                  newer ->
                                      newer.getKey() > value.incarnation()
                                          && newer.getValue() <= value.step()))
              .toList();
      for (int j = 0; j < 3; j++) {
        long from = random.nextInt(3) == 0 ? 0 : first + random.nextLong(Math.max(1, last - first));
        long to =
            random.nextInt(3) == 0
                ? Long.MAX_VALUE
                : from
                    + random.nextLong(Math.max(1, Math.min(last - first, Long.MAX_VALUE - from)));
        assertSeries(
            "'%s', %s, '%s'".formatted(run, incarnation, metric.name()),
            from,
            to,
            1 + random.nextInt(random.nextBoolean() ? 8 : 600),
            current.stream().filter(value -> value.step() >= from && value.step() <= to).toList());
      }
    }
  }

  private List<Value> rows(String run, Metric metric) throws SQLException {
    List<Value> values = new ArrayList<>();
    for (String row :
        database.rows(
            ("select s.incarnation, s.step, s.%s, %s from evenkeel_store.%s s"
                    + " join evenkeel_store.run r using (run_id)"
                    + " where r.run = '%s' and s.%s is not null and %s")
                .formatted(
                    metric.col(),
                    metric.series(),
                    metric.table(),
                    run,
                    metric.col(),
                    metric.condition()))) {
      String[] fields = row.split("\\|", 4);
      values.add(
          new Value(
              Integer.parseInt(fields[0]),
              Long.parseLong(fields[1]),
              fields[3],
              Double.parseDouble(fields[2])));
    }
    return values;
  }

  private void assertSeries(String question, long from, long to, int buckets, List<Value> values)
      throws SQLException {
    List<String> answer =
        database.rows(
            "select series, bucket_step, min, max, mean, last, n from ui_v1_series(%s, %d, %d, %d)"
                .formatted(question, from, to, buckets));
    String what = "%s, %d to %d in %d".formatted(question, from, to, buckets);
    Map<String, TreeMap<Long, List<Value>>> bySeries =
        values.stream()
            .collect(
                Collectors.groupingBy(
                    Value::series,
                    Collectors.groupingBy(Value::step, TreeMap::new, Collectors.toList())));
    Map<String, Long> counted = new HashMap<>();
    Map<String, Integer> rowsOf = new HashMap<>();
    for (int i = 0; i < answer.size(); i++) {
      String[] fields = answer.get(i).split("\\|", -1);
      long begin = Long.parseLong(fields[1]);
      String[] next = i + 1 < answer.size() ? answer.get(i + 1).split("\\|", -1) : fields;
      TreeMap<Long, List<Value>> steps = Objects.requireNonNull(bySeries.get(fields[0]), what);
      long end = steps.lastKey();
      if (next != fields && next[0].equals(fields[0])) {
        end = Long.parseLong(next[1]) - 1;
      }
      List<Double> inside =
          steps.subMap(begin, true, end, true).values().stream()
              .flatMap(List::stream)
              .map(Value::value)
              .toList();
      assertBucket(what + " at " + answer.get(i), fields, inside);
      counted.merge(fields[0], Long.parseLong(fields[6]), Long::sum);
      rowsOf.merge(fields[0], 1, Integer::sum);
    }
    assertThat(rowsOf.values()).as(what).allMatch(count -> count <= buckets);
    assertThat(counted)
        .as(what)
        .isEqualTo(
            values.stream().collect(Collectors.groupingBy(Value::series, Collectors.counting())));
  }

  private static void assertBucket(String what, String[] fields, List<Double> values) {
    List<Double> numbers = values.stream().filter(value -> !value.isNaN()).toList();
    List<Double> finite = values.stream().filter(Double::isFinite).toList();
    Double max =
        numbers.size() < values.size()
            ? Double.NaN
            : values.stream().max(Double::compare).orElseThrow();
    Double min = numbers.stream().min(Double::compare).orElse(Double.NaN);
    assertThat(Double.valueOf(fields[3])).as("max of " + what).isEqualTo(max);
    assertThat(Double.valueOf(fields[2])).as("min of " + what).isEqualTo(min);
    assertThat(Double.valueOf(fields[5]))
        .as("last of " + what)
        .isEqualTo(values.get(values.size() - 1));
    assertThat(Long.parseLong(fields[6])).as("n of " + what).isEqualTo(values.size());
    Double mean = Double.valueOf(fields[4]);
    if (finite.isEmpty()) {
      assertThat(mean).as("mean of " + what).isEqualTo(max);
      return;
    }
    double expected = 0;
    double scale = 0;
    for (double value : finite) {
      expected += value / finite.size();
      scale += Math.abs(value) / finite.size();
    }
    assertThat(mean)
        .as("mean of " + what)
        .isCloseTo(expected, within(1e-12 * Math.min(scale, Double.MAX_VALUE) + 1e-300));
  }

  private static String name(String id) {
    return "(select name from evenkeel_store.name where name_id = s." + id + ")";
  }
}
