package io.evenkeel.trainer.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.testing.SeededCases;
import io.evenkeel.trainer.ops.reference.ReferenceTensorOps;
import io.evenkeel.trainer.tensor.IndexTensor;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.Arrays;
import java.util.function.DoubleSupplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * Every backward operation of the reference against central differences of its forward operation,
 * in double: the loss is a random projection of the outputs, and each input moves along random
 * directions.
 */
final class OperationGradientsTest {
  private static final int CASES = 6;
  private static final int DIRECTIONS = 4;
  private static final double STEP = 1e-5;
  private static final double TOLERANCE = 1e-7;

  private final ReferenceTensorOps ops = new ReferenceTensorOps();

  /** What a backward operation does to a gradient. */
  private enum Written {
    ADDED,
    OVERWRITTEN
  }

  /** An input, its gradient, and what the gradient held before. */
  private record Input(String name, Tensor value, Tensor gradient, double[] before) {}

  private final class Case {
    final RandomGenerator random;

    Case(RandomGenerator random) {
      this.random = random;
    }

    int size(int most) {
      return 1 + random.nextInt(most);
    }

    Tensor filled(int... extents) {
      Tensor tensor = ops.memory().allocate(Shape.of(extents));
      ops.memory().write(tensor, gaussians(tensor.shape().size()));
      return tensor;
    }

    double[] gaussians(int count) {
      double[] values = new double[count];
      Arrays.setAll(values, i -> random.nextGaussian());
      return values;
    }

    IndexTensor indices(int from, int bound, int count) {
      IndexTensor tensor = ops.memory().allocateIndices(Shape.of(count));
      ops.memory().write(tensor, random.ints(count, from, bound).toArray());
      return tensor;
    }

    /** A gradient that starts with numbers, to which the backward operation adds. */
    Input input(String name, Tensor value, Tensor gradient, Written written) {
      double[] before = new double[value.shape().size()];
      if (written == Written.ADDED) {
        before = ops.memory().toArray(gradient);
      }
      return new Input(name, value, gradient, before);
    }

    Input input(String name, Tensor value) {
      return input(name, value, filled(value.shape().extents()), Written.ADDED);
    }

    /** {@code <projection, output>}. */
    double project(Tensor projection, Tensor output) {
      double[] p = ops.memory().toArray(projection);
      double[] y = ops.memory().toArray(output);
      double sum = 0;
      for (int i = 0; i < p.length; i++) {
        sum += p[i] * y[i];
      }
      return sum;
    }

    /** Runs both passes once, then compares; {@code loss} is the forward pass. */
    void check(DoubleSupplier loss, Runnable backward, Input... inputs) {
      double unused = loss.getAsDouble();
      backward.run();
      for (Input input : inputs) {
        double[] gradient = ops.memory().toArray(input.gradient());
        double[] original = ops.memory().toArray(input.value());
        for (int n = 0; n < DIRECTIONS; n++) {
          double[] direction = gaussians(original.length);
          double slope = 0;
          for (int i = 0; i < original.length; i++) {
            slope += direction[i] * (gradient[i] - input.before()[i]);
          }
          double difference =
              (moved(input.value(), original, direction, STEP, loss)
                      - moved(input.value(), original, direction, -STEP, loss))
                  / (2 * STEP);
          assertThat(slope)
              .as(input.name())
              .isCloseTo(difference, within(TOLERANCE * (1 + Math.abs(difference))));
        }
        ops.memory().write(input.value(), original);
      }
      assertThat(unused).isFinite();
    }

    private double moved(
        Tensor tensor, double[] original, double[] direction, double by, DoubleSupplier loss) {
      double[] values = new double[original.length];
      Arrays.setAll(values, i -> original[i] + by * direction[i]);
      ops.memory().write(tensor, values);
      return loss.getAsDouble();
    }
  }

  private void forEach(java.util.function.Consumer<Case> property) {
    SeededCases.forEach(CASES, random -> property.accept(new Case(random)));
  }

