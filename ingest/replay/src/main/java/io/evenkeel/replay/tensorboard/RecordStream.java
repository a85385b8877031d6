package io.evenkeel.replay.tensorboard;

import io.evenkeel.replay.tally.SkipReason;
import io.evenkeel.replay.tally.Tally;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * TFRecord framing: length (8 bytes), its masked CRC-32C (4), data, their masked CRC-32C (4), all
 * little-endian.
 *
 * <p>A record whose data are damaged is stepped over. Where a length is damaged, nobody knows where
 * the next record begins: it is looked for byte by byte, as a length that agrees with its checksum.
 */
final class RecordStream {
  /** Bytes of a length and its checksum. */
  static final int HEADER_BYTES = 12;

  /** Largest record that is read; TensorBoard's own are mostly below 1 KiB. */
  static final int MAX_RECORD_BYTES = 16 << 20;

  private static final int CRC_BYTES = 4;
  private static final int MASK_DELTA = 0xa282ead8;

  private final InputStream in;
  private final Tally tally;
  private final ByteBuffer header =
      ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private long offset;
  private long recordOffset;

  RecordStream(InputStream in, Tally tally) {
    this.in = in;
    this.tally = tally;
  }

  /** The data of the next sound record; empty at the end. */
  Optional<byte[]> next() throws IOException {
    while (true) {
      recordOffset = offset;
      int read = readInto(header.array(), 0, HEADER_BYTES);
      if (read == 0) {
        return Optional.empty();
      }
      if (read < HEADER_BYTES) {
        return unfinished();
      }
      if (!isHeader(header) && !findHeader()) {
        return Optional.empty();
      }
      long length = header.getLong(0);
      if (length < 0 || length > MAX_RECORD_BYTES) {
        tally.skip(SkipReason.TOO_LONG, place(), length + " bytes, at most " + MAX_RECORD_BYTES);
        if (length < 0 || !stepOver(length + CRC_BYTES)) {
          return unfinished();
        }
        continue;
      }
      byte[] data = new byte[(int) length];
      byte[] crc = new byte[CRC_BYTES];
      if (readInto(data, 0, data.length) < data.length || readInto(crc, 0, CRC_BYTES) < CRC_BYTES) {
        return unfinished();
      }
      if (masked(data, data.length)
          == ByteBuffer.wrap(crc).order(ByteOrder.LITTLE_ENDIAN).getInt()) {
        return Optional.of(data);
      }
      tally.skip(SkipReason.DAMAGED, place(), "the checksum of its " + length + " bytes differs");
    }
  }

  /** Where the last record begins, for people. */
  String place() {
    return "byte " + recordOffset;
  }

  /** The masked CRC-32C of the first bytes. */
  static int masked(byte[] bytes, int count) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, count);
    int value = (int) crc.getValue();
    return ((value >>> 15) | (value << 17)) + MASK_DELTA;
  }

  static boolean isHeader(ByteBuffer littleEndian) {
    return masked(littleEndian.array(), Long.BYTES) == littleEndian.getInt(Long.BYTES);
  }

  private boolean findHeader() throws IOException {
    tally.skip(SkipReason.DAMAGED, place(), "the checksum of its length differs");
    byte[] bytes = header.array();
    while (!isHeader(header)) {
      int following = in.read();
      if (following < 0) {
        return false;
      }
      System.arraycopy(bytes, 1, bytes, 0, HEADER_BYTES - 1);
      bytes[HEADER_BYTES - 1] = (byte) following;
      offset++;
    }
    recordOffset = offset - HEADER_BYTES;
    return true;
  }

  private Optional<byte[]> unfinished() {
    tally.skip(SkipReason.UNFINISHED, place(), "the file ends within a record");
    return Optional.empty();
  }

  private boolean stepOver(long count) throws IOException {
    long left = count;
    byte[] scratch = new byte[1 << 13];
    while (left > 0) {
      int read = in.read(scratch, 0, (int) Math.min(scratch.length, left));
      if (read < 0) {
        return false;
      }
      left -= read;
      offset += read;
    }
    return true;
  }

  private int readInto(byte[] bytes, int from, int count) throws IOException {
    int read = in.readNBytes(bytes, from, count);
    offset += read;
    return read;
  }
}
