package io.evenkeel.replay.tensorboard;

import com.google.protobuf.ByteString;
import io.evenkeel.replay.tensorboard.proto.Events.Event;
import io.evenkeel.replay.tensorboard.proto.Events.Metadata;
import io.evenkeel.replay.tensorboard.proto.Events.Skipped;
import io.evenkeel.replay.tensorboard.proto.Events.Summary;
import io.evenkeel.replay.tensorboard.proto.Events.Tensor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/** Writes event files as TensorBoard's writers do. */
public final class EventFiles {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** A file with its version record. */
  public EventFiles() {
    record(Event.newBuilder().setFileVersion("brain.Event:2").build().toByteArray());
  }

  /** A scalar of the old kind. */
  public EventFiles scalar(long step, String tag, float value) {
    return value(step, summary -> summary.setTag(tag).setSimpleValue(value));
  }

  /** A scalar of the new kind. */
  public EventFiles tensor(long step, String tag, Consumer<Tensor.Builder> tensor) {
    Tensor.Builder builder = Tensor.newBuilder();
    tensor.accept(builder);
    return value(
        step,
        summary ->
            summary
                .setTag(tag)
                .setTensor(builder)
                .setMetadata(
                    Metadata.newBuilder()
                        .setPluginData(Metadata.Plugin.newBuilder().setPluginName("scalars"))));
  }

  /** A histogram. */
  public EventFiles histogram(long step, String tag) {
    return value(step, summary -> summary.setTag(tag).setHisto(Skipped.getDefaultInstance()));
  }

  private EventFiles value(long step, Consumer<Summary.Value.Builder> fill) {
    Summary.Value.Builder value = Summary.Value.newBuilder();
    fill.accept(value);
    record(
        Event.newBuilder()
            .setWallTime(1_700_000_000.25 + step)
            .setStep(step)
            .setSummary(Summary.newBuilder().addValue(value))
            .build()
            .toByteArray());
    return this;
  }

  /** Any record, well framed. */
  public EventFiles record(byte[] data) {
    ByteBuffer header =
        ByteBuffer.allocate(RecordStream.HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(data.length).putInt(RecordStream.masked(header.array(), Long.BYTES));
    out.writeBytes(header.array());
    out.writeBytes(data);
    ByteBuffer crc = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.writeBytes(crc.putInt(RecordStream.masked(data, data.length)).array());
    return this;
  }

  /** Bytes so far. */
  public int size() {
    return out.size();
  }

  /** The file. */
  public byte[] bytes() {
    return out.toByteArray();
  }

  /** Little-endian bytes of a double. */
  public static ByteString bytesOf(double value) {
    return ByteString.copyFrom(
        ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN).putDouble(value).array());
  }
}
