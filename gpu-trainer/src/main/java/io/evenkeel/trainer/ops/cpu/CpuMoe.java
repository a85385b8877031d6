package io.evenkeel.trainer.ops.cpu;

import io.evenkeel.trainer.ops.ExpertBuffers;
import io.evenkeel.trainer.ops.ExpertWeights;
import io.evenkeel.trainer.ops.MoeOps;
import io.evenkeel.trainer.ops.RoutingLayout;
import io.evenkeel.trainer.ops.RoutingPlan;
import io.evenkeel.trainer.ops.RoutingShape;
import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.ops.host.HostIndexTensor;
import io.evenkeel.trainer.ops.host.HostStatistics;
import io.evenkeel.trainer.ops.host.Routing;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.Arrays;

final class CpuMoe implements MoeOps {
  private final CpuExperts experts;

  CpuMoe(Gemm gemm) {
    experts = new CpuExperts(gemm);
  }

  @Override
  public void softmaxForward(Tensor logits, Tensor probabilities, Tensor logSumExp) {
    ShapeChecks.softmax(logits, probabilities, logSumExp);
    int e = logits.shape().last();
    float[] z = CpuTensor.of(logits);
    float[] r = CpuTensor.of(probabilities);
    float[] lse = CpuTensor.of(logSumExp);
    for (int t = 0; t < lse.length; t++) {
      lse[t] = (float) Rows.softmax(z, t * e, r, t * e, e);
    }
  }

  @Override
  public void softmaxBackward(Tensor probabilities, Tensor dProbabilities, Tensor dLogits) {
    ShapeChecks.same("softmaxBackward", probabilities, dProbabilities, dLogits);
    int e = probabilities.shape().last();
    float[] r = CpuTensor.of(probabilities);
    float[] g = CpuTensor.of(dProbabilities);
    float[] target = CpuTensor.of(dLogits);
    for (int row = 0; row < r.length; row += e) {
      float dot = (float) Rows.dot(r, row, g, row, e);
      for (int i = row; i < row + e; i++) {
        target[i] += r[i] * (g[i] - dot);
      }
    }
  }

  @Override
  public void route(RoutingShape shape, Tensor probabilities, Tensor bias, RoutingPlan plan) {
    ShapeChecks.routing(shape, probabilities, plan);
    ShapeChecks.bias(shape, bias);
    int e = shape.experts();
    int k = shape.topK();
    float[] r = CpuTensor.of(probabilities);
    float[] b = CpuTensor.of(bias);
    int[] selected = HostIndexTensor.of(plan.selected());
    for (int t = 0; t < plan.tokens(); t++) {
      int at = t * k;
      for (int taken = 0; taken < k; taken++) {
        int best = -1;
        float bestScore = 0;
        for (int i = 0; i < e; i++) {
          float score = score(r[t * e + i] + b[i]);
          if ((best < 0 || score > bestScore) && !contains(selected, at, at + taken, i)) {
            best = i;
            bestScore = score;
          }
        }
        selected[at + taken] = best;
      }
      Arrays.sort(selected, at, at + k);
    }
    Routing.sortByExpert(plan);
  }

  private static float score(float value) {
    return Float.isNaN(value) ? Float.NEGATIVE_INFINITY : value;
  }

