package io.evenkeel.analytics.job.state;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A record as a source gave it: bytes, and where they stood. Its arrays are not to be changed. */
public final class RawRecord {

  private final String topic;
  private final int partition;
  private final long offset;
  private final byte[] key;
  private final byte @Nullable [] value;

  /**
   * A record.
   *
   * @param topic where it stood
   * @param partition where it stood
   * @param offset where it stood
   * @param key its key, empty if it has none
   * @param value its value; null for a tombstone
   */
  public RawRecord(String topic, int partition, long offset, byte[] key, byte @Nullable [] value) {
    this.topic = topic;
    this.partition = partition;
    this.offset = offset;
    this.key = key;
    this.value = value;
  }

  /** Topic. */
  public String topic() {
    return topic;
  }

  /** Partition. */
  public int partition() {
    return partition;
  }

  /** Offset. */
  public long offset() {
    return offset;
  }

  /** Key, not a copy. */
  public byte[] key() {
    return key;
  }

  /** Value, not a copy; null for a tombstone. */
  public byte @Nullable [] value() {
    return value;
  }

  void write(DataOutput out) throws IOException {
    out.writeUTF(topic);
    out.writeInt(partition);
    out.writeLong(offset);
    out.writeInt(key.length);
    out.write(key);
    out.writeInt(value == null ? -1 : value.length);
    if (value != null) {
      out.write(value);
    }
  }

  static RawRecord read(DataInput in) throws IOException {
    String topic = in.readUTF();
    int partition = in.readInt();
    long offset = in.readLong();
    byte[] key = new byte[in.readInt()];
    in.readFully(key);
    int length = in.readInt();
    byte[] value = null;
    if (length >= 0) {
      value = new byte[length];
      in.readFully(value);
    }
    return new RawRecord(topic, partition, offset, key, value);
  }
}
