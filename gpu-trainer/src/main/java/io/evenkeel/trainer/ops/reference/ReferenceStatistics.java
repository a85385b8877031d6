package io.evenkeel.trainer.ops.reference;

import static io.evenkeel.trainer.ops.reference.ReferenceTensor.of;

import io.evenkeel.trainer.ops.RoutingPlan;
import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.ops.StatisticsOps;
import io.evenkeel.trainer.ops.host.HostIndexTensor;
import io.evenkeel.trainer.ops.host.HostStatistics;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;

final class ReferenceStatistics implements StatisticsOps {
  @Override
  public void activationSums(Tensor x, double threshold, Statistics into, int at) {
    ShapeChecks.room(into, at, ACTIVATION_ENTRIES);
    double[] target = HostStatistics.of(into);
    java.util.Arrays.fill(target, at, at + ACTIVATION_ENTRIES, 0);
    for (double value : of(x)) {
      if (!Double.isFinite(value)) {
        target[at + 6]++;
        continue;
      }
      target[at] += value;
      target[at + 1] += value * value;
      target[at + 2] += value * value * value;
      target[at + 3] += value * value * value * value;
      target[at + 4] = Math.max(target[at + 4], Math.abs(value));
      if (Math.abs(value) > threshold) {
        target[at + 5]++;
      }
    }
  }

  @Override
  public void routerStatistics(
      Tensor logits, Tensor probabilities, Tensor logSumExp, Statistics into, int at) {
    ShapeChecks.softmax(logits, probabilities, logSumExp);
    ShapeChecks.room(into, at, ROUTER_ENTRIES);
    int e = logits.shape().last();
    double squares = 0;
    double max = 0;
    double entropy = 0;
    double nonFinite = 0;
    for (int t = 0; t < logits.shape().rows(); t++) {
      double tokenEntropy = 0;
      double tokenMax = 0;
      int bad = 0;
      for (int i = 0; i < e; i++) {
        double z = of(logits)[t * e + i];
        double r = of(probabilities)[t * e + i];
        if (!Double.isFinite(z)) {
          bad++;
        }
        tokenMax = Math.max(tokenMax, Math.abs(z));
        tokenEntropy -= r > 0 ? r * Math.log(r) : 0;
      }
      nonFinite += bad;
      if (bad == 0) {
        squares += of(logSumExp)[t] * of(logSumExp)[t];
        max = Math.max(max, tokenMax);
        entropy += tokenEntropy;
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
    double plain = 0;
    double finite = 0;
    double nonFinite = 0;
    for (double value : of(x)) {
      plain += value * value;
      if (Double.isFinite(value)) {
        finite += value * value;
      } else {
        nonFinite++;
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
    for (int i = 0; i < e; i++) {
      double sum = 0;
      for (int t = 0; t < x.shape().rows(); t++) {
        sum += of(x)[t * e + i];
      }
      HostStatistics.of(into)[at + i] = sum;
    }
  }

  @Override
  public void values(Tensor x, Statistics into, int at) {
    ShapeChecks.room(into, at, x.shape().size());
    for (int i = 0; i < x.shape().size(); i++) {
      HostStatistics.of(into)[at + i] = of(x)[i];
    }
  }

  @Override
  public void rowCosines(Tensor weight, int ffnRows, Statistics into, int at) {
    ShapeChecks.room(into, at, 2);
    HostStatistics.of(into)[at] = meanCosine(weight, weight.shape().rows());
    HostStatistics.of(into)[at + 1] = meanCosine(weight, ffnRows);
  }

  private static double meanCosine(Tensor weight, int rows) {
    double sum = 0;
    for (int i = 0; i < rows; i++) {
      for (int j = i + 1; j < rows; j++) {
        sum += cosine(of(weight), i, j, weight.shape().last());
      }
    }
    return rows < 2 ? 0 : sum / (rows * (rows - 1) / 2.0);
  }

  private static double cosine(double[] data, int i, int j, int d) {
    double dot = 0;
    double squaresI = 0;
    double squaresJ = 0;
    for (int k = 0; k < d; k++) {
      double a = data[i * d + k];
      double b = data[j * d + k];
      dot += a * b;
      squaresI += a * a;
      squaresJ += b * b;
    }
    double norms = Math.sqrt(squaresI) * Math.sqrt(squaresJ);
    return norms == 0 ? 0 : dot / norms;
  }

  @Override
  public void slotCosines(RoutingPlan plan, Tensor rows, Statistics into, int at) {
    ShapeChecks.room(into, at, 1);
    int k = plan.selected().shape().last();
    int[] slots = HostIndexTensor.of(plan.tokenSlots());
    double sum = 0;
    for (int t = 0; t < plan.tokens(); t++) {
      for (int i = 0; i < k; i++) {
        for (int j = i + 1; j < k; j++) {
          sum += cosine(of(rows), slots[t * k + i], slots[t * k + j], rows.shape().last());
        }
      }
    }
    HostStatistics.of(into)[at] = sum;
  }
}
