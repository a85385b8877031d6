package io.evenkeel.writer.store;

import io.evenkeel.contract.telemetry.ExpertLoads;
import io.evenkeel.contract.telemetry.ExpertVector;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rows in the format of {@code COPY ... WITH (FORMAT binary)}. Source: PostgreSQL documentation,
 * COPY, "Binary Format", and the receive functions of the types.
 *
 * <p>Doubles keep every bit, NaN and infinities included. What PostgreSQL cannot hold is replaced
 * by the nearest that it can: see {@link #putText} and {@link #putTime}. Not thread-safe.
 */
final class CopyBuffer {

  /** Least timestamp of PostgreSQL, microseconds from 2000-01-01: 4713 BC. */
  static final long MIN_TIME_MICROS = -211_813_488_000_000_000L;

  /** Largest timestamp of PostgreSQL, microseconds from 2000-01-01: the end of 294276. */
  static final long MAX_TIME_MICROS = 9_223_371_331_199_999_999L;

  /** Seconds from 1970-01-01 to 2000-01-01. */
  private static final long EPOCH_SECONDS = 946_684_800L;

  private static final int REAL_OID = 700;

  /** PostgreSQL's numeric has digits of four decimal places each. */
  private static final int NUMERIC_BASE = 10_000;

  private static final byte[] SIGNATURE = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final int columns;
  private byte[] bytes = new byte[1024];
  private int length;
  private int rows;
  private int field;

  /** An empty buffer for rows of {@code columns} fields. */
  CopyBuffer(int columns) {
    this.columns = columns;
    clear();
  }

  /** Number of rows begun. */
  int rows() {
    return rows;
  }

  /** Begins a row; the one before must be complete. */
  CopyBuffer row() {
    requireComplete();
    field = 0;
    rows++;
    rawShort(columns);
    return this;
  }

  /**
   * The whole message, with its end; a view, which holds until the buffer is {@linkplain #clear
   * cleared}. The buffer takes no more rows until then.
   */
  ByteBuffer message() {
    requireComplete();
    rawShort(-1);
    return ByteBuffer.wrap(bytes, 0, length);
  }

  /** Bytes that it can hold without growing. */
  int capacity() {
    return bytes.length;
  }

  /** Empties the buffer, which stays as large as it has grown. */
  void clear() {
    length = 0;
    rows = 0;
    field = columns;
    append(SIGNATURE);
  }

  CopyBuffer putNull() {
    next();
    rawInt(-1);
    return this;
  }

  CopyBuffer putShort(int value) {
    next();
    rawInt(2);
    rawShort(value);
    return this;
  }

  CopyBuffer putInt(int value) {
    next();
    rawInt(4);
    rawInt(value);
    return this;
  }

  CopyBuffer putInt(@Nullable Integer value) {
    return value == null ? putNull() : putInt(value.intValue());
  }

  CopyBuffer putLong(long value) {
    next();
    rawInt(8);
    rawLong(value);
    return this;
  }

  /** A numeric that is a whole number, &gt;= 0. */
  CopyBuffer putNumeric(long value) {
    next();
    int digits = 0;
    for (long rest = value; rest > 0; rest /= NUMERIC_BASE) {
      digits++;
    }
    rawInt(8 + 2 * digits);
    rawShort(digits);
    rawShort(Math.max(0, digits - 1));
    rawShort(0);
    rawShort(0);
    ensure(2 * digits);
    long rest = value;
    for (int i = digits - 1; i >= 0; i--) {
      SHORT.set(bytes, length + 2 * i, (short) (rest % NUMERIC_BASE));
      rest /= NUMERIC_BASE;
    }
    length += 2 * digits;
    return this;
  }

  CopyBuffer putDouble(double value) {
    return putLong(Double.doubleToRawLongBits(value));
  }

  CopyBuffer putDouble(@Nullable Double value) {
    return value == null ? putNull() : putDouble(value.doubleValue());
  }

  /** Text as UTF-8; see {@link #clean}. */
  CopyBuffer putText(String value) {
    next();
    sized(clean(value).getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** JSON text, without U+0000 in any form. */
  CopyBuffer putJson(String json) {
    next();
    byte[] text = json.getBytes(StandardCharsets.UTF_8);
    rawInt(text.length + 1);
    ensure(1);
    bytes[length++] = 1;
    append(text);
    return this;
  }

  CopyBuffer putBytes(byte[] value) {
    next();
    sized(value);
    return this;
  }

  /**
   * A timestamp with time zone, to the microsecond below; beyond what PostgreSQL holds, its first
   * or last moment.
   */
  CopyBuffer putTime(Instant value) {
    return putLong(timeMicros(value));
  }

  CopyBuffer putTimeOrNull(@Nullable Instant value) {
    return value == null ? putNull() : putTime(value);
  }

  /** A real[]; each entry the float nearest to it. */
  CopyBuffer putReals(ExpertVector values) {
    realsHeader(values.size());
    values.forEach(value -> real((float) value));
    return this;
  }

  /** A real[]; exact up to 2^24, beyond that the float nearest. */
  CopyBuffer putReals(ExpertLoads values) {
    realsHeader(values.size());
    values.forEach(value -> real((float) value));
    return this;
  }

  /** PostgreSQL's text cannot hold U+0000: it becomes U+FFFD. */
  static String clean(String value) {
    return value.indexOf('\0') < 0 ? value : value.replace('\0', '\uFFFD');
  }

  /** Microseconds from 2000-01-01, limited to PostgreSQL's range. */
  static long timeMicros(Instant value) {
    long seconds = value.getEpochSecond() - EPOCH_SECONDS;
    if (seconds >= MAX_TIME_MICROS / 1_000_000) {
      return MAX_TIME_MICROS;
    }
    if (seconds < MIN_TIME_MICROS / 1_000_000) {
      return MIN_TIME_MICROS;
    }
    return seconds * 1_000_000 + value.getNano() / 1_000;
  }

  private void realsHeader(int size) {
    next();
    if (size == 0) {
      rawInt(12);
      rawInt(0);
      rawInt(0);
      rawInt(REAL_OID);
      return;
    }
    rawInt(20 + 8 * size);
    rawInt(1);
    rawInt(0);
    rawInt(REAL_OID);
    rawInt(size);
    rawInt(1);
    ensure(8 * size);
  }

  private void real(float value) {
    rawInt(4);
    rawInt(Float.floatToRawIntBits(value));
  }

  private void next() {
    if (field >= columns) {
      throw new IllegalStateException("row " + rows + " has more than " + columns + " fields");
    }
    field++;
  }

  private void requireComplete() {
    if (field != columns) {
      throw new IllegalStateException(
          "row " + rows + " has " + field + " fields instead of " + columns);
    }
  }

  private void sized(byte[] value) {
    rawInt(value.length);
    append(value);
  }

  private void append(byte[] value) {
    ensure(value.length);
    System.arraycopy(value, 0, bytes, length, value.length);
    length += value.length;
  }

  private void rawShort(int value) {
    ensure(2);
    SHORT.set(bytes, length, (short) value);
    length += 2;
  }

  private void rawInt(int value) {
    ensure(4);
    INT.set(bytes, length, value);
    length += 4;
  }

  private void rawLong(long value) {
    ensure(8);
    LONG.set(bytes, length, value);
    length += 8;
  }

  private void ensure(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(length + more, length * 2));
    }
  }
}
