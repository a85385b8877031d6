package io.evenkeel.analytics.signal;

import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.run.Knobs;
import io.evenkeel.contract.telemetry.ActivationSite;
import io.evenkeel.contract.telemetry.ActivationSums;
import io.evenkeel.contract.telemetry.ExpertLoads;
import io.evenkeel.contract.telemetry.ExpertVector;
import io.evenkeel.contract.telemetry.GradientMethod;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.MoeLayerTelemetry;
import io.evenkeel.contract.telemetry.MoeShape;
import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.Placement;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.telemetry.TensorTelemetry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A case of the reference model (made by src/test/resources/golden/extract.py) and the telemetry
 * that a trainer would send of it: per-token values are summed here, token by token, as a trainer
 * does.
 */
final class GoldenCase {

  private final String name;
  private final Map<String, double[]> values = new LinkedHashMap<>();

  private GoldenCase(String name) {
    this.name = name;
  }

  static GoldenCase load(String name) {
    GoldenCase golden = new GoldenCase(name);
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    GoldenCase.class.getResourceAsStream("/golden/" + name + ".golden")),
                StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.split(" ");
        golden.values.put(
            words[0],
            Arrays.stream(words)
                .skip(1)
                .mapToDouble(w -> w.equals("null") ? Double.NaN : Double.parseDouble(w))
                .toArray());
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return golden;
  }

  double[] all(String path) {
    return Objects.requireNonNull(values.get(path), path);
  }

  double one(String path) {
    return all(path)[0];
  }

  int count(String path) {
    return (int) one(path);
  }

  int layers() {
    return count("config.L");
  }

  Set<String> tensors() {
    Set<String> names = new LinkedHashSet<>();
    for (String path : values.keySet()) {
      if (path.startsWith("tensor.") && path.endsWith(".grad_rms")) {
        names.add(path.substring("tensor.".length(), path.length() - ".grad_rms".length()));
      }
    }
    return names;
  }

  /** What {@code worldSize} ranks send, rank r having every worldSize-th token from r on. */
  List<StepTelemetry> telemetry(int worldSize) {
    List<StepTelemetry> ranks = new ArrayList<>();
    for (int rank = 0; rank < worldSize; rank++) {
      ranks.add(rank(rank, worldSize));
    }
    return ranks;
  }

  private StepTelemetry rank(int rank, int worldSize) {
    int tokens = 0;
    for (int t = rank; t < count("T"); t += worldSize) {
      tokens++;
    }
    List<MoeLayerTelemetry> layers = new ArrayList<>();
    for (int l = 0; l < layers(); l++) {
      layers.add(layer(l, rank, worldSize));
    }
    return new StepTelemetry(
        new ObservationKey(name, 0, 0, rank),
        worldSize,
        Instant.EPOCH,
        100,
        1,
        tokens,
        new Losses(
            one("forward.loss_lm"),
            one("forward.loss_lb"),
            one("forward.loss_z"),
            one("forward.loss_total")),
        one("grad_norm"),
        one("clip_coef"),
        Placement.REPLICATED,
        tensors().stream().map(this::tensor).toList(),
        new MoeShape(
            layers(),
            count("config.N"),
            count("config.Z"),
            count("config.K"),
            one("config.Ke"),
            count("config.D")),
        layers,
        List.of(hidden(rank, worldSize)),
        List.of(new KnobValue(Knobs.ADAM_EPSILON, "", one("optimizer.eps"))),
        CommandPosition.NONE,
        Map.of(),
        0);
  }

  private MoeLayerTelemetry layer(int l, int rank, int worldSize) {
    int experts = count("config.N") + count("config.Z");
    int k = count("config.K");
    int tokens = count("T");
    double[] routed = all("layer." + l + ".R");
    double[] selected = all("layer." + l + ".sel");
    long[] load = new long[experts];
    double[] sums = new double[experts];
    double entropy = 0;
    double ffn = 0;
    double ffnSquares = 0;
    int own = 0;
    for (int t = rank; t < tokens; t += worldSize) {
      own++;
      int n = 0;
      for (int j = 0; j < k; j++) {
        int expert = (int) selected[t * k + j];
        load[expert]++;
        n += expert < count("config.N") ? 1 : 0;
      }
      ffn += n;
      ffnSquares += n * n;
      for (int i = 0; i < experts; i++) {
        double r = routed[t * experts + i];
        sums[i] += r;
        entropy -= r * Math.log(r);
      }
    }
    String signal = "signal." + l + ".";
    double share = (double) own / tokens;
    // The reference gives gradients of the whole batch's mean loss. A rank's part of their
    // token-summed
    // form is any split that adds up: here one that differs from rank to rank.
    double tilt = worldSize == 1 ? 1 : rank == 0 ? 1.5 : 1 - 0.5 / (worldSize - 1);
    double portion = worldSize == 1 ? tokens : tilt * tokens / worldSize;
    double coefficient = one("config.alpha") / layers();
    double square = share * tokens * tokens;
    return new MoeLayerTelemetry(
        l,
        coefficient,
        one(signal + "lb_loss"),
        ExpertLoads.of(load),
        ExpertVector.of(sums),
        scaled(all(signal + "lm_grad_P"), portion),
        scaled(all(signal + "lb_grad_P"), portion),
        GradientMethod.EXACT,
        square * Math.pow(one(signal + "lm_grad_z_norm"), 2),
        square * Math.pow(one(signal + "lb_grad_z_norm"), 2),
        own * one(signal + "router_z"),
        one(signal + "router_logit_max_abs"),
        entropy,
        0,
        one(signal + "router_cos.all"),
        one(signal + "router_cos.ffn"),
        ffn,
        ffnSquares,
        ExpertVector.EMPTY,
        one(signal + "expert_output_cos"),
        null,
        one(signal + "ffn_sum_var"),
        one(signal + "gamma_empirical"));
  }

  /** Power sums over the output of the last layer, the one whose values the reference gives. */
  private ActivationSums hidden(int rank, int worldSize) {
    int d = count("config.d");
    double threshold = one("config.act_threshold");
    double[] hidden = all("hidden");
    long n = 0;
    long above = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    double s4 = 0;
    double max = 0;
    for (int t = rank; t < count("T"); t += worldSize) {
      for (int j = 0; j < d; j++) {
        double x = hidden[t * d + j];
        n++;
        s1 += x;
        s2 += x * x;
        s3 += x * x * x;
        s4 += x * x * x * x;
        max = Math.max(max, Math.abs(x));
        above += Math.abs(x) > threshold ? 1 : 0;
      }
    }
    return new ActivationSums(
        layers() - 1, ActivationSite.LAYER_OUT, n, s1, s2, s3, s4, max, above, threshold, 0);
  }

  private TensorTelemetry tensor(String tensor) {
    String path = "tensor." + tensor + ".";
    long elements = (long) one(path + "elements");
    double clip = one("clip_coef");
    return new TensorTelemetry(
        tensor,
        elements,
        clip * clip * one(path + "sum_squares"),
        0,
        Math.round(one(path + "frac_below_eps") * elements),
        Math.round(one(path + "frac_below_eps_nonzero") * elements));
  }

  private static ExpertVector scaled(double[] vector, double factor) {
    return ExpertVector.of(Arrays.stream(vector).map(v -> v * factor).toArray());
  }
}
