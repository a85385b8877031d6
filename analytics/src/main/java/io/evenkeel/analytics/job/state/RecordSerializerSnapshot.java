package io.evenkeel.analytics.job.state;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint keeps of a serialiser: the kind's name. Formats carry versions of their own, so
 * that a later release reads an older one's state record by record.
 *
 * @param <T> the record
 */
public final class RecordSerializerSnapshot<T> implements TypeSerializerSnapshot<T> {

  private @Nullable RecordKind<T> kind;

  /** For Flink, which reads the kind next. */
  public RecordSerializerSnapshot() {}

  RecordSerializerSnapshot(RecordKind<T> kind) {
    this.kind = kind;
  }

  @Override
  public int getCurrentVersion() {
    return 1;
  }

  @Override
  public void writeSnapshot(DataOutputView out) throws IOException {
    out.writeUTF(required().name());
  }

  @Override
  @SuppressWarnings("unchecked") // the name says which kind T is
  public void readSnapshot(int readVersion, DataInputView in, ClassLoader classLoader)
      throws IOException {
    try {
      kind = (RecordKind<T>) RecordKind.named(in.readUTF());
    } catch (IllegalArgumentException e) {
      throw new IOException(e);
    }
  }

  @Override
  public TypeSerializer<T> restoreSerializer() {
    return new RecordSerializer<>(required());
  }

  @Override
  public TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
      TypeSerializerSnapshot<T> oldSnapshot) {
    return oldSnapshot instanceof RecordSerializerSnapshot<T> old && old.kind == kind
        ? TypeSerializerSchemaCompatibility.compatibleAsIs()
        : TypeSerializerSchemaCompatibility.incompatible();
  }

  private RecordKind<T> required() {
    if (kind == null) {
      throw new IllegalStateException("the snapshot has not been read");
    }
    return kind;
  }
}
