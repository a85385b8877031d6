package io.evenkeel.contract.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.evenkeel.contract.telemetry.ExpertVector;
import java.io.IOException;
import java.util.Arrays;

/** Reads the entries of vectors that are packed into one field each, as everybody writes them. */
interface Vectors {

  /** Entry by entry; each vector has its entries to itself. */
  Vectors COPIED = new Copied();

  /**
   * Leaves real numbers in the message, and reads counts straight from it.
   *
   * @param message what is read, from its first byte; not to be changed any more
   */
  static Vectors inPlace(byte[] message) {
    return new InPlace(message);
  }

  /**
   * Real numbers.
   *
   * @param in stands at the field's first entry
   * @param size entries of the field
   */
  ExpertVector reals(CodedInputStream in, int size) throws IOException;

  /**
   * Counts.
   *
   * @param in stands at the field's first entry
   * @param bytes length of the field
   */
  long[] counts(CodedInputStream in, int bytes) throws IOException;

  /** See {@link #COPIED}. */
  final class Copied implements Vectors {
    private static final int FIRST = 64;

    private Copied() {}

    @Override
    public ExpertVector reals(CodedInputStream in, int size) throws IOException {
      double[] all = new double[size];
      for (int i = 0; i < size; i++) {
        all[i] = in.readDouble();
      }
      return ExpertVector.of(all);
    }

    @Override
    public long[] counts(CodedInputStream in, int bytes) throws IOException {
      int end = in.pushLimit(bytes);
      long[] all = {};
      int count = 0;
      while (!in.isAtEnd()) {
        if (count == all.length) {
          all = Arrays.copyOf(all, Math.max(FIRST, 2 * count));
        }
        all[count++] = in.readUInt64();
      }
      in.popLimit(end);
      return count == all.length ? all : Arrays.copyOf(all, count);
    }
  }

  /** See {@link #inPlace}. */
  final class InPlace implements Vectors {
    private static final int VALUE = 0x7f;
    private static final int VALUE_BITS = 7;

    private final byte[] message;

    private InPlace(byte[] message) {
      this.message = message;
    }

    @Override
    public ExpertVector reals(CodedInputStream in, int size) throws IOException {
      int begin = in.getTotalBytesRead();
      in.skipRawBytes(size * Double.BYTES);
      return ExpertVector.inPlace(message, begin, size);
    }

    @Override
    public long[] counts(CodedInputStream in, int bytes) throws IOException {
      int next = in.getTotalBytesRead();
      in.skipRawBytes(bytes);
      int end = next + bytes;
      int size = 0;
      for (int i = next; i < end; i++) {
        size += message[i] >= 0 ? 1 : 0; // the last byte of each varint
      }
      if (bytes > 0 && message[end - 1] < 0) {
        throw new InvalidProtocolBufferException("a count is cut");
      }
      long[] all = new long[size];
      for (int i = 0; i < size; i++) {
        byte part = message[next++];
        long value = part & VALUE;
        for (int shift = VALUE_BITS; part < 0; shift += VALUE_BITS) {
          if (shift >= Long.SIZE) {
            throw new InvalidProtocolBufferException("a count of more than ten bytes");
          }
          part = message[next++];
          value |= (long) (part & VALUE) << shift;
        }
        all[i] = value;
      }
      return all;
    }
  }
}
