package io.evenkeel.contract.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.wire.proto.Proto;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Several encoded records in one HTTP body. */
public final class RecordBatches {

  private RecordBatches() {}

  /** The body. */
  public static byte[] encode(List<byte[]> records) {
    Proto.RecordBatch.Builder batch = Proto.RecordBatch.newBuilder();
    for (byte[] record : records) {
      batch.addRecords(ByteString.copyFrom(record));
    }
    return batch.build().toByteArray();
  }

  /**
   * The records, still encoded, in their order.
   *
   * @param body bytes of a {@code RecordBatch}
   * @param maxRecords most records accepted
   * @throws WireException with EVK-WIRE-MALFORMED, or -OVERSIZED if there are more records
   */
  public static List<byte[]> decode(byte[] body, int maxRecords) throws WireException {
    List<byte[]> records = new ArrayList<>();
    try {
      CodedInputStream in = CodedInputStream.newInstance(body);
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (WireFormat.getTagFieldNumber(tag) != Proto.RecordBatch.RECORDS_FIELD_NUMBER
            || WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
          throw new WireException(ErrorId.WIRE_MALFORMED, "the body is no RecordBatch");
        }
        if (records.size() == maxRecords) {
          throw new WireException(
              ErrorId.WIRE_OVERSIZED, "more than " + maxRecords + " records in one body");
        }
        records.add(in.readByteArray());
      }
    } catch (InvalidProtocolBufferException e) {
      throw new WireException(ErrorId.WIRE_MALFORMED, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory failed", e);
    }
    return records;
  }
}
