package io.evenkeel.testing;

import static io.evenkeel.testing.LoadSynthesis.bounded;

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
import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.Placement;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.telemetry.TensorTelemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Telemetry as a pure function of settings, step and rank; see {@link TrainingRuns}. */
final class TelemetrySynthesis {

  private static final double ACTIVATION_THRESHOLD = 100;

  // Stream numbers: what is drawn from one cannot shift what is drawn from another.
  private static final int GLOBAL = 1;
  private static final int LAYER_FIXED = 2;
  private static final int LAYER_STEP = 3;
  private static final int LAYER_RANK = 4;
  private static final int ACTIVATION = 5;
  private static final int TENSOR = 6;

  private final TrainingRuns settings;

  TelemetrySynthesis(TrainingRuns settings) {
    this.settings = settings;
  }

  StepTelemetry at(long step, int rank) {
    RandomGenerator shared = random(GLOBAL, step, -1, 0);
    double normNoise = bounded(shared);
    double timeNoise = bounded(shared);
    boolean nan = step == settings.nanAt;
    double norm =
        nan ? Double.NaN : 0.6 * Math.exp(0.1 * normNoise) * (step == settings.spikeAt ? 7 : 1);
    double clip = nan ? Double.NaN : Math.min(1, 1 / (norm + 1e-6));
    List<MoeLayerTelemetry> layers = new ArrayList<>();
    List<ActivationSums> activations = new ArrayList<>();
    for (int layer = 0; layer < settings.layers; layer++) {
      layers.add(moeLayer(step, rank, layer));
      for (ActivationSite site : ActivationSite.values()) {
        activations.add(activation(step, rank, layer, site));
      }
    }
    double millis =
        settings.stepTime.toNanos()
            / 1e6
            * (1 + 0.02 * timeNoise)
            * (rank == settings.stragglerRank ? settings.stragglerFactor : 1);
    return new StepTelemetry(
        new ObservationKey(settings.run, settings.incarnation, step, rank),
        settings.ranks,
        settings.start.plus(settings.stepTime.multipliedBy(step + 1)),
        millis,
        millis * 0.004,
        settings.tokensPerRank,
        losses(step, rank, layers),
        norm,
        clip,
        Placement.REPLICATED,
        tensors(step, norm, clip),
        settings.shape(),
        layers,
        activations,
        knobs(step),
        CommandPosition.NONE,
        Map.of("data.progress", step / 10_000.0),
        0);
  }

  /** What L_LM should be at a step, before noise; nats. */
  static double expectedLoss(long step) {
    return 1.9 + 3.6 * Math.exp(-step / 40.0);
  }