  @Test
  void shouldDifferentiateLinearMaps() {
    forEach(
        c -> {
          int rows = c.size(33);
          Tensor x = c.filled(rows, c.size(9));
          Tensor w = c.filled(c.size(9), x.shape().last());
          Tensor y = c.filled(rows, w.shape().extent(0));
          Tensor dY = c.filled(y.shape().extents());
          Input dX = c.input("x", x);
          Input dW = c.input("weight", w);
          c.check(
              () -> {
                ops.dense().linearForward(x, w, y);
                return c.project(dY, y);
              },
              () -> ops.dense().linearBackward(x, w, dY, dX.gradient(), dW.gradient()),
              dX,
              dW);
        });
  }

  @Test
  void shouldDifferentiateNorms() {
    forEach(
        c -> {
          Tensor x = c.filled(c.size(33), c.size(9));
          Tensor gain = c.filled(x.shape().last());
          Tensor y = c.filled(x.shape().extents());
          Tensor inverse = c.filled(x.shape().extent(0));
          Tensor dY = c.filled(x.shape().extents());
          Input dX = c.input("x", x);
          Input dGain = c.input("gain", gain);
          c.check(
              () -> {
                ops.dense().rmsNormForward(x, gain, 0.1, y, inverse);
                return c.project(dY, y);
              },
              () ->
                  ops.dense()
                      .rmsNormBackward(x, gain, inverse, dY, dX.gradient(), dGain.gradient()),
              dX,
              dGain);
        });
  }

  @Test
  void shouldDifferentiateGatesAndEmbeddings() {
    forEach(
        c -> {
          Tensor gate = c.filled(c.size(33), c.size(9));
          Tensor up = c.filled(gate.shape().extents());
          Tensor y = c.filled(gate.shape().extents());
          Tensor dY = c.filled(gate.shape().extents());
          Input dGate = c.input("gate", gate);
          Input dUp = c.input("up", up);
          c.check(
              () -> {
                ops.dense().siluMultiplyForward(gate, up, y);
                return c.project(dY, y);
              },
              () ->
                  ops.dense().siluMultiplyBackward(gate, up, dY, dGate.gradient(), dUp.gradient()),
              dGate,
              dUp);
          Tensor table = c.filled(c.size(7), gate.shape().last());
          IndexTensor tokens = c.indices(0, table.shape().extent(0), gate.shape().extent(0));
          Input dTable = c.input("table", table);
          c.check(
              () -> {
                ops.dense().embeddingForward(table, tokens, y);
                return c.project(dY, y);
              },
              () -> ops.dense().embeddingBackward(tokens, dY, dTable.gradient()),
              dTable);
        });
  }

  @Test
  void shouldDifferentiateRotations() {
    forEach(
        c -> {
          int length = c.size(7);
          int half = c.size(3);
          int rows = length * c.size(3);
          Tensor x = c.filled(rows, 2 * half * c.size(3));
          Tensor cos = c.filled(length, half);
          Tensor sin = c.filled(length, half);
          Tensor y = c.filled(x.shape().extents());
          Tensor dY = c.filled(x.shape().extents());
          Tensor gradient = c.filled(x.shape().extents());
          ops.memory().copy(dY, gradient);
          c.check(
              () -> {
                ops.memory().copy(x, y);
                ops.attention().ropeForward(y, cos, sin);
                return c.project(dY, y);
              },
              () -> ops.attention().ropeBackward(gradient, cos, sin),
              c.input("x", x, gradient, Written.OVERWRITTEN));
        });
  }

