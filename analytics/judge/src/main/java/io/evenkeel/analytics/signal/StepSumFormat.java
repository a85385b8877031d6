package io.evenkeel.analytics.signal;

import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.telemetry.ActivationSite;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.contract.telemetry.MoeShape;
import io.evenkeel.contract.telemetry.Placement;
import io.evenkeel.contract.telemetry.StepKey;
import io.evenkeel.contract.telemetry.TensorTelemetry;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a {@link StepSum} is written: what the ranks share, then the sums as they are. Begins with a
 * version.
 */
final class StepSumFormat {

  private static final byte FORMAT = 2;

  private interface Writer<T> {
    void write(DataOutput out, T value) throws IOException;
  }

  private interface Reader<T> {
    T read(DataInput in) throws IOException;
  }

  private StepSumFormat() {}

  static void write(StepSum sum, DataOutput out) throws IOException {
    out.writeByte(FORMAT);
    writeText(sum.key.run(), out);
    out.writeInt(sum.key.incarnation());
    out.writeLong(sum.key.step());
    out.writeInt(sum.worldSize);
    out.writeLong(sum.wallTime.getEpochSecond());
    out.writeInt(sum.wallTime.getNano());
    out.writeLong(sum.tokens);
    out.writeLong(sum.droppedBefore);
    out.writeLong(sum.nonFinite);
    out.writeDouble(sum.telemetryTimeMillis);
    out.writeLong(sum.lastCommand.epoch());
    out.writeLong(sum.lastCommand.sequence());
    write(sum.gradientNorm, DataOutput::writeDouble, out);
    write(sum.clipCoefficient, DataOutput::writeDouble, out);
    write(sum.shape, StepSumFormat::writeShape, out);
    write(sum.tensors, StepSumFormat::writeTensors, out);
    write(sum.knobs, StepSumFormat::writeKnobs, out);
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
    StepSum sum = new StepSum(new StepKey(readText(in), in.readInt(), in.readLong()));
    sum.worldSize = in.readInt();
    sum.wallTime = Instant.ofEpochSecond(in.readLong(), in.readInt());
    sum.tokens = in.readLong();
    sum.droppedBefore = in.readLong();
    sum.nonFinite = in.readLong();
    sum.telemetryTimeMillis = in.readDouble();
    sum.lastCommand = new CommandPosition(in.readLong(), in.readLong());
    read(sum.gradientNorm, DataInput::readDouble, in);
    read(sum.clipCoefficient, DataInput::readDouble, in);
    read(sum.shape, StepSumFormat::readShape, in);
    read(sum.tensors, StepSumFormat::readTensors, in);
    read(sum.knobs, StepSumFormat::readKnobs, in);
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

  private static <T> void write(Lowest<T> lowest, Writer<T> writer, DataOutput out)
      throws IOException {
    out.writeInt(lowest.rank());
    T value = lowest.value();
    if (value != null) {
      writer.write(out, value);
    }
  }

  private static <T> void read(Lowest<T> into, Reader<T> reader, DataInput in) throws IOException {
    int rank = in.readInt();
    if (rank != Lowest.NOBODY) {
      into.offer(rank, reader.read(in));
    }
  }

  private static void writeShape(DataOutput out, MoeShape shape) throws IOException {
    out.writeInt(shape.layers());
    out.writeInt(shape.ffnExperts());
    out.writeInt(shape.zeroExperts());
    out.writeInt(shape.topK());
    out.writeDouble(shape.ffnExpertsTarget());
    out.writeInt(shape.groups());
  }

  private static MoeShape readShape(DataInput in) throws IOException {
    return new MoeShape(
        in.readInt(), in.readInt(), in.readInt(), in.readInt(), in.readDouble(), in.readInt());
  }

  private static void writeTensors(DataOutput out, StepSum.Tensors tensors) throws IOException {
    out.writeBoolean(tensors.placement() == Placement.REPLICATED);
    out.writeInt(tensors.list().size());
    for (TensorTelemetry tensor : tensors.list()) {
      writeText(tensor.name(), out);
      out.writeLong(tensor.elements());
      out.writeDouble(tensor.sumSquares());
      out.writeLong(tensor.nonFinite());
      out.writeLong(tensor.belowEpsilon());
      out.writeLong(tensor.belowEpsilonNonzero());
    }
  }

  private static StepSum.Tensors readTensors(DataInput in) throws IOException {
    Placement placement = in.readBoolean() ? Placement.REPLICATED : Placement.SHARDED;
    TensorTelemetry[] tensors = new TensorTelemetry[in.readInt()];
    for (int i = 0; i < tensors.length; i++) {
      tensors[i] =
          new TensorTelemetry(
              readText(in),
              in.readLong(),
              in.readDouble(),
              in.readLong(),
              in.readLong(),
              in.readLong());
    }
    return new StepSum.Tensors(placement, List.of(tensors));
  }

  private static void writeKnobs(DataOutput out, List<KnobValue> knobs) throws IOException {
    out.writeInt(knobs.size());
    for (KnobValue knob : knobs) {
      writeText(knob.knob(), out);
      writeText(knob.scope(), out);
      out.writeDouble(knob.value());
    }
  }

  private static List<KnobValue> readKnobs(DataInput in) throws IOException {
    KnobValue[] knobs = new KnobValue[in.readInt()];
    for (int i = 0; i < knobs.length; i++) {
      knobs[i] = new KnobValue(readText(in), readText(in), in.readDouble());
    }
    return List.of(knobs);
  }

  /** Of any length, which {@code writeUTF} is not. */
  private static void writeText(String text, DataOutput out) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String readText(DataInput in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