  private Losses losses(long step, int rank, List<MoeLayerTelemetry> layers) {
    if (step == settings.nanAt) {
      return new Losses(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
    }
    double lm =
        expectedLoss(step)
            + 0.03 * bounded(random(GLOBAL, step, rank, 1))
            + (step == settings.spikeAt ? settings.spikeNats : 0);
    double lb = 0;
    for (MoeLayerTelemetry layer : layers) {
      lb += layer.loadBalanceLoss() == null ? 0 : layer.loadBalanceLoss();
    }
    lb /= settings.layers;
    double z = 1e-4;
    return new Losses(lm, lb, z, lm + settings.alphaAt(step) * lb + z);
  }

  private MoeLayerTelemetry moeLayer(long step, int rank, int layer) {
    RandomGenerator stepNoise = random(LAYER_STEP, step, -1, layer);
    double ratioAtBase = 0.045 * Math.exp(0.2 * bounded(stepNoise));
    double cosine = step >= settings.clonedFrom ? 0.95 : 0.03 + 0.015 * bounded(stepNoise);
    double entropy = 0.6 + 0.02 * bounded(stepNoise);
    double routerZ = 10.2 * (1 + 0.03 * bounded(stepNoise));
    LoadSynthesis own = loads(step, rank, layer);
    double[] lb = lbGradP(own);
    double lbLoss = 0;
    for (int i = 0; i < lb.length; i++) {
      lbLoss += lb[i] / settings.tokensPerRank * own.probabilitySums()[i] / settings.tokensPerRank;
    }
    double lbNorm = globalLbNorm(step, layer);
    double base = settings.alpha / settings.layers;
    double[] lm = lmGradP(step, rank, layer, base * lbNorm / ratioAtBase);
    double ranks = settings.ranks;
    double lbZ = 0.2 * lbNorm;
    double lmZ = base * lbZ / (0.5 * ratioAtBase);
    double tokens = settings.tokensPerRank;
    long ffn = 0;
    for (int i = 0; i < settings.ffnExperts; i++) {
      ffn += own.load()[i];
    }
    double mean = ffn / tokens;
    double variance = settings.zeroExperts == 0 ? 0 : 0.4;
    return new MoeLayerTelemetry(
        layer,
        settings.alphaAt(step) / settings.layers,
        lbLoss,
        ExpertLoads.of(own.load()),
        ExpertVector.of(own.probabilitySums()),
        ExpertVector.of(lm),
        ExpertVector.of(lb),
        GradientMethod.EXACT,
        lmZ * lmZ / ranks,
        lbZ * lbZ / ranks,
        routerZ * tokens,
        6 + 0.3 * bounded(stepNoise),
        entropy * Math.log(settings.experts()) * tokens,
        step == settings.nanAt ? 3 : 0,
        cosine,
        cosine,
        ffn,
        tokens * (mean * mean + variance),
        ExpertVector.of(new double[settings.experts()]),
        0.035 + 0.005 * bounded(stepNoise),
        0.05 + 0.01 * bounded(stepNoise),
        0.02,
        2.0);
  }

  private LoadSynthesis loads(long step, int rank, int layer) {
    return LoadSynthesis.route(
        settings,
        step,
        layer,
        random(LAYER_FIXED, 0, -1, layer),
        random(LAYER_RANK, step, rank, layer));
  }

  /** Token-summed dL_LB/dR of one rank: f of the expert's group times its tokens. */
  private double[] lbGradP(LoadSynthesis loads) {
    double[] f = new double[settings.groups + 1];
    double tokens = settings.tokensPerRank;
    for (int i = 0; i < settings.experts(); i++) {
      // A token counts once a group; 4 % of the tokens select two experts of one group.
      f[settings.group(i)] +=
          i < settings.ffnExperts
              ? 0.96 * loads.load()[i] * settings.groups / (settings.ffnExpertsTarget * tokens)
              : loads.load()[i] / ((settings.topK - settings.ffnExpertsTarget) * tokens);
    }
    double[] gradient = new double[settings.experts()];
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = f[settings.group(i)] * tokens;
    }
    return gradient;
  }

  private double globalLbNorm(long step, int layer) {
    double[] sum = new double[settings.experts()];
    for (int rank = 0; rank < settings.ranks; rank++) {
      double[] part = lbGradP(loads(step, rank, layer));
      for (int i = 0; i < sum.length; i++) {
        sum[i] += part[i];
      }
    }
    return norm(sum);
  }

  /**
   * This rank's part of a vector of the given norm. The parts disagree by as much as the vector is
   * long: whoever takes norms before adding ranks up gets a wrong ratio.
   */
  private double[] lmGradP(long step, int rank, int layer, double norm) {
    RandomGenerator direction = random(LAYER_STEP, step, -1, layer + 1_000_000);
    double[] vector = new double[settings.experts()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = direction.nextGaussian();
    }
    double scale = norm / norm(vector);
    for (int i = 0; i < vector.length; i++) {
      double disagreement = 0;
      for (int r = 0; r < settings.ranks; r++) {
        double drawn = random(LAYER_RANK, step, r, layer + 1_000 * (i + 1)).nextGaussian();
        disagreement += (r == rank ? 1 - 1.0 / settings.ranks : -1.0 / settings.ranks) * drawn;
      }
      vector[i] = scale * (vector[i] / settings.ranks + disagreement);
    }
    return vector;
  }