  @Test
  void shouldDifferentiateAttention() {
    forEach(
        c -> {
          AttentionShape shape = new AttentionShape(c.size(3), c.size(3), c.size(9), 2 * c.size(3));
          int rows = shape.sequences() * shape.length();
          int d = shape.heads() * shape.headWidth();
          Input q = c.input("q", c.filled(rows, d));
          Input k = c.input("k", c.filled(rows, d));
          Input v = c.input("v", c.filled(rows, d));
          Tensor saved = ops.memory().allocate(ops.attention().savedShape(shape));
          Tensor scratch = ops.memory().allocate(ops.attention().scratchShape(shape));
          Tensor out = c.filled(rows, d);
          Tensor dOut = c.filled(rows, d);
          c.check(
              () -> {
                ops.attention()
                    .attentionForward(shape, q.value(), k.value(), v.value(), saved, out);
                return c.project(dOut, out);
              },
              () ->
                  ops.attention()
                      .attentionBackward(
                          shape,
                          q.value(),
                          k.value(),
                          v.value(),
                          out,
                          saved,
                          dOut,
                          q.gradient(),
                          k.gradient(),
                          v.gradient(),
                          scratch),
              q,
              k,
              v);
        });
  }

  @Test
  void shouldDifferentiateTheRoutersSoftmax() {
    forEach(
        c -> {
          Input z = c.input("logits", c.filled(c.size(33), c.size(9)));
          Tensor r = c.filled(z.value().shape().extents());
          Tensor lse = c.filled(r.shape().extent(0));
          Tensor dR = c.filled(r.shape().extents());
          c.check(
              () -> {
                ops.moe().softmaxForward(z.value(), r, lse);
                return c.project(dR, r);
              },
              () -> ops.moe().softmaxBackward(r, dR, z.gradient()),
              z);
        });
  }

  private static RoutingShape anyRouting(Case c) {
    int groups = c.size(3);
    int experts = groups * c.size(3);
    int zero = c.size(3) - 1;
    int k = c.size(experts + zero);
    return new RoutingShape(experts, zero, k, zero == 0 ? k : 0.6 * k, groups);
  }

  private RoutingPlan route(Case c, RoutingShape shape, Tensor probabilities) {
    RoutingPlan plan = RoutingPlan.allocate(ops.memory(), shape, probabilities.shape().extent(0));
    ops.moe().route(shape, probabilities, c.filled(shape.experts()), plan);
    return plan;
  }

  @Test
  void shouldDifferentiateExpertsAndTheirSum() {
    forEach(
        c -> {
          RoutingShape shape = anyRouting(c);
          int tokens = c.size(12);
          int d = c.size(6);
          int f = c.size(6);
          int n = shape.ffnExperts();
          Input r =
              c.input(
                  "probabilities",
                  c.filled(tokens, shape.experts()),
                  c.filled(tokens, shape.experts()),
                  Written.OVERWRITTEN);
          RoutingPlan plan = route(c, shape, r.value());
          Input x = c.input("x", c.filled(tokens, d));
          Input gate = c.input("gate", c.filled(n, f, d));
          Input up = c.input("up", c.filled(n, f, d));
          Input down = c.input("down", c.filled(n, d, f));
          ExpertWeights w = new ExpertWeights(gate.value(), up.value(), down.value());
          ExpertWeights dW = new ExpertWeights(gate.gradient(), up.gradient(), down.gradient());
          ExpertBuffers buffers = ExpertBuffers.allocate(ops.memory(), plan.capacity(), d, f);
          ExpertBuffers gradients = ExpertBuffers.allocate(ops.memory(), plan.capacity(), d, f);
          ops.memory().fill(gradients.output(), 7);
          Tensor sum = c.filled(tokens, d);
          Tensor out = c.filled(tokens, d);
          Tensor dOut = c.filled(tokens, d);
          c.check(
              () -> {
                ops.moe().expertsForward(plan, x.value(), w, buffers);
                ops.moe()
                    .combineForward(
                        shape, plan, r.value(), x.value(), buffers.output(), 1.7, sum, out);
                return c.project(dOut, out);
              },
              () -> {
                ops.moe()
                    .combineBackward(
                        shape,
                        plan,
                        r.value(),
                        x.value(),
                        buffers.output(),
                        1.7,
                        dOut,
                        gradients.output(),
                        r.gradient(),
                        x.gradient());
                ops.moe().expertsBackward(plan, w, buffers, gradients, dW, x.gradient());
              },
              r,
              x,
              gate,
              up,
              down);
        });
  }

