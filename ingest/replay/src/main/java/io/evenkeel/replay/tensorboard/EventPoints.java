package io.evenkeel.replay.tensorboard;

import com.google.protobuf.InvalidProtocolBufferException;
import io.evenkeel.replay.point.PointLog;
import io.evenkeel.replay.point.PointSink;
import io.evenkeel.replay.tally.SkipReason;
import io.evenkeel.replay.tally.Tally;
import io.evenkeel.replay.tensorboard.proto.Events.Event;
import io.evenkeel.replay.tensorboard.proto.Events.Summary;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Reads the scalars of an event file, as {@code simple_value} and as tensors; what else there is,
 * such as histograms, is counted. Megatron logs each curve a second time over samples: those are
 * left out too, since their step is none.
 */
public final class EventPoints implements PointLog.Source {
  private final RecordStream records;
  private final Tally tally;

  /**
   * A reader; the caller closes the stream.
   *
   * @param in the file, buffered
   * @param tally counts what is left out
   */
  public EventPoints(InputStream in, Tally tally) {
    this.records = new RecordStream(in, tally);
    this.tally = tally;
  }

  /** Whether a file that begins with these bytes is an event file. */
  public static boolean begins(byte[] head) {
    return head.length >= RecordStream.HEADER_BYTES
        && RecordStream.isHeader(ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN));
  }

  @Override
  public void readInto(PointSink sink) throws IOException {
    for (Optional<byte[]> data = records.next(); data.isPresent(); data = records.next()) {
      Event event;
      try {
        event = Event.parseFrom(data.get());
      } catch (InvalidProtocolBufferException e) {
        tally.skip(SkipReason.UNREADABLE, records.place(), String.valueOf(e.getMessage()));
        continue;
      }
      for (Summary.Value value : event.getSummary().getValueList()) {
        read(event, value, sink);
      }
    }
  }

  private void read(Event event, Summary.Value value, PointSink sink) throws IOException {
    String tag = value.getTag();
    OptionalDouble scalar = scalar(value);
    if (scalar.isEmpty()) {
      tally.skip(SkipReason.NO_SCALAR, records.place(), tag);
    } else if (tag.toLowerCase(Locale.ROOT).matches(".* vs\\.? (samples|tokens|time)")) {
      tally.skip(SkipReason.NOT_BY_STEP, records.place(), tag);
    } else if (event.getStep() < 0) {
      tally.skip(SkipReason.UNREADABLE, records.place(), "step " + event.getStep());
    } else {
      try {
        sink.point(event.getStep(), tag, scalar.getAsDouble(), event.getWallTime());
      } catch (IllegalArgumentException e) {
        tally.skip(SkipReason.UNREADABLE, records.place(), String.valueOf(e.getMessage()));
      }
    }
  }

  private static OptionalDouble scalar(Summary.Value value) {
    if (value.hasSimpleValue()) {
      return OptionalDouble.of(value.getSimpleValue());
    }
    if (value.hasHisto() || value.hasImage() || value.hasAudio() || !value.hasTensor()) {
      return OptionalDouble.empty();
    }
    String plugin = value.getMetadata().getPluginData().getPluginName();
    return plugin.isEmpty() || plugin.equals("scalars")
        ? ScalarTensor.value(value.getTensor())
        : OptionalDouble.empty();
  }
}
