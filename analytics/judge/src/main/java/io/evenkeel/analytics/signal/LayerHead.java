package io.evenkeel.analytics.signal;

import io.evenkeel.contract.telemetry.ExpertVector;
import io.evenkeel.contract.telemetry.GradientMethod;
import io.evenkeel.contract.telemetry.MoeLayerTelemetry;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What all ranks share of an MoE layer, as the lowest rank reports it.
 *
 * @param loadBalanceCoefficient alpha / L
 * @param gradientMethod how the gradients were had
 * @param routerCosineAll mean signed cosine over pairs of router rows; null if not reported
 * @param routerCosineFfn the same, FFN rows only
 * @param selectionBias b [E]; empty if none
 * @param probabilitiesSent whether the rank sends sums of probabilities
 */
record LayerHead(
    double loadBalanceCoefficient,
    GradientMethod gradientMethod,
    @Nullable Double routerCosineAll,
    @Nullable Double routerCosineFfn,
    ExpertVector selectionBias,
    boolean probabilitiesSent) {

  static LayerHead of(MoeLayerTelemetry layer) {
    return new LayerHead(
        layer.loadBalanceCoefficient(),
        layer.gradientMethod(),
        layer.routerCosineAll(),
        layer.routerCosineFfn(),
        // It outlives the message that the vector may stand in.
        layer.selectionBias().detached(),
        layer.probabilitySums().size() > 0);
  }

  void write(DataOutput out) throws IOException {
    out.writeDouble(loadBalanceCoefficient);
    out.writeUTF(gradientMethod.name());
    write(routerCosineAll, out);
    write(routerCosineFfn, out);
    out.writeInt(selectionBias.size());
    ByteBuffer bytes = ByteBuffer.allocate(selectionBias.size() * Double.BYTES);
    for (int i = 0; i < selectionBias.size(); i++) {
      bytes.putDouble(selectionBias.get(i));
    }
    out.write(bytes.array());
    out.writeBoolean(probabilitiesSent);
  }

  static LayerHead read(DataInput in) throws IOException {
    return new LayerHead(
        in.readDouble(),
        GradientMethod.valueOf(in.readUTF()),
        readNullable(in),
        readNullable(in),
        readVector(in),
        in.readBoolean());
  }

  private static void write(@Nullable Double value, DataOutput out) throws IOException {
    out.writeBoolean(value != null);
    if (value != null) {
      out.writeDouble(value);
    }
  }

  private static @Nullable Double readNullable(DataInput in) throws IOException {
    return in.readBoolean() ? (@Nullable Double) in.readDouble() : null;
  }

  private static ExpertVector readVector(DataInput in) throws IOException {
    double[] values = new double[in.readInt()];
    byte[] bytes = new byte[values.length * Double.BYTES];
    in.readFully(bytes);
    ByteBuffer.wrap(bytes).asDoubleBuffer().get(values);
    return ExpertVector.of(values);
  }
}
