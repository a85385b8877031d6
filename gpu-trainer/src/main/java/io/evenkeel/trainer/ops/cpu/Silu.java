package io.evenkeel.trainer.ops.cpu;

import static io.evenkeel.trainer.ops.cpu.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;

/** The gate of SwiGLU, {@code silu(gate) * up}, over {@code count} entries from {@code at} on. */
final class Silu {
  /** Entries whose exponentials are taken at a time. */
  private static final int SPAN = 1_024;

  private Silu() {}

  static void forward(float[] gate, float[] up, float[] out, int at, int count, Scratch scratch) {
    float[] exponentials = scratch.floats(SPAN);
    for (int from = at; from < at + count; from += SPAN) {
      int span = Math.min(SPAN, at + count - from);
      Exponentials.write(gate, from, -1, 0, exponentials, 0, span);
      int i = 0;
      for (; i <= span - WIDTH; i += WIDTH) {
        FloatVector z = Rows.load(gate, from + i);
        z.mul(Rows.load(up, from + i))
            .div(Rows.load(exponentials, i).add(1f))
            .intoArray(out, from + i);
      }
      for (; i < span; i++) {
        out[from + i] = gate[from + i] * up[from + i] / (1 + exponentials[i]);
      }
    }
  }

  /** Overwrites dGate and dUp; either may be dOut. */
  static void backward(
      float[] gate,
      float[] up,
      float[] dOut,
      float[] dGate,
      float[] dUp,
      int at,
      int count,
      Scratch scratch) {
    float[] exponentials = scratch.floats(SPAN);
    for (int from = at; from < at + count; from += SPAN) {
      int span = Math.min(SPAN, at + count - from);
      Exponentials.write(gate, from, -1, 0, exponentials, 0, span);
      int i = 0;
      for (; i <= span - WIDTH; i += WIDTH) {
        FloatVector z = Rows.load(gate, from + i);
        FloatVector g = Rows.load(dOut, from + i);
        FloatVector sigmoid = Lanes.broadcast(1f).div(Rows.load(exponentials, i).add(1f));
        FloatVector silu = z.mul(sigmoid);
        FloatVector byUp = g.mul(Rows.load(up, from + i));
        g.mul(silu).intoArray(dUp, from + i);
        // silu'(z) = s + z s (1 - s), s = sigmoid(z)
        byUp.mul(sigmoid.add(silu.sub(silu.mul(sigmoid)))).intoArray(dGate, from + i);
      }
      for (; i < span; i++) {
        float g = dOut[from + i];
        float sigmoid = 1 / (1 + exponentials[i]);
        float silu = gate[from + i] * sigmoid;
        float slope = sigmoid + (silu - silu * sigmoid);
        float toGate = g * up[from + i] * slope;
        dUp[from + i] = g * silu;
        dGate[from + i] = toGate;
      }
    }
  }

  /** Adds to dGate and dUp: rare, no pass of the model's adds to what another wrote. */
  static void addBackward(
      float[] gate, float[] up, float[] dOut, float[] dGate, float[] dUp, int at, int count) {
    for (int i = at; i < at + count; i++) {
      float z = gate[i];
      float sigmoid = (float) (1 / (1 + Math.exp(-z)));
      dUp[i] += dOut[i] * z * sigmoid;
      dGate[i] += dOut[i] * up[i] * sigmoid * (1 + z * (1 - sigmoid));
    }
  }
}
