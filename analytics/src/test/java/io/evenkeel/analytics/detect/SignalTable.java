package io.evenkeel.analytics.detect;

import io.evenkeel.analytics.signal.SampleWindow;
import io.evenkeel.analytics.signal.SpikeScore;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.signal.ActivationSignals;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.signal.TensorSignals;
import io.evenkeel.contract.telemetry.ActivationSite;
import io.evenkeel.contract.telemetry.ExpertLoads;
import io.evenkeel.contract.telemetry.ExpertVector;
import io.evenkeel.contract.telemetry.GradientMethod;
import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.StepKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Signals from a table of a few columns; see src/test/resources/cases/generate.py. */
final class SignalTable {

  private static final int FFN_EXPERTS = 4;
  private static final double FFN_TARGET = 1.5;

  private static final List<String> LAYER_COLUMNS =
      List.of(
          "r_g",
          "r_z",
          "cosine",
          "token_entropy",
          "loads",
          "ffn_mean",
          "router_z",
          "expert_cosine",
          "bias");

  private SignalTable() {}

  static List<StepSignals> read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    String[] names = lines.get(0).split(",");
    List<StepSignals> steps = new ArrayList<>();
    SampleWindow losses = SpikeScore.emptyWindow();
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",");
      Map<String, String> row = new HashMap<>();
      for (int i = 0; i < names.length; i++) {
        row.put(names[i], cells[i]);
      }
      Double loss = number(row, "loss");
      steps.add(signals(row, loss, SpikeScore.of(loss, losses)));
      losses = loss == null ? losses : losses.with(loss);
    }
    return steps;
  }

  private static StepSignals signals(Map<String, String> row, Double loss, Double score) {
    long step = Long.parseLong(row.get("step"));
    Double ratio = number(row, "r_g");
    Double epsilon = number(row, "epsilon_over_rms");
    Double maxAbs = number(row, "max_abs");
    boolean layer = row.keySet().stream().anyMatch(LAYER_COLUMNS::contains);
    return new StepSignals(
        new StepKey("case", 0, step),
        (int) number(row, "ranks_seen", number(row, "world_size", 1)),
        (int) number(row, "world_size", 1),
        Instant.ofEpochSecond(step),
        Instant.ofEpochSecond(step),
        (long) number(row, "tokens", 512),
        new Losses(loss, null, null, null),
        number(row, "gradient_norm"),
        1.0,
        layer ? List.of(layer(row)) : List.of(),
        maxAbs == null
            ? List.of()
            : List.of(new ActivationSignals(0, ActivationSite.LAYER_OUT, maxAbs, 0, 1, 1, 3, 0, 0)),
        epsilon == null
            ? List.of()
            : List.of(
                new TensorSignals(
                    "layers.0.router", 1, epsilon, 0, number(row, "below_nonzero"), 0, 100)),
        ratio,
        ratio,
        null,
        epsilon,
        null,
        score,
        null,
        number(row, "step_time", 100),
        1,
        number(row, "skew", 0),
        row.containsKey("non_finite") ? Long.parseLong(row.get("non_finite")) : 0,
        List.of(),
        CommandPosition.NONE,
        Map.of(),
        0,
        0,
        rank(row, "slowest_rank"),
        rank(row, "missing_rank"));
  }

  /** A rank; a column below zero means none. */
  private static Integer rank(Map<String, String> row, String column) {
    int rank = Integer.parseInt(row.getOrDefault(column, "-1"));
    return rank < 0 ? null : rank;
  }

  private static LayerSignals layer(Map<String, String> row) {
    long[] loads =
        row.containsKey("loads")
            ? Arrays.stream(row.get("loads").split(";")).mapToLong(Long::parseLong).toArray()
            : new long[] {128, 128, 128, 128, 128, 128};
    double total = 0;
    double largest = 0;
    for (int i = 0; i < FFN_EXPERTS; i++) {
      total += loads[i];
      largest = Math.max(largest, loads[i]);
    }
    double ffnMean = number(row, "ffn_mean", FFN_TARGET);
    return new LayerSignals(
        0,
        number(row, "r_g"),
        null,
        null,
        number(row, "r_z"),
        GradientMethod.EXACT,
        number(row, "cosine"),
        null,
        ExpertLoads.of(loads),
        ExpertVector.of(new double[loads.length]),
        null,
        total == 0 ? 0 : largest / (total / FFN_EXPERTS) - 1,
        0,
        0,
        0,
        0,
        0,
        number(row, "token_entropy", 0.5),
        number(row, "soft_mi", 1),
        ffnMean,
        0,
        Math.abs(ffnMean - FFN_TARGET) / FFN_TARGET,
        0,
        number(row, "router_z", 10),
        0,
        row.containsKey("bias")
            ? ExpertVector.of(
                Arrays.stream(row.get("bias").split(";"))
                    .mapToDouble(Double::parseDouble)
                    .toArray())
            : ExpertVector.EMPTY,
        number(row, "expert_cosine"),
        null,
        null,
        null,
        FFN_TARGET,
        FFN_EXPERTS);
  }

  private static Double number(Map<String, String> row, String column) {
    return row.containsKey(column) ? Double.valueOf(row.get(column)) : null;
  }

  private static double number(Map<String, String> row, String column, double otherwise) {
    return row.containsKey(column) ? Double.parseDouble(row.get(column)) : otherwise;
  }
}
