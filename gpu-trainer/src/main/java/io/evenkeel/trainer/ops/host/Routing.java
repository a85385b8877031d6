package io.evenkeel.trainer.ops.host;

import io.evenkeel.trainer.ops.RoutingLayout;
import io.evenkeel.trainer.ops.RoutingPlan;
import io.evenkeel.trainer.ops.RoutingShape;
import java.util.Arrays;

/** Sorting tokens by expert, and counting. */
public final class Routing {
  private Routing() {}

  /** Fills offsets, slotToken and tokenSlots from the plan's selection. */
  public static void sortByExpert(RoutingPlan plan) {
    int[] selected = HostIndexTensor.of(plan.selected());
    int[] offsets = HostIndexTensor.of(plan.offsets());
    int[] slotToken = HostIndexTensor.of(plan.slotToken());
    int[] tokenSlots = HostIndexTensor.of(plan.tokenSlots());
    int ffnExperts = offsets.length - 1;
    int topK = plan.selected().shape().last();
    Arrays.fill(offsets, 0);
    for (int expert : selected) {
      if (expert < ffnExperts) {
        offsets[expert + 1]++;
      }
    }
    for (int expert = 0; expert < ffnExperts; expert++) {
      offsets[expert + 1] += offsets[expert];
    }
    // offsets[i] serves as the cursor of expert i and ends where expert i+1 starts: shifted back
    // below.
    for (int at = 0; at < selected.length; at++) {
      int expert = selected[at];
      if (expert < ffnExperts) {
        int slot = offsets[expert]++;
        slotToken[slot] = at / topK;
        tokenSlots[at] = slot;
      } else {
        tokenSlots[at] = -1;
      }
    }
    System.arraycopy(offsets, 0, offsets, 1, ffnExperts);
    offsets[0] = 0;
  }

  /** Every token to every FFN expert. */
  public static void sendToAll(RoutingPlan plan) {
    int[] selected = HostIndexTensor.of(plan.selected());
    int experts = plan.offsets().shape().size() - 1;
    if (plan.selected().shape().last() != experts) {
      throw new IllegalArgumentException("routeToAll needs a plan with K == N");
    }
    for (int at = 0; at < selected.length; at++) {
      selected[at] = at % experts;
    }
    sortByExpert(plan);
  }

  /** Writes load, group hits and the FFN-expert counts; the probability sums are the caller's. */
  public static void count(
      RoutingShape shape, RoutingPlan plan, double[] into, RoutingLayout layout) {
    int[] selected = HostIndexTensor.of(plan.selected());
    int topK = shape.topK();
    Arrays.fill(into, layout.load(), layout.load() + shape.experts(), 0.0);
    Arrays.fill(into, layout.groupHits(), layout.groupHits() + shape.groups(), 0.0);
    double sum = 0;
    double sumSquares = 0;
    for (int token = 0; token < plan.tokens(); token++) {
      int ffn = 0;
      int lastGroup = -1;
      for (int k = 0; k < topK; k++) {
        int expert = selected[token * topK + k];
        into[layout.load() + expert]++;
        if (expert < shape.ffnExperts()) {
          ffn++;
          int group = shape.groupOf(expert);
          // The selection is ascending, so the members of a group are neighbours.
          if (group != lastGroup) {
            into[layout.groupHits() + group]++;
            lastGroup = group;
          }
        }
      }
      sum += ffn;
      sumSquares += (double) ffn * ffn;
    }
    into[layout.ffnExpertsSum()] = sum;
    into[layout.ffnExpertsSumSquares()] = sumSquares;
  }

  /**
   * f of each expert's group, from the counts: {@code D/(Ke T) hits_j}, and for zero experts {@code
   * sum T_i/((K-Ke) T)}.
   *
   * @return f [E]
   */
  public static double[] groupFactors(
      RoutingShape shape, double[] counts, RoutingLayout layout, int tokens, double[] factors) {
    double zeroLoad = 0;
    for (int expert = shape.ffnExperts(); expert < shape.experts(); expert++) {
      zeroLoad += counts[layout.load() + expert];
    }
    for (int expert = 0; expert < shape.experts(); expert++) {
      factors[expert] =
          expert < shape.ffnExperts()
              ? shape.groups()
                  / (shape.ffnExpertsTarget() * tokens)
                  * counts[layout.groupHits() + shape.groupOf(expert)]
              : zeroLoad / ((shape.topK() - shape.ffnExpertsTarget()) * tokens);
    }
    return factors;
  }
}
