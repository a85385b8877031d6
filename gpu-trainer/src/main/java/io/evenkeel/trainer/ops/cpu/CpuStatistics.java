package io.evenkeel.trainer.ops.cpu;

import io.evenkeel.trainer.ops.RoutingPlan;
import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.ops.StatisticsOps;
import io.evenkeel.trainer.ops.host.HostIndexTensor;
import io.evenkeel.trainer.ops.host.HostStatistics;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;

/**
 * Sums in double precision. A double holds the fourth power of every float, so a sum that is not
 * finite means that an entry is not, and only then does a slower pass count them.
 */
final class CpuStatistics implements StatisticsOps {
  private final PowerLanes lanes = new PowerLanes();

  @Override
  public void activationSums(Tensor x, double threshold, Statistics into, int at) {
    ShapeChecks.room(into, at, ACTIVATION_ENTRIES);
    float[] values = CpuTensor.of(x);
    double[] target = HostStatistics.of(into);
    if (threshold < 0) {
      // Everything is above a negative threshold: too rare to be quick.
      addSome(values, threshold, target, at);
      return;
    }
    lanes.powerSums(values, floatBelow(threshold), target, at);
    if (!Double.isFinite(target[at + 3])) {
      addSome(values, threshold, target, at);
      return;
    }
    target[at + 6] = 0;
  }

  /**
   * The largest float that is not above the threshold: {@code x > threshold} iff {@code x >
   * floatBelow}.
   */
  private static float floatBelow(double threshold) {
    float nearest = (float) Math.min(threshold, Float.MAX_VALUE);
    return nearest > threshold ? Math.nextDown(nearest) : nearest;
  }

  private static void addSome(float[] values, double threshold, double[] target, int at) {
    java.util.Arrays.fill(target, at, at + ACTIVATION_ENTRIES, 0);
    for (float value : values) {
      if (!Float.isFinite(value)) {
        target[at + 6]++;
        continue;
      }
      double square = (double) value * value;
      target[at] += value;
      target[at + 1] += square;
      target[at + 2] += square * value;
      target[at + 3] += square * square;
      target[at + 4] = Math.max(target[at + 4], Math.abs(value));
      target[at + 5] += Math.abs(value) > threshold ? 1 : 0;
    }
  }

  @Override
  public void routerStatistics(
      Tensor logits, Tensor probabilities, Tensor logSumExp, Statistics into, int at) {
    ShapeChecks.softmax(logits, probabilities, logSumExp);
    ShapeChecks.room(into, at, ROUTER_ENTRIES);
    int e = logits.shape().last();
    float[] z = CpuTensor.of(logits);
    float[] r = CpuTensor.of(probabilities);
    float[] lse = CpuTensor.of(logSumExp);
    double squares = 0;
    double entropy = 0;
    float max = 0;
    int nonFinite = 0;
    for (int t = 0; t < lse.length; t++) {
      double mean = 0;
      float tokenMax = 0;
      for (int i = t * e; i < (t + 1) * e; i++) {
        mean += (double) r[i] * z[i];
        tokenMax = Math.max(tokenMax, Math.abs(z[i]));
      }
      if (Float.isFinite(tokenMax)) {
        // H(R_t) = lse_t - sum_i R_ti z_ti: no logarithm needed.
        entropy += lse[t] - mean;
        squares += (double) lse[t] * lse[t];
        max = Math.max(max, tokenMax);
      } else {
        for (int i = t * e; i < (t + 1) * e; i++) {
          nonFinite += Float.isFinite(z[i]) ? 0 : 1;
        }
      }
    }
    double[] target = HostStatistics.of(into);
    target[at] = squares;
    target[at + 1] = max;
    target[at + 2] = entropy;
    target[at + 3] = nonFinite;
  }

  @Override
  public void squares(Tensor x, Statistics into, int at) {
    ShapeChecks.room(into, at, SQUARES_ENTRIES);
    float[] values = CpuTensor.of(x);
    double plain = Rows.dot(values, 0, values, 0, values.length);
    double finite = plain;
    int nonFinite = 0;
    if (!Double.isFinite(plain)) {
      finite = 0;
      for (float value : values) {
        if (Float.isFinite(value)) {
          finite += (double) value * value;
        } else {
          nonFinite++;
        }
      }
    }
    double[] target = HostStatistics.of(into);
    target[at] = plain;
    target[at + 1] = finite;
    target[at + 2] = nonFinite;
  }

  @Override
  public void columnSums(Tensor x, Statistics into, int at) {
    int e = x.shape().last();
    ShapeChecks.room(into, at, e);
    float[] values = CpuTensor.of(x);
    double[] target = HostStatistics.of(into);
    java.util.Arrays.fill(target, at, at + e, 0);
    for (int row = 0; row < values.length; row += e) {
      for (int i = 0; i < e; i++) {
        target[at + i] += values[row + i];
      }
    }
  }

  @Override
  public void values(Tensor x, Statistics into, int at) {
    ShapeChecks.room(into, at, x.shape().size());
    for (int i = 0; i < x.shape().size(); i++) {
      HostStatistics.of(into)[at + i] = CpuTensor.of(x)[i];
    }
  }

  @Override
  public void rowCosines(Tensor weight, int ffnRows, Statistics into, int at) {
    ShapeChecks.room(into, at, 2);
    HostStatistics.of(into)[at] = meanCosine(weight, weight.shape().rows());
    HostStatistics.of(into)[at + 1] = meanCosine(weight, ffnRows);
  }

  private static double meanCosine(Tensor weight, int rows) {
    int d = weight.shape().last();
    float[] data = CpuTensor.of(weight);
    double sum = 0;
    for (int i = 0; i < rows; i++) {
      for (int j = i + 1; j < rows; j++) {
        sum += cosine(data, i * d, j * d, d);
      }
    }
    return rows < 2 ? 0 : sum / (rows * (rows - 1) / 2.0);
  }

  private static double cosine(float[] data, int a, int b, int d) {
    double squares = Rows.dot(data, a, data, a, d) * Rows.dot(data, b, data, b, d);
    return squares == 0 ? 0 : Rows.dot(data, a, data, b, d) / Math.sqrt(squares);
  }

  @Override
  public void slotCosines(RoutingPlan plan, Tensor rows, Statistics into, int at) {
    ShapeChecks.room(into, at, 1);
    int k = plan.selected().shape().last();
    int d = rows.shape().last();
    int[] slots = HostIndexTensor.of(plan.tokenSlots());
    float[] data = CpuTensor.of(rows);
    double sum = 0;
    for (int token = 0; token < slots.length; token += k) {
      for (int i = token; i < token + k; i++) {
        for (int j = i + 1; j < token + k; j++) {
          sum += cosine(data, slots[i] * d, slots[j] * d, d);
        }
      }
    }
    HostStatistics.of(into)[at] = sum;
  }
}
