package io.evenkeel.writer.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.zaxxer.hikari.HikariDataSource;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.RunAction;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.signal.TensorSignals;
import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.StepKey;
import io.evenkeel.testing.SeededCases;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import io.evenkeel.writer.Samples;
import io.evenkeel.writer.TestDatabase;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What the views answer, the same on every kind of database.
 *
 * <p>Run r1: incarnation 0 has steps 0 to 59 of two ranks, with NaN at 20; incarnation 1 begins
 * again at 40 and has steps to 79.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ViewsContract {

  private static final long FIRST_ENDS = 60;
  private static final long SECOND_BEGINS = 40;
  private static final long SECOND_ENDS = 80;

  private final TrainingRun first = TrainingRuns.healthy("r1").ranks(2).nan(20).build();
  private final TrainingRun second =
      TrainingRuns.healthy("r1").ranks(2).incarnation(1).seed(2).build();

  private TestDatabase database;

  /** A new database, empty. */
  abstract TestDatabase open() throws Exception;

  @BeforeAll
  void fill() throws Exception {
    database = open();
    database.database().migrate();
    try (HikariDataSource pool = database.database().open()) {
      BatchStore store = new BatchStore(pool, Clock.systemUTC());
      List<Entry> entries = new ArrayList<>();
      entries.add(new Entry.Declaration(first.spec()));
      for (long step = 0; step < FIRST_ENDS; step++) {
        first.step(step).forEach(telemetry -> entries.add(new Entry.Observation(telemetry)));
        entries.add(new Entry.Signals(first.signals(step)));
      }
      writeTwice(store, entries);
      entries.clear();
      entries.add(
          new Entry.Declaration(
              Samples.declaration(second.spec(), RunStatus.RUNNING, SECOND_BEGINS)));
      for (long step = SECOND_BEGINS; step < SECOND_ENDS; step++) {
        second.step(step).forEach(telemetry -> entries.add(new Entry.Observation(telemetry)));
        entries.add(new Entry.Signals(second.signals(step)));
      }
      entries.add(new Entry.Observation(Samples.dropped(second.telemetry(SECOND_ENDS - 1, 0), 0)));
      writeTwice(store, entries);
      writeTwice(store, events());
      writeTwice(store, undeclared());
    }
  }

  /** Every answer below is also that of a database to which everything was told twice. */
  private static void writeTwice(BatchStore store, List<Entry> entries) throws StoreException {
    store.write(entries);
    store.write(entries);
  }

  @AfterAll
  void close() throws Exception {
    if (database != null) { // null when the database is not to be had here, and the tests skipped
      database.close();
    }
  }

  private static List<Entry> events() {
    Command expired =
        new Command(
            "r1",
            1,
            new CommandPosition(1, 4),
            Samples.START,
            Samples.START.plusSeconds(1),
            12,
            new SetKnob("adam.epsilon", "", 1e-9, null),
            "epsilon-over-rms",
            "");
    return List.of(
        new Entry.Alert(Samples.alert("r1", "a1", AlertState.PENDING, 10)),
        new Entry.Alert(Samples.alert("r1", "a1", AlertState.FIRING, 12)),
        new Entry.Alert(Samples.alert("r1", "a1", AlertState.RESOLVED, 30)),
        new Entry.Alert(Samples.alert("r1", "a2", AlertState.PENDING, 11)),
        new Entry.Issued(
            Samples.command("r1", 1, new SetKnob("load_balance.alpha", "", 5e-4, 1e-3))),
        new Entry.Issued(Samples.command("r1", 2, new RunAction("save_checkpoint", Map.of()))),
        new Entry.Issued(
            Samples.command("r1", 3, new SetKnob("load_balance.alpha", "layers/1", 1, null))),
        new Entry.Issued(expired),
        new Entry.Answer(Samples.ack("r1", 1, AckStatus.APPLIED)),
        new Entry.Answer(Samples.ack("r1", 2, AckStatus.REJECTED)),
        new Entry.Decision(Samples.audit("r1", "d1")));
  }

  /** Run r2 was never declared; its rank 1 dropped 5 observations, then 9. */
  private static List<Entry> undeclared() {
    TrainingRun run = TrainingRuns.healthy("r2").ranks(2).build();
    StepSignals base = run.signals(0);
    StepSignals infinite =
        Signals.of(
            base,
            new StepKey("r2", 0, 3),
            new Losses(Double.POSITIVE_INFINITY, null, Double.NEGATIVE_INFINITY, Double.NaN),
            Map.of("user/scalar 'quoted' \u00e9\u4e2d", Double.NaN));
    return List.of(
        new Entry.Observation(Samples.dropped(run.telemetry(0, 0), 2)),
        new Entry.Observation(Samples.dropped(run.telemetry(0, 1), 5)),
        new Entry.Observation(Samples.dropped(run.telemetry(3, 1), 9)),
        new Entry.Signals(Signals.ofRanks(infinite, 1, 0)));
  }

  @Test
  void shouldShowOneRowARunToldByItsNewestIncarnation() throws Exception {
    assertThat(
            database.rows(
                "select run, incarnation, name, status, world_size, planned_steps, first_step,"
                    + " last_step, open_alerts, layers, ffn_experts, zero_experts, top_k,"
                    + " ffn_experts_target, labels->>'team', model->>'kind', optimizer->>'kind'"
                    + " from ui_v1_runs order by run"))
        .containsExactly(
            "r1|1|synthetic r1|running|2|10000|0|79|0|3|8|4|3|2|tests|synthetic|adamw",
            "r2|0|r2|running|2|0|0|3|0|3|8|4|3|2|null|null|null");
    assertThat(database.value("select loss_last from ui_v1_runs where run = 'r1'"))
        .isEqualTo(text(second.signals(SECOND_ENDS - 1).losses().languageModel()));
    assertThat(database.value("select tokens_total from ui_v1_runs where run = 'r1'"))
        .isEqualTo(Long.toString(80 * 2 * 512));
    assertThat(
            database.value(
                "select jsonb_array_length(knobs), knobs->0->>'knob',"
                    + " (knobs->0->>'maximum')::float8 from ui_v1_runs where run = 'r1'"))
        .isEqualTo(
            first.spec().knobs().size()
                + "|"
                + first.spec().knobs().get(0).knob()
                + "|"
                + text(first.spec().knobs().get(0).maximum()));
  }

  @Test
  void shouldShowOnlyCurrentStepsWhenAnIncarnationWasSuperseded() throws Exception {
    assertThat(
            database.rows(
                "select incarnation, min(step), max(step), count(*) from ui_v1_run_steps"
                    + " where run = 'r1' group by 1 order by 1"))
        .containsExactly("0|0|39|40", "1|40|79|40");
    for (String view : List.of("layer_steps", "activation_steps", "tensor_steps", "knob_steps")) {
      assertThat(
              database.rows(
                  "select incarnation, min(step), max(step), count(distinct step) from ui_v1_"
                      + view
                      + " where run = 'r1' group by 1 order by 1"))
          .as(view)
          .containsExactly("0|0|39|40", "1|40|79|40");
    }
    assertThat(
            database.rows(
                "select run, incarnation, stored, dropped, first_step, last_step"
                    + " from ui_v1_telemetry_counts order by 1, 2"))
        .containsExactly("r1|0|120|0|0|59", "r1|1|80|0|40|79", "r2|0|3|11|0|3");
  }

  @Test
  void shouldShowEveryFigureOfAStepAsItWasSent() throws Exception {
    for (long step : new long[] {0, 20, 39}) {
      StepSignals sent = first.signals(step);
      assertThat(
              database.value(
                  "select tokens, loss_lm, loss_lb, loss_z, loss_total, gradient_norm,"
                      + " clip_coefficient, step_time_millis, telemetry_time_millis,"
                      + " gradient_norm_ratio_max, gradient_norm_ratio_mean,"
                      + " logit_gradient_ratio_max, epsilon_over_rms_max, below_epsilon_share,"
                      + " loss_spike_score, gradient_norm_spike_score, straggler_skew, non_finite,"
                      + " ranks_seen, world_size, extract(epoch from at)::numeric(20,6)"
                      + " from ui_v1_run_steps where run = 'r1' and step = "
                      + step))
          .isEqualTo(
              joined(
                  sent.tokens(),
                  sent.losses().languageModel(),
                  sent.losses().loadBalance(),
                  sent.losses().hiddenZ(),
                  sent.losses().total(),
                  sent.gradientNorm(),
                  sent.clipCoefficient(),
                  sent.stepTimeMillis(),
                  sent.telemetryTimeMillis(),
                  sent.gradientNormRatioMax(),
                  sent.gradientNormRatioMean(),
                  sent.logitGradientRatioMax(),
                  sent.epsilonOverRmsMax(),
                  sent.belowEpsilonShare(),
                  sent.lossSpikeScore(),
                  sent.gradientNormSpikeScore(),
                  sent.stragglerSkew(),
                  sent.nonFinite(),
                  sent.ranksSeen(),
                  sent.worldSize(),
                  "%d.%06d"
                      .formatted(
                          sent.wallTime().getEpochSecond(), sent.wallTime().getNano() / 1000)));
    }
  }

  @Test
  void shouldShowEveryLayerAsItWasSent() throws Exception {
    LayerSignals layer = second.signals(50).layers().get(1);
    assertThat(
            database.value(
                "select gradient_norm_ratio, lm_gradient_norm, lb_gradient_norm,"
                    + " logit_gradient_ratio, router_cosine_all, router_cosine_ffn,"
                    + " load_balance_loss, max_violation, coefficient_of_variation, dead_experts,"
                    + " entropy_of_mean_normalised, token_entropy_normalised,"
                    + " soft_mutual_information, ffn_experts_mean, ffn_experts_std,"
                    + " ffn_experts_relative_error, ffn_experts_target, zero_share, router_z,"
                    + " router_logit_max_abs, expert_output_cosine, top1_churn"
                    + " from ui_v1_layer_steps where run = 'r1' and step = 50 and layer = 1"))
        .isEqualTo(
            joined(
                layer.gradientNormRatio(),
                layer.lmGradientNorm(),
                layer.lbGradientNorm(),
                layer.logitGradientRatio(),
                layer.routerCosineAll(),
                layer.routerCosineFfn(),
                layer.loadBalanceLoss(),
                layer.maxViolation(),
                layer.coefficientOfVariation(),
                layer.deadExperts(),
                layer.entropyOfMeanNormalised(),
                layer.tokenEntropyNormalised(),
                layer.softMutualInformation(),
                layer.ffnExpertsMean(),
                layer.ffnExpertsStd(),
                layer.ffnExpertsRelativeError(),
                layer.ffnExpertsTarget(),
                layer.zeroShare(),
                layer.routerZ(),
                layer.routerLogitMaxAbs(),
                layer.expertOutputCosine(),
                layer.top1Churn()));
    List<String> probabilities = new ArrayList<>();
    layer.probabilities().forEach(value -> probabilities.add(Float.toString((float) value)));
    List<String> stored =
        database.rows(
            "select unnest(probabilities) from ui_v1_layer_steps"
                + " where run = 'r1' and step = 50 and layer = 1");
    assertThat(stored.stream().map(Float::parseFloat).toList())
        .isEqualTo(probabilities.stream().map(Float::parseFloat).toList());
    assertThat(
            database.value(
                "select array_length(load, 1), (select sum(t) from unnest(load) t)"
                    + " from ui_v1_layer_steps where run = 'r1' and step = 50 and layer = 1"))
        .isEqualTo("12|" + 2 * 512 * 3);
  }

  @Test
  void shouldShowTensorsActivationsKnobsAndScalarsAsTheyWereSent() throws Exception {
    StepSignals sent = first.signals(7);
    TensorSignals tensor = sent.tensors().get(0);
    assertThat(
            database.value(
                "select gradient_rms, epsilon_over_rms, below_epsilon_share,"
                    + " below_epsilon_nonzero_share, non_finite, elements from ui_v1_tensor_steps"
                    + " where run = 'r1' and step = 7 and tensor = '"
                    + tensor.name()
                    + "'"))
        .isEqualTo(
            joined(
                tensor.gradientRms(),
                tensor.epsilonOverRms(),
                tensor.belowEpsilonShare(),
                tensor.belowEpsilonNonzeroShare(),
                tensor.nonFinite(),
                tensor.elements()));
    assertThat(
            database.value(
                "select count(*), count(distinct site) from ui_v1_activation_steps"
                    + " where run = 'r1' and step = 7"))
        .isEqualTo(
            sent.activations().size()
                + "|"
                + sent.activations().stream().map(a -> a.site()).distinct().count());
    assertThat(
            database.rows(
                "select knob, scope, value from ui_v1_knob_steps where run = 'r1' and step = 7"))
        .containsExactlyInAnyOrderElementsOf(
            sent.knobs().stream().map(k -> joined(k.knob(), k.scope(), k.value())).toList());
    assertThat(database.rows("select name, value from ui_v1_scalar_steps where run = 'r2'"))
        .containsExactly("user/scalar 'quoted' \u00e9\u4e2d|NaN");
  }

  @Test
  void shouldKeepInfinitiesAndNaNApartFromWhatWasNotReported() throws Exception {
    assertThat(
            database.value(
                "select loss_lm, loss_lb, loss_z, loss_total from ui_v1_run_steps"
                    + " where run = 'r2'"))
        .isEqualTo("Infinity|null|-Infinity|NaN");
  }

  @Test
  void shouldTellTheRanksThatAStepNames() throws Exception {
    assertThat(
            database.value(
                "select slowest_rank, lowest_missing_rank from ui_v1_run_steps where run = 'r2'"))
        .isEqualTo("1|0");
    assertThat(
            database.value(
                "select count(slowest_rank), count(lowest_missing_rank) from ui_v1_run_steps"
                    + " where run = 'r1'"))
        .as("they name none")
        .isEqualTo("0|0");
    assertThatThrownBy(
            () -> database.rows("select * from ui_v1_series('r2', null, 'slowest_rank', 0, 9, 9)"))
        .as("a rank is a name, and has no mean")
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("unknown metric");
  }

  @Test
  void shouldFoldAnIncidentsEventsIntoOneRow() throws Exception {
    assertThat(
            database.rows(
                "select alert_id, run, incarnation, rule, scope, severity, state, first_step,"
                    + " fired_step, resolved_step, value, threshold, labels->>'team',"
                    + " fired_emitted_at - fired_at, resolved_at is null, superseded"
                    + " from ui_v1_alerts order by 1"))
        .containsExactly(
            "a1|r1|0|gradient-norm-ratio|layers/1|critical|resolved|10|12|30|12.25|0.1|tests|"
                + "00:00:00.007|f|t",
            "a2|r1|0|gradient-norm-ratio|layers/1|warning|pending|10|null|null|11.25|0.1|tests|"
                + "null|t|t");
  }

  @Test
  void shouldJoinCommandsWithWhatBecameOfThem() throws Exception {
    assertThat(
            database.rows(
                "select sequence, kind, knob, scope, value_from, value_to, action, status,"
                    + " applied_step, ack_from, ack_to, error_id, ack_reason"
                    + " from ui_v1_commands order by epoch, sequence"))
        .containsExactly(
            "1|set_knob|load_balance.alpha||0.001|0.0005|null|applied|14|0.001|0.0005|null|null",
            "2|action|null|null|null|null|save_checkpoint|rejected|null|null|null"
                + "|EVK-COMMAND-SEQUENCE|seen before",
            "3|set_knob|load_balance.alpha|layers/1|null|1|null|pending|null|null|null|null|null",
            "4|set_knob|adam.epsilon||null|1e-09|null|expired|null|null|null|null|null");
    assertThat(
            database.rows(
                "select audit_id, decision, mode, value_to, evidence->>'ratio',"
                    + " evidence->>'loss', (evidence->>'threshold')::float8, command_sequence"
                    + " from ui_v1_audit"))
        .containsExactly("d1|acted|auto|0.0005|Infinity|NaN|0.1|1");
  }

  @Test
  void shouldAnswerSeriesAsTheRawStepsDoWhateverTheRangeAndBuckets() {
    List<String> metrics =
        List.of("loss_lm", "loss_total", "non_finite", "tokens", "epsilon_over_rms_max");
    SeededCases.forEach(
        25,
        random -> {
          String metric = metrics.get(random.nextInt(metrics.size()));
          long from = random.nextLong(0, 90);
          long to = random.nextInt(4) == 0 ? Long.MAX_VALUE : from + random.nextLong(0, 90);
          int buckets = random.nextInt(1, 40);
          Map<Long, Double> raw = new TreeMap<>();
          for (String row :
              database.rows(
                  "select step, %1$s from ui_v1_run_steps where run = 'r1' and %1$s is not null"
                          .formatted(metric)
                      + " and step between %d and %d".formatted(from, to))) {
            String[] fields = row.split("\\|");
            raw.put(Long.parseLong(fields[0]), Double.parseDouble(fields[1]));
          }
          assertSeries(metric, from, to, buckets, raw);
        });
  }

  private void assertSeries(String metric, long from, long to, int buckets, Map<Long, Double> raw)
      throws SQLException {
    List<String> rows =
        database.rows(
            "select series, bucket_step, min, max, mean, last, n from ui_v1_series('r1', null,"
                + " '%s', %d, %d, %d)".formatted(metric, from, to, buckets));
    assertThat(rows).hasSizeLessThanOrEqualTo(buckets);
    List<Long> starts = rows.stream().map(row -> Long.parseLong(row.split("\\|")[1])).toList();
    long counted = 0;
    for (int i = 0; i < rows.size(); i++) {
      String[] fields = rows.get(i).split("\\|");
      long begin = starts.get(i);
      long end = i + 1 < starts.size() ? starts.get(i + 1) : Long.MAX_VALUE;
      List<Double> values =
          raw.entrySet().stream()
              .filter(value -> value.getKey() >= begin && value.getKey() < end)
              .map(Map.Entry::getValue)
              .toList();
      counted += Long.parseLong(fields[6]);
      assertThat(fields[0]).isEmpty();
      assertThat(Long.parseLong(fields[6])).isEqualTo(values.size());
      boolean anyNaN = values.stream().anyMatch(value -> value.isNaN());
      assertThat(Double.valueOf(fields[3]))
          .isEqualTo(
              anyNaN
                  ? Double.valueOf(Double.NaN)
                  : values.stream().max(Double::compare).orElseThrow());
      assertThat(Double.valueOf(fields[5])).isEqualTo(values.get(values.size() - 1));
      List<Double> finite = values.stream().filter(Double::isFinite).toList();
      if (!finite.isEmpty()) {
        double mean = finite.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        assertThat(Double.parseDouble(fields[4])).isCloseTo(mean, within(1e-9 * Math.abs(mean)));
        assertThat(Double.parseDouble(fields[2]))
            .isEqualTo(finite.stream().min(Double::compare).orElseThrow());
      }
    }
    assertThat(counted).isEqualTo(raw.size());
  }

  @Test
  void shouldShowNaNInMaxWhenABucketHasIt() throws Exception {
    assertThat(
            database.rows(
                "select bucket_step, max, min = 'NaN', mean = 'NaN'"
                    + " from ui_v1_series('r1', null, 'loss_lm', 0, 79, 5) where max = 'NaN'"))
        .containsExactly("16|NaN|f|f");
  }

  @Test
  void shouldAnswerOneSeriesALayerTensorOrScope() throws Exception {
    assertThat(
            database.rows(
                "select series, count(*), sum(n) from ui_v1_series('r1', null,"
                    + " 'gradient_norm_ratio', null, null, 10) group by 1 order by 1"))
        .containsExactly("0|10|80", "1|10|80", "2|10|80");
    assertThat(
            database.value(
                "select count(distinct series), sum(n) from ui_v1_series('r1', null,"
                    + " 'moe_in.kurtosis', 0, 79, 4)"))
        .isEqualTo("3|240");
    assertThat(
            database.value(
                "select count(distinct series) from ui_v1_series('r1', null,"
                    + " 'tensor.gradient_rms', 0, 79, 4)"))
        .isEqualTo(Integer.toString(first.signals(0).tensors().size()));
    assertThat(
            database.value(
                "select sum(n) from ui_v1_series('r1', null, 'knob.load_balance.alpha', 0, 79, 4)"))
        .isEqualTo("80");
    assertThat(
            database.value(
                "select sum(n), max(max) from ui_v1_series('r2', null,"
                    + " 'scalar.user/scalar ''quoted'' \u00e9\u4e2d', null, null, 4)"))
        .isEqualTo("1|NaN");
  }

  @Test
  void shouldAnswerASupersededIncarnationWhenItIsAskedForByNumber() throws Exception {
    assertThat(
            database.value(
                "select min(bucket_step), sum(n) from ui_v1_series('r1', 0, 'loss_lm', 30, 100,"
                    + " 100)"))
        .isEqualTo("30|30");
  }

  @Test
  void shouldAnswerNothingOrRefuseWhenTheQuestionHasNoAnswer() throws Exception {
    assertThat(database.rows("select * from ui_v1_series('no-such', null, 'loss_lm', 0, 9, 4)"))
        .isEmpty();
    assertThat(database.rows("select * from ui_v1_series('r1', null, 'loss_lm', 9, 3, 4)"))
        .isEmpty();
    assertThat(database.rows("select * from ui_v1_series('r1', null, 'loss_lm', 5000, 9000, 4)"))
        .isEmpty();
    for (String metric : List.of("no_such", "load", "step", "run_id", "layer_out.nothing", "a;b")) {
      assertThatThrownBy(
              () ->
                  database.rows(
                      "select * from ui_v1_series('r1', null, '%s', 0, 9, 4)".formatted(metric)))
          .as(metric)
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("unknown metric");
    }
    assertThatThrownBy(
            () -> database.rows("select * from ui_v1_series('r1', null, 'loss_lm', 0, 9, 0)"))
        .isInstanceOf(SQLException.class);
  }

  TestDatabase database() {
    return database;
  }

  /** As PostgreSQL writes it: shortest digits that read back the same, no ".0". */
  private static String text(Object value) {
    if (value instanceof Double number) {
      return DoubleText.of(number);
    }
    return Objects.toString(value);
  }

  private static String joined(Object... values) {
    List<String> texts = new ArrayList<>();
    for (Object value : values) {
      texts.add(text(value));
    }
    return String.join("|", texts);
  }
}
