package io.evenkeel.trainer.ops.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.trainer.ops.ExpertBuffers;
import io.evenkeel.trainer.ops.ExpertWeights;
import io.evenkeel.trainer.ops.RoutingPlan;
import io.evenkeel.trainer.ops.RoutingShape;
import io.evenkeel.trainer.ops.reference.ReferenceTensorOps;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The experts on plans that leave some without tokens, or give one everything. */
final class CudaExpertsTest {
  /**
   * @param favoured expert that every token selects, -1 for none
   * @param shunned expert that no token selects, -1 for none
   */
  private record Case(
      RoutingShape shape, int tokens, int width, int hidden, int favoured, int shunned) {
    /** The plan of the reference, as arrays: selected, offsets, slotToken, tokenSlots. */
    List<int[]> plan() {
      try (ReferenceTensorOps ops = new ReferenceTensorOps()) {
        Operands o = new Operands(ops.memory());
        Tensor bias = o.filled(shape.experts());
        double[] biases = new double[shape.experts()];
        if (favoured >= 0) {
          biases[favoured] = 10;
        }
        if (shunned >= 0) {
          biases[shunned] = -10;
        }
        ops.memory().write(bias, biases);
        RoutingPlan plan = RoutingPlan.allocate(ops.memory(), shape, tokens);
        ops.moe().route(shape, o.filled(tokens, shape.experts()), bias, plan);
        return List.of(
            ops.memory().toArray(plan.selected()),
            ops.memory().toArray(plan.offsets()),
            ops.memory().toArray(plan.slotToken()),
            ops.memory().toArray(plan.tokenSlots()));
      }
    }

    RoutingPlan planIn(Operands o) {
      List<int[]> arrays = plan();
      RoutingPlan plan = RoutingPlan.allocate(o.memory(), shape, tokens);
      o.memory().write(plan.selected(), arrays.get(0));
      o.memory().write(plan.offsets(), arrays.get(1));
      o.memory().write(plan.slotToken(), arrays.get(2));
      o.memory().write(plan.tokenSlots(), arrays.get(3));
      return plan;
    }
  }

  /** What the experts of a backend do. */
  private interface Experts {
    void forward(RoutingPlan plan, Tensor x, ExpertWeights weights, ExpertBuffers buffers);

    void backward(
        RoutingPlan plan,
        ExpertWeights weights,
        ExpertBuffers buffers,
        ExpertBuffers gradients,
        ExpertWeights dWeights,
        Tensor dX);
  }

  private static Operands.Computation<Experts> experts(Case c) {
    return (experts, o) -> {
      int n = c.shape().ffnExperts();
      int d = c.width();
      int f = c.hidden();
      RoutingPlan plan = c.planIn(o);
      Tensor x = o.filled(c.tokens(), d);
      ExpertWeights weights =
          new ExpertWeights(o.filled(n, f, d), o.filled(n, f, d), o.filled(n, d, f));
      // Filled, so that rows without a slot stay comparable.
      ExpertBuffers buffers = buffers(o, plan.capacity(), d, f);
      experts.forward(plan, x, weights, buffers);
      o.result(buffers.output());
      ExpertBuffers gradients = buffers(o, plan.capacity(), d, f);
      ExpertWeights dWeights =
          new ExpertWeights(o.result(n, f, d), o.result(n, f, d), o.result(n, d, f));
      experts.backward(plan, weights, buffers, gradients, dWeights, o.result(c.tokens(), d));
    };
  }

  private static ExpertBuffers buffers(Operands o, int slots, int d, int f) {
    return new ExpertBuffers(
        o.filled(slots, d),
        o.filled(slots, f),
        o.filled(slots, f),
        o.filled(slots, f),
        o.filled(slots, d));
  }

  private static List<double[]> expected(Case c) {
    return Operands.expected(
        (ops, o) ->
            experts(c)
                .run(
                    new Experts() {
                      @Override
                      public void forward(
                          RoutingPlan plan,
                          Tensor x,
                          ExpertWeights weights,
                          ExpertBuffers buffers) {
                        ops.moe().expertsForward(plan, x, weights, buffers);
                      }

                      @Override
                      public void backward(
                          RoutingPlan plan,
                          ExpertWeights weights,
                          ExpertBuffers buffers,
                          ExpertBuffers gradients,
                          ExpertWeights dWeights,
                          Tensor dX) {
                        ops.moe().expertsBackward(plan, weights, buffers, gradients, dWeights, dX);
                      }
                    },
                    o));
  }

  private static List<double[]> onGpu(GemmPrecision precision, int backwards, Case c)
      throws CudaUnavailableException {
    EmulatedGpu.get().configure("backwards", backwards);
    try (CudaRuntime runtime = CudaRuntime.open(0)) {
      Operands o = new Operands(new CudaMemory(runtime));
      CudaExperts cuda = new CudaExperts(runtime, precision);
      experts(c)
          .run(
              new Experts() {
                @Override
                public void forward(
                    RoutingPlan plan, Tensor x, ExpertWeights weights, ExpertBuffers buffers) {
                  cuda.forward(plan, x, weights, buffers);
                }

                @Override
                public void backward(
                    RoutingPlan plan,
                    ExpertWeights weights,
                    ExpertBuffers buffers,
                    ExpertBuffers gradients,
                    ExpertWeights dWeights,
                    Tensor dX) {
                  cuda.backward(plan, weights, buffers, gradients, dWeights, dX);
                }
              },
              o);
      return o.results();
    }
  }

  private static Case of(
      int n, int zero, int k, int tokens, int d, int f, int favoured, int shunned) {
    RoutingShape shape = new RoutingShape(n, zero, k, zero == 0 ? k : k * 0.5, 1);
    return new Case(shape, tokens, d, f, favoured, shunned);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, 1, 1, 1, 1, -1, -1", // one of everything
    "4, 2, 3, 33, 7, 5, -1, -1",
    "5, 0, 3, 33, 6, 9, -1, 2", // an expert without tokens, no zero experts
    "3, 2, 1, 70, 4, 3, 1, -1", // all tokens to one expert, over more than a tile
    "3, 2, 1, 9, 4, 3, 4, -1", // all tokens to a zero expert: no slot at all
    "2, 1, 2, 20, 66, 68, -1, -1" // wider than a tile
  })
  void shouldAgreeWithTheReference(
      int n, int zero, int k, int tokens, int d, int f, int favoured, int shunned)
      throws CudaUnavailableException {
    Case c = of(n, zero, k, tokens, d, f, favoured, shunned);
    List<double[]> found = onGpu(GemmPrecision.FP32, 0, c);
    Operands.assertClose(expected(c), found, 2e-6);
    Operands.assertSame(found, onGpu(GemmPrecision.FP32, 1, c));
    // Three products in a row, each with factors rounded to 10 bits of mantissa.
    Operands.assertClose(expected(c), onGpu(GemmPrecision.TF32, 1, c), 4 * 0x1p-10);
  }

  @Test
  void shouldLeaveWeightsOfAnExpertWithoutTokensAlone() throws CudaUnavailableException {
    Case c = of(3, 0, 1, 9, 2, 2, -1, 1);
    int[] offsets = c.plan().get(1);
    assertThat(offsets[1]).isEqualTo(offsets[2]);
    List<double[]> found = onGpu(GemmPrecision.FP32, 0, c);
    List<double[]> reference = expected(c);
    for (int weight = 1; weight <= 3; weight++) {
      for (int i = 4; i < 8; i++) {
        assertThat(found.get(weight)[i]).isEqualTo(reference.get(weight)[i]);
      }
    }
  }
}
