package io.evenkeel.trainer.ops.cpu;

/** The gate of SwiGLU over the first {@code count} entries. */
final class Silu {
  private Silu() {}

  static void forward(float[] gate, float[] up, float[] out, int count) {
    for (int i = 0; i < count; i++) {
      out[i] = gate[i] * sigmoid(gate[i]) * up[i];
    }
  }

  /** Adds to dGate and dUp. */
  static void backward(
      float[] gate, float[] up, float[] dOut, float[] dGate, float[] dUp, int count) {
    for (int i = 0; i < count; i++) {
      float sigmoid = sigmoid(gate[i]);
      float g = dOut[i];
      dUp[i] += g * gate[i] * sigmoid;
      dGate[i] += g * up[i] * sigmoid * (1 + gate[i] * (1 - sigmoid));
    }
  }

  private static float sigmoid(float z) {
    return (float) (1 / (1 + Math.exp(-z)));
  }
}
