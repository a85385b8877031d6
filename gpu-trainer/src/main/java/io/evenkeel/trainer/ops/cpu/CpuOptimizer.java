package io.evenkeel.trainer.ops.cpu;

import static io.evenkeel.trainer.ops.cpu.Lanes.WIDTH;

import io.evenkeel.trainer.ops.AdamWSlot;
import io.evenkeel.trainer.ops.AdamWStep;
import io.evenkeel.trainer.ops.OptimizerOps;
import io.evenkeel.trainer.ops.OptimizerPlan;
import io.evenkeel.trainer.ops.RoutingLayout;
import io.evenkeel.trainer.ops.RoutingShape;
import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.ops.StatisticsOps;
import io.evenkeel.trainer.ops.host.HostStatistics;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Updates in blocks of one tensor's elements each. */
final class CpuOptimizer implements OptimizerOps {
  private final WorkerPool pool;
  private final SquareSums squareSums;
  private final Update update = new Update();

  CpuOptimizer(WorkerPool pool, SquareSums squareSums) {
    this.pool = pool;
    this.squareSums = squareSums;
  }

  @Override
  public OptimizerPlan prepare(List<AdamWSlot> slots) {
    return new CpuOptimizerPlan(slots);
  }

  @Override
  public void gradientSquares(OptimizerPlan plan, Statistics into, int at) {
    ShapeChecks.room(into, at, plan.slots().size() * StatisticsOps.SQUARES_ENTRIES);
    CpuOptimizerPlan prepared = CpuOptimizerPlan.of(plan);
    int entry = at;
    for (AdamWSlot slot : prepared.slots()) {
      squareSums.write(CpuTensor.of(slot.gradient()), HostStatistics.of(into), entry);
      entry += StatisticsOps.SQUARES_ENTRIES;
    }
  }

  @Override
  public void adamW(
      OptimizerPlan plan,
      AdamWStep step,
      Statistics squares,
      int squaresAt,
      Statistics below,
      int belowAt) {
    CpuOptimizerPlan prepared = CpuOptimizerPlan.of(plan);
    int count = prepared.slots().size();
    ShapeChecks.room(squares, squaresAt, count * StatisticsOps.SQUARES_ENTRIES);
    ShapeChecks.room(below, belowAt, count * BELOW_ENTRIES);
    double sum = 0;
    for (int index = 0; index < count; index++) {
      sum += HostStatistics.of(squares)[squaresAt + index * StatisticsOps.SQUARES_ENTRIES];
    }
    prepared.writePendingZeros();
    update.plan = prepared;
    update.set(step, step.clipCoefficient(sum));
    pool.run(prepared.blocks(), update);
    prepared.addCounts(HostStatistics.of(below), belowAt, update.bound);
  }

  private static final class Update implements WorkerPool.Job {
    private CpuOptimizerPlan plan = new CpuOptimizerPlan(List.of());
    private double learningRate;
    private double weightDecay;
    private double biasCorrection1;
    private float clip;
    private float beta1;
    private float beta2;
    private float fresh1;
    private float fresh2;
    private float inverse2;
    private float epsilon;
    private float bound;

    void set(AdamWStep step, double coefficient) {
      clip = (float) coefficient;
      learningRate = step.learningRate();
      weightDecay = step.weightDecay();
      biasCorrection1 = step.biasCorrection1();
      beta1 = (float) step.beta1();
      beta2 = (float) step.beta2();
      fresh1 = (float) (1 - step.beta1());
      fresh2 = (float) (1 - step.beta2());
      inverse2 = (float) (1 / step.biasCorrection2());
      epsilon = (float) step.epsilon();
      // sqrt(v/c) < eps as v < c eps^2, rounded up to a float so that the comparison is exact.
      bound = floatAtLeast(step.biasCorrection2() * step.epsilon() * step.epsilon());
    }

    /** The least float that is not below the value: for a float x, x < value iff x < that. */
    private static float floatAtLeast(double value) {
      float nearest = (float) value;
      return nearest < value ? Math.nextUp(nearest) : nearest;
    }

    @Override
    public void run(int block, int worker) {
      AdamWSlot slot = plan.slot(block);
      double rate = learningRate * slot.learningRateFactor();
      double decay = slot.decay() == AdamWSlot.Decay.DECAYED ? weightDecay : 0;
      elements(
          block,
          CpuTensor.of(slot.parameter()),
          CpuTensor.of(slot.gradient()),
          CpuTensor.of(slot.firstMoment()),
          CpuTensor.of(slot.secondMoment()),
          (float) (1 - rate * decay),
          (float) (rate / biasCorrection1));
    }

    private void elements(
        int block, float[] w, float[] gradients, float[] m, float[] v, float keep, float rate) {
      int end = plan.end(block);
      int below = 0;
      int zero = 0;
      int i = plan.start(block);
      for (; i <= end - WIDTH; i += WIDTH) {
        FloatVector g = Rows.load(gradients, i).mul(clip);
        FloatVector first = Rows.load(m, i).mul(beta1).add(g.mul(fresh1));
        FloatVector second = Rows.load(v, i).mul(beta2).add(g.mul(g).mul(fresh2));
        first.intoArray(m, i);
        second.intoArray(v, i);
        FloatVector change = first.mul(rate).div(second.mul(inverse2).sqrt().add(epsilon));
        Rows.load(w, i).mul(keep).sub(change).intoArray(w, i);
        below += second.compare(VectorOperators.LT, bound).trueCount();
        zero += second.compare(VectorOperators.EQ, 0f).trueCount();
      }
      for (; i < end; i++) {
        float g = clip * gradients[i];
        float first = beta1 * m[i] + fresh1 * g;
        float second = beta2 * v[i] + fresh2 * (g * g);
        m[i] = first;
        v[i] = second;
        w[i] = keep * w[i] - rate * first / ((float) Math.sqrt(second * inverse2) + epsilon);
        below += second < bound ? 1 : 0;
        zero += second == 0 ? 1 : 0;
      }
      plan.setCounts(block, below, zero);
    }
  }

  @Override
  public void updateSelectionBias(
      RoutingShape shape,
      Tensor bias,
      Statistics counts,
      RoutingLayout countsAt,
      long tokens,
      double mu) {
    ShapeChecks.bias(shape, bias);
    float[] b = CpuTensor.of(bias);
    int k = shape.topK();
    double share = shape.ffnExpertsTarget() / k / shape.ffnExperts();
    for (int i = 0; i < shape.ffnExperts(); i++) {
      double load = HostStatistics.of(counts)[countsAt.load() + i];
      b[i] += (float) (mu * (share - load / ((double) k * tokens)));
    }
  }
}
