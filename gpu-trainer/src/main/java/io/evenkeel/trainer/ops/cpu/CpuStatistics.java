package io.evenkeel.trainer.ops.cpu;

import io.evenkeel.trainer.ops.RoutingPlan;
import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.ops.StatisticsOps;
import io.evenkeel.trainer.ops.host.HostIndexTensor;
import io.evenkeel.trainer.ops.host.HostStatistics;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.Arrays;

/**
 * Sums for telemetry. A quick pass takes every entry for finite; where its result says otherwise a
 * slower one counts and leaves out what is not.
 */
final class CpuStatistics implements StatisticsOps {
  private final PowerSums powerSums;
  private final SquareSums squareSums;
  private final ColumnSums columnSums;
  private final RouterSums routerSums;
  private final Cosines cosines;

  CpuStatistics(WorkerPool pool, SquareSums squareSums) {
    this.squareSums = squareSums;
    powerSums = new PowerSums(pool);
    columnSums = new ColumnSums(pool);
    routerSums = new RouterSums(pool);
    cosines = new Cosines(pool);
  }

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
    powerSums.write(values, floatBelow(threshold), target, at);
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
    Arrays.fill(target, at, at + ACTIVATION_ENTRIES, 0);
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
    routerSums.write(logits, probabilities, logSumExp, HostStatistics.of(into), at);
  }

  @Override
  public void squares(Tensor x, Statistics into, int at) {
    ShapeChecks.room(into, at, SQUARES_ENTRIES);
    squareSums.write(CpuTensor.of(x), HostStatistics.of(into), at);
  }

  @Override
  public void columnSums(Tensor x, Statistics into, int at) {
    int e = x.shape().last();
    ShapeChecks.room(into, at, e);
    columnSums.sum(CpuTensor.of(x), e, HostStatistics.of(into), at);
  }

  @Override
  public void values(Tensor x, Statistics into, int at) {
    float[] values = CpuTensor.of(x);
    ShapeChecks.room(into, at, values.length);
    for (int i = 0; i < values.length; i++) {
      HostStatistics.of(into)[at + i] = values[i];
    }
  }

  @Override
  public void rowCosines(Tensor weight, int ffnRows, Statistics into, int at) {
    ShapeChecks.room(into, at, 2);
    cosines.ofRows(weight, ffnRows, HostStatistics.of(into), at);
  }

  @Override
  public void slotCosines(RoutingPlan plan, Tensor rows, Statistics into, int at) {
    ShapeChecks.room(into, at, 1);
    HostStatistics.of(into)[at] =
        cosines.ofSlots(
            HostIndexTensor.of(plan.tokenSlots()), plan.selected().shape().last(), rows);
  }
}