  private static boolean contains(int[] list, int from, int to, int value) {
    for (int i = from; i < to; i++) {
      if (list[i] == value) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void routeToAll(RoutingPlan plan) {
    Routing.sendToAll(plan);
  }

  @Override
  public void routingStatistics(
      RoutingShape shape,
      RoutingPlan plan,
      Tensor probabilities,
      Statistics into,
      RoutingLayout at) {
    ShapeChecks.routing(shape, probabilities, plan);
    ShapeChecks.room(into, at.at(), at.end() - at.at());
    double[] target = HostStatistics.of(into);
    Routing.count(shape, plan, target, at);
    int e = shape.experts();
    float[] r = CpuTensor.of(probabilities);
    Arrays.fill(target, at.probabilitySums(), at.probabilitySums() + e, 0);
    for (int row = 0; row < r.length; row += e) {
      for (int i = 0; i < e; i++) {
        target[at.probabilitySums() + i] += r[row + i];
      }
    }
  }

  @Override
  public void expertsForward(
      RoutingPlan plan, Tensor x, ExpertWeights weights, ExpertBuffers buffers) {
    ShapeChecks.experts(plan, x, weights, buffers);
    experts.forward(plan, x, weights, buffers);
  }

  @Override
  public void expertsBackward(
      RoutingPlan plan,
      ExpertWeights weights,
      ExpertBuffers buffers,
      ExpertBuffers gradients,
      ExpertWeights dWeights,
      Tensor dX) {
    ShapeChecks.experts(plan, dX, weights, buffers);
    ShapeChecks.experts(plan, dX, dWeights, gradients);
    experts.backward(plan, weights, buffers, gradients, dWeights, dX);
  }

  @Override
  public void combineForward(
      RoutingShape shape,
      RoutingPlan plan,
      Tensor probabilities,
      Tensor x,
      Tensor expertOutput,
      double gamma,
      Tensor ffnSum,
      Tensor out) {
    ShapeChecks.routing(shape, probabilities, plan);
    ShapeChecks.combine(plan, x, expertOutput, ffnSum, out);
    int d = x.shape().last();
    int k = shape.topK();
    int[] selected = HostIndexTensor.of(plan.selected());
    int[] slots = HostIndexTensor.of(plan.tokenSlots());
    float[] r = CpuTensor.of(probabilities);
    float[] in = CpuTensor.of(x);
    float[] y = CpuTensor.of(expertOutput);
    float[] sum = CpuTensor.of(ffnSum);
    float[] result = CpuTensor.of(out);
    float factor = (float) gamma;
    Arrays.fill(sum, 0);
    for (int t = 0; t < plan.tokens(); t++) {
      int row = t * d;
      float zero = 0;
      for (int at = t * k; at < (t + 1) * k; at++) {
        float gate = r[t * shape.experts() + selected[at]];
        if (slots[at] >= 0) {
          Rows.addScaled(gate, y, slots[at] * d, sum, row, d);
        } else {
          zero += gate;
        }
      }
      for (int i = row; i < row + d; i++) {
        result[i] = factor * sum[i] + zero * in[i];
      }
    }
  }

  @Override
  public void combineBackward(
      RoutingShape shape,
      RoutingPlan plan,
      Tensor probabilities,
      Tensor x,
      Tensor expertOutput,
      double gamma,
      Tensor dOut,
      Tensor dExpertOutput,
      Tensor dProbabilities,
      Tensor dX) {
    ShapeChecks.routing(shape, probabilities, plan);
    ShapeChecks.combine(plan, x, expertOutput, dOut, dX);
    ShapeChecks.same("combineBackward", expertOutput, dExpertOutput);
    ShapeChecks.same("combineBackward", probabilities, dProbabilities);
    int d = x.shape().last();
    int k = shape.topK();
    int[] selected = HostIndexTensor.of(plan.selected());
    int[] slots = HostIndexTensor.of(plan.tokenSlots());
    float[] r = CpuTensor.of(probabilities);
    float[] in = CpuTensor.of(x);
    float[] y = CpuTensor.of(expertOutput);
    float[] g = CpuTensor.of(dOut);
    float[] dY = CpuTensor.of(dExpertOutput);
    float[] dR = CpuTensor.of(dProbabilities);
    float[] target = CpuTensor.of(dX);
    Arrays.fill(dR, 0);
    for (int t = 0; t < plan.tokens(); t++) {
      int row = t * d;
      for (int at = t * k; at < (t + 1) * k; at++) {
        int gate = t * shape.experts() + selected[at];
        if (slots[at] >= 0) {
          int slot = slots[at] * d;
          dR[gate] = (float) (gamma * Rows.dot(g, row, y, slot, d));
          float factor = (float) (gamma * r[gate]);
          for (int i = 0; i < d; i++) {
            dY[slot + i] = factor * g[row + i];
          }
        } else {
          dR[gate] = (float) Rows.dot(g, row, in, row, d);
          Rows.addScaled(r[gate], g, row, target, row, d);
        }
      }
    }
  }

  @Override
  public void loadBalanceBackward(
      RoutingShape shape,
      Tensor probabilities,
      Statistics counts,
      RoutingLayout countsAt,
      double coefficient,
      Tensor dLogits,
      Statistics into,
      int at) {
    ShapeChecks.same("loadBalanceBackward", probabilities, dLogits);
    ShapeChecks.room(into, at, 1);
    int e = shape.experts();
    int tokens = probabilities.shape().rows();
    double[] f =
        Routing.groupFactors(shape, HostStatistics.of(counts), countsAt, tokens, new double[e]);
    float[] r = CpuTensor.of(probabilities);
    float[] target = CpuTensor.of(dLogits);
    double squares = 0;
    for (int row = 0; row < r.length; row += e) {
      double dot = 0;
      double total = 0;
      for (int i = 0; i < e; i++) {
        dot += r[row + i] * f[i];
        total += r[row + i];
      }
      // R rounded to floats does not sum to 1 exactly: without the division a constant f would
      // leave a gradient.
      double mean = dot / total;
      for (int i = 0; i < e; i++) {
        double g = r[row + i] * (f[i] - mean) / tokens;
        squares += g * g;
        target[row + i] += (float) (coefficient * g);
      }
    }
    HostStatistics.of(into)[at] = squares;
  }
}
