package io.evenkeel.contract.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.proto.Proto;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Set;

/**
 * Observations without their parts: who tells of which step, and how it went. For services that do
 * not use the vectors, which are nearly all of a message and of the time that it takes to read.
 */
public final class Receipts {

  private static final Set<Integer> PARTS =
      Set.of(
          Proto.StepTelemetry.TENSORS_FIELD_NUMBER,
          Proto.StepTelemetry.MOE_LAYERS_FIELD_NUMBER,
          Proto.StepTelemetry.ACTIVATIONS_FIELD_NUMBER,
          Proto.StepTelemetry.KNOBS_FIELD_NUMBER,
          Proto.StepTelemetry.SCALARS_FIELD_NUMBER);

  private static final int RUN_TAG =
      tag(Proto.StepTelemetry.RUN_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  private static final int WORLD_SIZE_TAG =
      tag(Proto.StepTelemetry.WORLD_SIZE_FIELD_NUMBER, WireFormat.WIRETYPE_VARINT);
  private static final int RANK_TAG =
      tag(Proto.StepTelemetry.RANK_FIELD_NUMBER, WireFormat.WIRETYPE_VARINT);

  private Receipts() {}

  private static int tag(int field, int wireType) {
    return field << 3 | wireType;
  }

  /**
   * Decodes an observation as {@link Codecs#STEP_TELEMETRY} does, but leaves tensors, layers,
   * activations, knobs and scalars out, unread: lists and map are empty.
   *
   * @throws WireException as there; a mistake inside of what is left out is not seen
   */
  public static StepTelemetry decode(byte[] bytes) throws WireException {
    if (bytes.length > Topics.MAX_MESSAGE_BYTES) {
      throw new WireException(
          ErrorId.WIRE_OVERSIZED,
          bytes.length + " bytes, at most " + Topics.MAX_MESSAGE_BYTES + " are accepted");
    }
    byte[] whole;
    try {
      whole = withoutParts(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new WireException(ErrorId.WIRE_MALFORMED, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new WireException(ErrorId.WIRE_MALFORMED, e.toString());
    }
    return Codecs.STEP_TELEMETRY.decode(whole);
  }

  /**
   * Who an observation is from, as it says itself; nothing of it has been checked.
   *
   * @param run run id
   * @param rank data-parallel rank
   * @param worldSize ranks that report the step
   */
  public record Sender(String run, int rank, int worldSize) {}

  /**
   * Who an observation is from, for a small part of the time that decoding takes. A message that
   * {@link Codecs#STEP_TELEMETRY} decodes says the same.
   *
   * @throws WireException with EVK-WIRE-MALFORMED if the bytes are no message
   */
  public static Sender sender(byte[] bytes) throws WireException {
    String run = "";
    int rank = 0;
    int worldSize = 0;
    try {
      CodedInputStream in = CodedInputStream.newInstance(bytes);
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == RUN_TAG) {
          run = in.readStringRequireUtf8();
        } else if (tag == RANK_TAG) {
          rank = in.readUInt32();
        } else if (tag == WORLD_SIZE_TAG) {
          worldSize = in.readUInt32();
        } else if (!in.skipField(tag)) {
          throw new InvalidProtocolBufferException("a group ends that never began");
        }
      }
    } catch (IOException e) {
      throw new WireException(ErrorId.WIRE_MALFORMED, String.valueOf(e.getMessage()));
    }
    return new Sender(run, rank, worldSize);
  }

  private static byte[] withoutParts(byte[] bytes) throws IOException {
    ByteArrayOutputStream kept = new ByteArrayOutputStream(256);
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    int begin = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (!in.skipField(tag)) {
        throw new InvalidProtocolBufferException("a group ends that never began");
      }
      int end = in.getTotalBytesRead();
      if (!PARTS.contains(WireFormat.getTagFieldNumber(tag))) {
        kept.write(bytes, begin, end - begin);
      }
      begin = end;
    }
    return kept.toByteArray();
  }
}