  @Test
  void shouldDifferentiateTheLoadBalanceLossWithItsFactorsHeld() {
    forEach(
        c -> {
          RoutingShape shape = anyRouting(c);
          int tokens = c.size(12);
          Input z = c.input("logits", c.filled(tokens, shape.experts()));
          Tensor r = c.filled(tokens, shape.experts());
          Tensor lse = c.filled(tokens);
          ops.moe().softmaxForward(z.value(), r, lse);
          RoutingPlan plan = route(c, shape, r);
          RoutingLayout layout = new RoutingLayout(0, shape.experts(), shape.groups());
          Statistics sums = ops.memory().allocateStatistics(layout.end() + 1);
          ops.moe().routingStatistics(shape, plan, r, sums, layout);
          double[] factors = factors(shape, layout, ops.memory().toArray(sums), tokens);
          c.check(
              () -> {
                ops.moe().softmaxForward(z.value(), r, lse);
                double[] probabilities = ops.memory().toArray(r);
                double loss = 0;
                for (int at = 0; at < probabilities.length; at++) {
                  loss += probabilities[at] / tokens * factors[shape.groupOf(at % shape.experts())];
                }
                return 0.3 * loss;
              },
              () ->
                  ops.moe()
                      .loadBalanceBackward(
                          shape, r, sums, layout, 0.3, z.gradient(), sums, layout.end()),
              z);
          double squares = 0;
          double[] after = ops.memory().toArray(z.gradient());
          for (int i = 0; i < after.length; i++) {
            squares += Math.pow((after[i] - z.before()[i]) / 0.3, 2);
          }
          assertThat(ops.memory().toArray(sums)[layout.end()])
              .isCloseTo(squares, within(1e-12 * (1 + squares)));
        });
  }

  /** f of each group, from the counts. FORMULAS.md section 3. */
  private static double[] factors(
      RoutingShape shape, RoutingLayout layout, double[] sums, int tokens) {
    double[] factors = new double[shape.groupsWithZero()];
    for (int j = 0; j < shape.groups(); j++) {
      factors[j] =
          shape.groups() / (shape.ffnExpertsTarget() * tokens) * sums[layout.groupHits() + j];
    }
    if (shape.zeroExperts() > 0) {
      double load = 0;
      for (int i = shape.ffnExperts(); i < shape.experts(); i++) {
        load += sums[layout.load() + i];
      }
      factors[shape.groups()] = load / ((shape.topK() - shape.ffnExpertsTarget()) * tokens);
    }
    return factors;
  }

  @Test
  void shouldDifferentiateTheLosses() {
    forEach(
        c -> {
          int rows = c.size(33);
          int classes = 1 + c.size(9);
          Tensor logits = c.filled(rows, classes);
          IndexTensor targets = c.indices(-1, classes, rows);
          Tensor lse = c.filled(rows);
          Statistics sums = ops.memory().allocateStatistics(2);
          Tensor dLogits = c.filled(rows, classes);
          c.check(
              () -> {
                ops.losses().crossEntropyForward(logits, targets, lse, sums, 0);
                return 0.25 * ops.memory().toArray(sums)[0];
              },
              () -> ops.losses().crossEntropyBackward(logits, lse, targets, 0.25, dLogits),
              c.input("logits", logits, dLogits, Written.OVERWRITTEN));
          Input x = c.input("x", c.filled(rows, classes));
          c.check(
              () -> {
                ops.losses().hiddenZForward(x.value(), lse, sums, 1);
                return 0.5 * ops.memory().toArray(sums)[1];
              },
              () -> ops.losses().hiddenZBackward(x.value(), lse, 0.5, x.gradient()),
              x);
        });
  }
}