  private ActivationSums activation(long step, int rank, int layer, ActivationSite site) {
    RandomGenerator noise = random(ACTIVATION, step, rank, layer * 8 + site.ordinal());
    double healthy =
        switch (site) {
          case LAYER_OUT -> 3.8;
          case MOE_IN -> 1;
          case MOE_OUT -> 0.7;
        };
    double grown =
        step >= settings.growthFrom
            ? Math.pow(settings.growthPerStep, step - settings.growthFrom + 1.0)
            : 1;
    double sigma = healthy * grown * (1 + 0.01 * bounded(noise));
    long count = (long) settings.tokensPerRank * settings.width;
    double max = sigma * (7.5 + 0.4 * bounded(noise));
    long above = max > ACTIVATION_THRESHOLD ? Math.min(count, Math.max(1, count / 1000)) : 0;
    double square = sigma * sigma;
    return new ActivationSums(
        layer,
        site,
        count,
        0.01 * sigma * count,
        square * count,
        0.02 * square * sigma * count,
        3.8 * square * square * count,
        max,
        above,
        ACTIVATION_THRESHOLD,
        0);
  }

  private List<TensorTelemetry> tensors(long step, double norm, double clip) {
    List<TensorTelemetry> tensors = new ArrayList<>();
    int d = settings.width;
    tensors.add(tensor("embed", 256L * d, 1e-3, 0, step, norm, clip));
    for (int l = 0; l < settings.layers; l++) {
      String prefix = "layers." + l + ".";
      long router = (long) settings.experts() * d;
      tensors.add(tensor(prefix + "attn1.wq", (long) d * d, 2e-3, l, step, norm, clip));
      tensors.add(tensor(prefix + "router", router, 1.5e-3, l, step, norm, clip));
      long experts = (long) settings.ffnExperts * 32 * d;
      tensors.add(tensor(prefix + "experts.w_gate", experts, 2e-4, l, step, norm, clip));
    }
    tensors.add(tensor("norm_final", d, 4e-3, 0, step, norm, clip));
    tensors.add(tensor("head", 256L * d, 1.2e-3, 0, step, norm, clip));
    return tensors;
  }

  private TensorTelemetry tensor(
      String name,
      long elements,
      double healthyRms,
      int layer,
      long step,
      double norm,
      double clip) {
    RandomGenerator noise = random(TENSOR, step, -1, name.hashCode());
    boolean nan = step == settings.nanAt;
    double rms = healthyRms * Math.exp(0.05 * bounded(noise)) * (nan ? 1 : norm * clip / 0.6);
    // sqrt(v_hat) is about log-normal: share below epsilon 0.001 / 0.07 / 0.6 at 1e-5 / 1e-4 /
    // 1e-3.
    double score = (Math.log(settings.epsilon) - Math.log(0.8 * healthyRms)) / 1.4;
    long below = Math.round(elements / (1 + Math.exp(-1.702 * score)));
    long nonFinite = nan && layer == 0 && name.endsWith("router") ? Math.min(5, elements) : 0;
    return new TensorTelemetry(name, elements, elements * rms * rms, nonFinite, below, below);
  }

  private List<KnobValue> knobs(long step) {
    return List.of(
        new KnobValue(Knobs.LOAD_BALANCE_ALPHA, "", settings.alphaAt(step)),
        new KnobValue(Knobs.EXPERT_BIAS_MU, "", 0.02),
        new KnobValue(Knobs.HIDDEN_Z_LAMBDA, "", 1e-5),
        new KnobValue(Knobs.ADAM_EPSILON, "", settings.epsilon),
        new KnobValue(Knobs.ADAM_BETA2, "", 0.999),
        new KnobValue(Knobs.LEARNING_RATE, "", 3e-3 * Math.min(1, (step + 1) / 20.0)),
        new KnobValue(Knobs.LEARNING_RATE_SCALE, "", 1),
        new KnobValue(Knobs.GRADIENT_CLIP_NORM, "", 1));
  }

  static double norm(double[] vector) {
    double sum = 0;
    for (double x : vector) {
      sum += x * x;
    }
    return Math.sqrt(sum);
  }

  private RandomGenerator random(int stream, long step, int rank, int detail) {
    long hash = settings.seed;
    hash = mix(hash + 0x9E3779B97F4A7C15L * stream);
    hash = mix(hash ^ (step * 0xC2B2AE3D27D4EB4FL));
    hash = mix(hash ^ ((rank + 2L) * 0x165667B19E3779F9L));
    return new SplittableRandom(mix(hash ^ (detail * 0x27D4EB2F165667C5L)));
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
