package io.evenkeel.analytics.history;

import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.signal.ActivationSignals;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.signal.TensorSignals;
import io.evenkeel.contract.telemetry.ActivationSite;
import io.evenkeel.contract.telemetry.ExpertLoads;
import io.evenkeel.contract.telemetry.ExpertVector;
import io.evenkeel.contract.telemetry.GradientMethod;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.StepKey;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A stored step as the signals that it was made of. The views keep all that rules can see; what
 * they leave out is NaN here, or not there.
 */
public final class StoredSignals {

  private static final double NOT_STORED = Double.NaN;

  private StoredSignals() {}

  /** The signals of a stored step. */
  public static StepSignals of(String run, StoredSteps.Step step) {
    Row row = new Row(step.values());
    return new StepSignals(
        new StepKey(run, (int) row.count("incarnation"), step.number()),
        (int) row.count("ranks_seen"),
        (int) row.count("world_size"),
        row.time("at"),
        row.time("emitted_at"),
        row.count("tokens"),
        new Losses(
            row.figure("loss_lm"),
            row.figure("loss_lb"),
            row.figure("loss_z"),
            row.figure("loss_total")),
        row.figure("gradient_norm"),
        row.figure("clip_coefficient"),
        step.layers().stream().map(layer -> layer(new Row(layer))).toList(),
        step.activations().stream().map(site -> activation(new Row(site))).toList(),
        step.tensors().stream().map(tensor -> tensor(new Row(tensor))).toList(),
        row.figure("gradient_norm_ratio_max"),
        row.figure("gradient_norm_ratio_mean"),
        row.figure("logit_gradient_ratio_max"),
        row.figure("epsilon_over_rms_max"),
        row.figure("below_epsilon_share"),
        row.figure("loss_spike_score"),
        row.figure("gradient_norm_spike_score"),
        row.number("step_time_millis"),
        row.number("telemetry_time_millis"),
        row.number("straggler_skew"),
        row.count("non_finite"),
        knobs(step.knobs()),
        CommandPosition.NONE,
        scalars(step.scalars()),
        row.count("late_parts"),
        0,
        row.rank("slowest_rank"),
        row.rank("lowest_missing_rank"));
  }

  private static LayerSignals layer(Row row) {
    return new LayerSignals(
        (int) row.count("layer"),
        row.figure("gradient_norm_ratio"),
        row.figure("lm_gradient_norm"),
        row.figure("lb_gradient_norm"),
        row.figure("logit_gradient_ratio"),
        GradientMethod.ONE_PASS,
        row.figure("router_cosine_all"),
        row.figure("router_cosine_ffn"),
        ExpertLoads.of(Arrays.stream(row.vector("load")).mapToLong(Math::round).toArray()),
        ExpertVector.of(row.vector("probabilities")),
        row.figure("load_balance_loss"),
        row.number("max_violation"),
        row.number("coefficient_of_variation"),
        (int) row.count("dead_experts"),
        NOT_STORED,
        row.number("entropy_of_mean_normalised"),
        NOT_STORED,
        row.number("token_entropy_normalised"),
        row.number("soft_mutual_information"),
        row.number("ffn_experts_mean"),
        row.number("ffn_experts_std"),
        row.number("ffn_experts_relative_error"),
        row.number("zero_share"),
        row.number("router_z"),
        row.number("router_logit_max_abs"),
        ExpertVector.of(row.vector("selection_bias")),
        row.figure("expert_output_cosine"),
        row.figure("top1_churn"),
        null,
        null,
        row.number("ffn_experts_target"),
        (int) row.count("ffn_experts"));
  }

  private static ActivationSignals activation(Row row) {
    return new ActivationSignals(
        (int) row.count("layer"),
        ActivationSite.valueOf(row.text("site").toUpperCase(Locale.ROOT)),
        row.number("max_abs"),
        row.number("mean"),
        row.number("std"),
        row.number("rms"),
        row.number("kurtosis"),
        row.number("above_threshold_share"),
        row.count("non_finite"));
  }

  private static TensorSignals tensor(Row row) {
    return new TensorSignals(
        row.text("tensor"),
        row.number("gradient_rms"),
        row.figure("epsilon_over_rms"),
        row.number("below_epsilon_share"),
        row.number("below_epsilon_nonzero_share"),
        row.count("non_finite"),
        row.count("elements"));
  }

  private static List<KnobValue> knobs(List<Map<String, @Nullable Object>> rows) {
    return rows.stream()
        .map(Row::new)
        .map(row -> new KnobValue(row.text("knob"), row.text("scope"), row.number("value")))
        .toList();
  }

  private static Map<String, Double> scalars(List<Map<String, @Nullable Object>> rows) {
    Map<String, Double> scalars = new TreeMap<>();
    for (Map<String, @Nullable Object> values : rows) {
      Row row = new Row(values);
      scalars.put(row.text("name"), row.number("value"));
    }
    return scalars;
  }

  /** A row of a view by column. */
  private record Row(Map<String, @Nullable Object> values) {

    @Nullable Double figure(String column) {
      return values.get(column) instanceof Number number ? number.doubleValue() : null;
    }

    double number(String column) {
      Double value = figure(column);
      return value == null ? NOT_STORED : value;
    }

    long count(String column) {
      return values.get(column) instanceof Number number ? number.longValue() : 0;
    }

    @Nullable Integer rank(String column) {
      return values.get(column) instanceof Number number
          ? Integer.valueOf(number.intValue())
          : null;
    }

    String text(String column) {
      return String.valueOf(values.get(column));
    }

    Instant time(String column) {
      return values.get(column) instanceof Timestamp time ? time.toInstant() : Instant.EPOCH;
    }

    double[] vector(String column) {
      return values.get(column) instanceof Object[] items
          ? Arrays.stream(items)
              .mapToDouble(item -> item instanceof Number number ? number.doubleValue() : 0)
              .toArray()
          : new double[0];
    }
  }
}
