package io.evenkeel.analytics.job.state;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Serialises one kind of record in its own format.
 *
 * @param <T> the record
 */
final class RecordSerializer<T> extends TypeSerializer<T> {

  private static final long serialVersionUID = 1L;

  private final RecordKind<T> kind;

  RecordSerializer(RecordKind<T> kind) {
    this.kind = kind;
  }

  RecordKind<T> kind() {
    return kind;
  }

  @Override
  public boolean isImmutableType() {
    return kind.immutable();
  }

  @Override
  public TypeSerializer<T> duplicate() {
    return this;
  }

  /** Flink reuses instances only where a serialiser makes them; these records are read anew. */
  @Override
  @SuppressWarnings("NullAway")
  public T createInstance() {
    return null;
  }

  @Override
  public T copy(T from) {
    return kind.copy(from);
  }

  @Override
  public T copy(T from, T reuse) {
    return copy(from);
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public void serialize(T value, DataOutputView target) throws IOException {
    kind.write(value, target);
  }

  @Override
  public T deserialize(DataInputView source) throws IOException {
    return kind.read(source);
  }

  @Override
  public T deserialize(T reuse, DataInputView source) throws IOException {
    return deserialize(source);
  }

  @Override
  public void copy(DataInputView source, DataOutputView target) throws IOException {
    serialize(deserialize(source), target);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RecordSerializer<?> serializer && kind == serializer.kind;
  }

  @Override
  public int hashCode() {
    return kind.name().hashCode();
  }

  @Override
  public TypeSerializerSnapshot<T> snapshotConfiguration() {
    return new RecordSerializerSnapshot<>(kind);
  }
}
