package io.evenkeel.replay.tensorboard;

import com.google.protobuf.ByteString;
import io.evenkeel.replay.tensorboard.proto.Events.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalDouble;

/** The number in a tensor of one element, of the types that loggers write. */
final class ScalarTensor {
  private static final int FLOAT = 1;
  private static final int DOUBLE = 2;
  private static final int INT32 = 3;
  private static final int INT64 = 9;
  private static final int BFLOAT16 = 14;
  private static final int HALF = 19;
  private static final int BFLOAT16_SHIFT = 16;

  private ScalarTensor() {}

  /** The value; empty if the tensor has not one element, or another type. */
  static OptionalDouble value(Tensor tensor) {
    for (Tensor.Shape.Dim dim : tensor.getTensorShape().getDimList()) {
      if (dim.getSize() != 1) {
        return OptionalDouble.empty();
      }
    }
    ByteString content = tensor.getTensorContent();
    ByteBuffer bytes = content.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    return switch (tensor.getDtype()) {
      case FLOAT ->
          tensor.getFloatValCount() == 1
              ? OptionalDouble.of(tensor.getFloatVal(0))
              : content.size() == Float.BYTES
                  ? OptionalDouble.of(bytes.getFloat())
                  : OptionalDouble.empty();
      case DOUBLE ->
          tensor.getDoubleValCount() == 1
              ? OptionalDouble.of(tensor.getDoubleVal(0))
              : content.size() == Double.BYTES
                  ? OptionalDouble.of(bytes.getDouble())
                  : OptionalDouble.empty();
      case INT32 ->
          tensor.getIntValCount() == 1
              ? OptionalDouble.of(tensor.getIntVal(0))
              : content.size() == Integer.BYTES
                  ? OptionalDouble.of(bytes.getInt())
                  : OptionalDouble.empty();
      case INT64 ->
          tensor.getInt64ValCount() == 1
              ? OptionalDouble.of(tensor.getInt64Val(0))
              : content.size() == Long.BYTES
                  ? OptionalDouble.of(bytes.getLong())
                  : OptionalDouble.empty();
      case HALF, BFLOAT16 ->
          tensor.getHalfValCount() == 1
              ? OptionalDouble.of(half(tensor.getDtype(), (short) tensor.getHalfVal(0)))
              : content.size() == Short.BYTES
                  ? OptionalDouble.of(half(tensor.getDtype(), bytes.getShort()))
                  : OptionalDouble.empty();
      default -> OptionalDouble.empty();
    };
  }

  private static double half(int type, short bits) {
    return type == HALF ? Float.float16ToFloat(bits) : Float.intBitsToFloat(bits << BFLOAT16_SHIFT);
  }
}
