package io.evenkeel.trainer.ops.reference;

import static io.evenkeel.trainer.ops.reference.ReferenceTensor.of;

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

final class ReferenceMoe implements MoeOps {
  @Override
  public void softmaxForward(Tensor logits, Tensor probabilities, Tensor logSumExp) {
    ShapeChecks.softmax(logits, probabilities, logSumExp);
    int e = logits.shape().last();
    double[] z = of(logits);
    for (int t = 0; t < logits.shape().rows(); t++) {
      double max = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < e; i++) {
        max = Math.max(max, z[t * e + i]);
      }
      double sum = 0;
      for (int i = 0; i < e; i++) {
        sum += Math.exp(z[t * e + i] - max);
      }
      for (int i = 0; i < e; i++) {
        of(probabilities)[t * e + i] = Math.exp(z[t * e + i] - max) / sum;
      }
      of(logSumExp)[t] = max + Math.log(sum);
    }
  }

  @Override
  public void softmaxBackward(Tensor probabilities, Tensor dProbabilities, Tensor dLogits) {
    ShapeChecks.same("softmaxBackward", probabilities, dProbabilities, dLogits);
    int e = probabilities.shape().last();
    double[] r = of(probabilities);
    double[] g = of(dProbabilities);
    for (int t = 0; t < probabilities.shape().rows(); t++) {
      double dot = 0;
      for (int i = 0; i < e; i++) {
        dot += r[t * e + i] * g[t * e + i];
      }
      for (int i = 0; i < e; i++) {
        of(dLogits)[t * e + i] += r[t * e + i] * (g[t * e + i] - dot);
      }
    }
  }

  @Override
  public void route(RoutingShape shape, Tensor probabilities, Tensor bias, RoutingPlan plan) {
    ShapeChecks.routing(shape, probabilities, plan);
    ShapeChecks.bias(shape, bias);
    int e = shape.experts();
    int[] selected = HostIndexTensor.of(plan.selected());
    for (int t = 0; t < plan.tokens(); t++) {
      int at = t * shape.topK();
      for (int i = 0; i < e; i++) {
        double score = of(probabilities)[t * e + i] + of(bias)[i];
        // The rank of i: how many come before it. Exactly K experts have rank < K.
        int rank = 0;
        for (int j = 0; j < e; j++) {
          double other = of(probabilities)[t * e + j] + of(bias)[j];
          if (ranksBefore(other, j, score, i)) {
            rank++;
          }
        }
        if (rank < shape.topK()) {
          selected[at++] = i;
        }
      }
    }
    Routing.sortByExpert(plan);
  }

  private static boolean ranksBefore(double a, int indexA, double b, int indexB) {
    double first = Double.isNaN(a) ? Double.NEGATIVE_INFINITY : a;
    double second = Double.isNaN(b) ? Double.NEGATIVE_INFINITY : b;
    return first > second || (first == second && indexA < indexB);
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
    for (int i = 0; i < shape.experts(); i++) {
      double sum = 0;
      for (int t = 0; t < plan.tokens(); t++) {
        sum += of(probabilities)[t * shape.experts() + i];
      }
      target[at.probabilitySums() + i] = sum;
    }
  }

  @Override
  public void expertsForward(
      RoutingPlan plan, Tensor x, ExpertWeights weights, ExpertBuffers buffers) {
    ShapeChecks.experts(plan, x, weights, buffers);
    int d = x.shape().last();
    int f = buffers.hidden().shape().last();
    int[] offsets = HostIndexTensor.of(plan.offsets());
    int[] slotToken = HostIndexTensor.of(plan.slotToken());
    for (int expert = 0; expert < offsets.length - 1; expert++) {
      int w = expert * f * d;
      for (int slot = offsets[expert]; slot < offsets[expert + 1]; slot++) {
        System.arraycopy(of(x), slotToken[slot] * d, of(buffers.input()), slot * d, d);
        for (int j = 0; j < f; j++) {
          double gate = 0;
          double up = 0;
          for (int i = 0; i < d; i++) {
            gate += of(buffers.input())[slot * d + i] * of(weights.gate())[w + j * d + i];
            up += of(buffers.input())[slot * d + i] * of(weights.up())[w + j * d + i];
          }
          of(buffers.gate())[slot * f + j] = gate;
          of(buffers.up())[slot * f + j] = up;
          of(buffers.hidden())[slot * f + j] = gate / (1 + Math.exp(-gate)) * up;
        }
        for (int i = 0; i < d; i++) {
          double sum = 0;
          for (int j = 0; j < f; j++) {
            sum += of(buffers.hidden())[slot * f + j] * of(weights.down())[w + i * f + j];
          }
          of(buffers.output())[slot * d + i] = sum;
        }
      }
    }
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
    int d = dX.shape().last();
    int f = buffers.hidden().shape().last();
    int[] offsets = HostIndexTensor.of(plan.offsets());
    int[] slotToken = HostIndexTensor.of(plan.slotToken());
    for (int expert = 0; expert < offsets.length - 1; expert++) {
      int w = expert * f * d;
      for (int slot = offsets[expert]; slot < offsets[expert + 1]; slot++) {
        for (int j = 0; j < f; j++) {
          double dHidden = 0;
          for (int i = 0; i < d; i++) {
            double g = of(gradients.output())[slot * d + i];
            dHidden += g * of(weights.down())[w + i * f + j];
            of(dWeights.down())[w + i * f + j] += g * of(buffers.hidden())[slot * f + j];
          }
          double z = of(buffers.gate())[slot * f + j];
          double sigmoid = 1 / (1 + Math.exp(-z));
          double dUp = dHidden * z * sigmoid;
          double dGate =
              dHidden * of(buffers.up())[slot * f + j] * sigmoid * (1 + z * (1 - sigmoid));
          for (int i = 0; i < d; i++) {
            int at = w + j * d + i;
            double in = of(buffers.input())[slot * d + i];
            of(dWeights.gate())[at] += dGate * in;
            of(dWeights.up())[at] += dUp * in;
            of(dX)[slotToken[slot] * d + i] +=
                dGate * of(weights.gate())[at] + dUp * of(weights.up())[at];
          }
        }
      }
    }
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
    int[] selected = HostIndexTensor.of(plan.selected());
    int[] tokenSlots = HostIndexTensor.of(plan.tokenSlots());
    for (int t = 0; t < plan.tokens(); t++) {
      for (int i = 0; i < d; i++) {
        double ffn = 0;
        double zero = 0;
        for (int k = t * shape.topK(); k < (t + 1) * shape.topK(); k++) {
          double gate = of(probabilities)[t * shape.experts() + selected[k]];
          if (tokenSlots[k] >= 0) {
            ffn += gate * of(expertOutput)[tokenSlots[k] * d + i];
          } else {
            zero += gate;
          }
        }
        of(ffnSum)[t * d + i] = ffn;
        of(out)[t * d + i] = gamma * ffn + zero * of(x)[t * d + i];
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
    int[] selected = HostIndexTensor.of(plan.selected());
    int[] tokenSlots = HostIndexTensor.of(plan.tokenSlots());
    java.util.Arrays.fill(of(dProbabilities), 0);
    for (int t = 0; t < plan.tokens(); t++) {
      for (int k = t * shape.topK(); k < (t + 1) * shape.topK(); k++) {
        int at = t * shape.experts() + selected[k];
        double gate = of(probabilities)[at];
        double dGate = 0;
        for (int i = 0; i < d; i++) {
          double g = of(dOut)[t * d + i];
          if (tokenSlots[k] >= 0) {
            int slot = tokenSlots[k] * d + i;
            dGate += gamma * g * of(expertOutput)[slot];
            of(dExpertOutput)[slot] = gamma * gate * g;
          } else {
            dGate += g * of(x)[t * d + i];
            of(dX)[t * d + i] += gate * g;
          }
        }
        of(dProbabilities)[at] = dGate;
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
    double[] r = of(probabilities);
    double squares = 0;
    for (int t = 0; t < tokens; t++) {
      double dot = 0;
      for (int i = 0; i < e; i++) {
        dot += r[t * e + i] * f[i] / tokens;
      }
      for (int i = 0; i < e; i++) {
        double g = r[t * e + i] * (f[i] / tokens - dot);
        squares += g * g;
        of(dLogits)[t * e + i] += coefficient * g;
      }
    }
    HostStatistics.of(into)[at] = squares;
  }
}
