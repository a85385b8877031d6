package io.evenkeel.analytics.signal;

import io.evenkeel.contract.telemetry.ActivationSite;
import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.Placement;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a {@link StepSum} is written: what the ranks share as one observation in wire format, the
 * sums as they are. Begins with a version.
 */
final class StepSumFormat {

  private static final byte FORMAT = 1;

  private interface Reader<T> {
    T read(DataInput in) throws IOException;
  }

  private StepSumFormat() {}

  static void write(StepSum sum, DataOutput out) throws IOException {
    out.writeByte(FORMAT);
    byte[] shared = Codecs.STEP_TELEMETRY.encode(shared(sum));
    out.writeInt(shared.length);
    out.write(shared);
    out.writeLong(sum.nonFinite);
    out.writeInt(sum.gradientNorm.rank());
    out.writeInt(sum.clipCoefficient.rank());
    out.writeInt(sum.shape.rank());
    out.writeInt(sum.tensors.rank());
    out.writeInt(sum.knobs.rank());
    out.writeInt(sum.stepTimeMillis.size());
    for (Map.Entry<Integer, Double> rank : sum.stepTimeMillis.entrySet()) {
      out.writeInt(rank.getKey());
      out.writeDouble(rank.getValue());
    }
    for (ExactMean loss : sum.losses) {
      loss.write(out);
    }
    out.writeInt(sum.layers.size());
    for (Map.Entry<Integer, LayerSum> layer : sum.layers.entrySet()) {
      out.writeInt(layer.getKey());
      layer.getValue().write(out);
    }
    out.writeInt(sum.activations.size());
    for (Map.Entry<ActivationSum.Site, ActivationSum> entry : sum.activations.entrySet()) {
      out.writeInt(entry.getKey().layer());
      out.writeUTF(entry.getKey().site().name());
      entry.getValue().write(out);
    }
    out.writeInt(sum.shards.size());
    for (Map.Entry<String, TensorSum> shard : sum.shards.entrySet()) {
      out.writeUTF(shard.getKey());
      shard.getValue().write(out);
    }
    out.writeInt(sum.scalars.size());
    for (Map.Entry<String, ExactMean> scalar : sum.scalars.entrySet()) {
      out.writeUTF(scalar.getKey());
      scalar.getValue().write(out);
    }
  }

  static StepSum read(DataInput in) throws IOException {
    byte format = in.readByte();
    if (format != FORMAT) {
      throw new IOException("sum of a step of unknown format " + format);
    }
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    StepTelemetry shared;
    try {
      shared = Codecs.STEP_TELEMETRY.decode(bytes);
    } catch (WireException e) {
      throw new IOException(e);
    }
    StepSum sum = new StepSum(shared.key().stepKey());
    sum.worldSize = shared.worldSize();
    sum.wallTime = shared.wallTime();
    sum.tokens = shared.tokens();
    sum.droppedBefore = shared.droppedBefore();
    sum.telemetryTimeMillis = shared.telemetryTimeMillis();
    sum.lastCommand = shared.lastCommand();
    sum.nonFinite = in.readLong();
    sum.gradientNorm.offer(in.readInt(), shared.gradientNorm());
    sum.clipCoefficient.offer(in.readInt(), shared.clipCoefficient());
    sum.shape.offer(in.readInt(), shared.moeShape());
    sum.tensors.offer(
        in.readInt(),
        shared.tensors().isEmpty()
            ? null
            : new StepSum.Tensors(shared.tensorPlacement(), shared.tensors()));
    sum.knobs.offer(in.readInt(), shared.knobs().isEmpty() ? null : shared.knobs());
    for (int left = in.readInt(); left > 0; left--) {
      sum.stepTimeMillis.put(in.readInt(), in.readDouble());
    }
    for (int i = 0; i < sum.losses.length; i++) {
      sum.losses[i] = ExactMean.read(in);
    }
    sum.layers.putAll(map(in, DataInput::readInt, LayerSum::read));
    sum.activations.putAll(
        map(
            in,
            i -> new ActivationSum.Site(i.readInt(), ActivationSite.valueOf(i.readUTF())),
            ActivationSum::read));
    sum.shards.putAll(map(in, DataInput::readUTF, TensorSum::read));
    sum.scalars.putAll(map(in, DataInput::readUTF, ExactMean::read));
    return sum;
  }

  private static <K extends Comparable<K>, V> TreeMap<K, V> map(
      DataInput in, Reader<K> keys, Reader<V> values) throws IOException {
    TreeMap<K, V> map = new TreeMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      K key = keys.read(in);
      map.put(key, values.read(in));
    }
    return map;
  }

  /** The figures that are not added up, under the key of rank 0. */
  private static StepTelemetry shared(StepSum sum) {
    StepSum.Tensors tensors = sum.tensors.value();
    List<io.evenkeel.contract.telemetry.KnobValue> knobs = sum.knobs.value();
    return new StepTelemetry(
        new ObservationKey(sum.key.run(), sum.key.incarnation(), sum.key.step(), 0),
        sum.worldSize,
        sum.wallTime,
        0,
        sum.telemetryTimeMillis,
        sum.tokens,
        Losses.NONE,
        sum.gradientNorm.value(),
        sum.clipCoefficient.value(),
        tensors == null ? Placement.REPLICATED : tensors.placement(),
        tensors == null ? List.of() : tensors.list(),
        sum.shape.value(),
        List.of(),
        List.of(),
        knobs == null ? List.of() : knobs,
        sum.lastCommand,
        Map.of(),
        sum.droppedBefore);
  }
}
