package io.evenkeel.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.replay.tally.SkipReason;
import io.evenkeel.replay.tensorboard.EventFiles;
import io.evenkeel.testing.SeededCases;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever the order and the format, a log's steps are what was logged. */
class RunLogPropertyTest {
  private static final List<String> METRICS =
      List.of("loss", "grad_norm", "lr", "acc, top \"1\"", "säge", "tok/s");

  private record Row(long step, String metric, float value) {
    String csv() {
      return step + ",\"" + metric.replace("\"", "\"\"") + "\"," + (double) value + "\n";
    }
  }

  @TempDir Path dir;

  private static List<Row> rows(RandomGenerator random) {
    List<Row> rows = new ArrayList<>();
    long step = random.nextInt(3);
    int steps = 1 + random.nextInt(60);
    for (int i = 0; i < steps; i++) {
      for (String metric : METRICS) {
        if (random.nextInt(4) > 0) {
          rows.add(new Row(step, metric, value(random)));
        }
      }
      step += 1 + random.nextInt(5);
    }
    if (rows.isEmpty()) {
      rows.add(new Row(step, "loss", 1));
    }
    return rows;
  }

  private static float value(RandomGenerator random) {
    return switch (random.nextInt(10)) {
      case 0 -> Float.NaN;
      case 1 -> Float.NEGATIVE_INFINITY;
      case 2 -> 0;
      default -> random.nextFloat(-1e6f, 1e6f);
    };
  }

  private static Map<Long, Map<String, Double>> expected(List<Row> rows) {
    Map<Long, Map<String, Double>> steps = new TreeMap<>();
    for (Row row : rows) {
      steps
          .computeIfAbsent(row.step(), step -> new TreeMap<>())
          .put(row.metric(), (double) row.value());
    }
    return steps;
  }

  private static Map<Long, Map<String, Double>> found(Logs.Whole log) {
    Map<Long, Map<String, Double>> steps = new TreeMap<>();
    for (StepTelemetry step : log.telemetry()) {
      Map<String, Double> values = new TreeMap<>(step.scalars());
      Double loss = step.losses().languageModel();
      if (loss != null) {
        values.put("loss", loss);
      }
      Double norm = step.gradientNorm();
      if (norm != null) {
        values.put("grad_norm", norm);
      }
      step.knobs().forEach(knob -> values.put("lr", knob.value()));
      assertThat(step.key().incarnation()).isZero();
      assertThat(steps.put(step.key().step(), values)).isNull();
    }
    return steps;
  }

  @Test
  void shouldGiveTheStepsThatWereLoggedWhenRowsLieInAnyOrder() {
    SeededCases.forEach(
        60,
        random -> {
          List<Row> byStep = rows(random);
          List<Row> byMetric = new ArrayList<>(byStep);
          byMetric.sort(Comparator.comparing(Row::metric));
          for (List<Row> rows : List.of(byStep, byMetric)) {
            StringBuilder csv = new StringBuilder("step,metric,value\n");
            rows.forEach(row -> csv.append(row.csv()));
            Logs.Whole log = new Logs(dir).read("log.csv", csv.toString());
            assertThat(found(log)).isEqualTo(expected(rows));
            assertThat(log.skipped()).isEmpty();
          }
          EventFiles events = new EventFiles();
          byStep.forEach(row -> events.scalar(row.step(), row.metric(), row.value()));
          Logs.Whole log = new Logs(dir).read("events.out.tfevents.1", events.bytes());
          assertThat(found(log)).isEqualTo(expected(byStep));
        });
  }

  @Test
  void shouldLoseNoOtherRecordWhenABitOfAnEventFileFlips() {
    SeededCases.forEach(
        200,
        random -> {
          List<Row> rows = rows(random);
          EventFiles events = new EventFiles();
          rows.forEach(row -> events.scalar(row.step(), row.metric(), row.value()));
          byte[] bytes = events.bytes();
          int at = random.nextInt(bytes.length);
          bytes[at] ^= (byte) (1 << random.nextInt(8));
          Logs.Whole log;
          try {
            log = new Logs(dir).read("events.out.tfevents.1", bytes);
          } catch (ReplayException e) {
            // Nothing usable left: there was one record, and the bit was in it.
            assertThat(rows).hasSize(1);
            return;
          }
          long values = found(log).values().stream().mapToLong(Map::size).sum();
          assertThat(values).isBetween(rows.size() - 1L, (long) rows.size());
          assertThat(log.skipped().keySet()).isSubsetOf(SkipReason.DAMAGED, SkipReason.UNFINISHED);
          assertThat(log.skipped()).isNotEmpty();
        });
  }

  @Test
  void shouldEndInOrderWhenTheFileIsAnythingAtAll() {
    SeededCases.forEach(
        300,
        random -> {
          String name =
              List.of("x.csv", "x.jsonl", "trainer_state.json", "events.out.tfevents.1", "x")
                  .get(random.nextInt(5));
          byte[] bytes = anything(random);
          try {
            Logs.Whole log = new Logs(dir).read(name, bytes);
            assertThat(log.steps().size() + log.skipped().size()).isNotNegative();
          } catch (ReplayException e) {
            assertThat(e.errorId().id()).startsWith("EVK-REPLAY-");
          }
          assertThat(new Logs(dir).leftOver()).isEmpty();
        });
  }

  private static byte[] anything(RandomGenerator random) {
    byte[] bytes = new byte[random.nextInt(400)];
    if (random.nextBoolean()) {
      random.nextBytes(bytes);
    } else {
      // Near the formats, where parsers have their corners.
      String alphabet = "{}[]\":,\n\r\\01.-eNaNstepmetricvaluelog_history \u0000é";
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
      }
      byte[] head =
          random.nextBoolean()
              ? "{\"log_history\":[".getBytes(java.nio.charset.StandardCharsets.UTF_8)
              : new byte[0];
      System.arraycopy(head, 0, bytes, 0, Math.min(head.length, bytes.length));
    }
    return random.nextInt(10) == 0 ? Arrays.copyOf(new byte[] {0x1f, (byte) 0x8b}, 30) : bytes;
  }
}
