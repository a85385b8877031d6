package io.evenkeel.analytics.rule;

import com.google.common.collect.ImmutableMap;
import dev.cel.common.types.CelType;
import dev.cel.common.types.StructType;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A kind of record as expressions see it: typed fields for the checker, and for the interpreter a
 * map that reads them when it is asked.
 *
 * @param <T> the record
 */
final class SignalStruct<T> {

  private final ImmutableMap<String, SignalField<T>> fields;
  private final StructType type;

  SignalStruct(String name, List<SignalField<T>> fields) {
    ImmutableMap.Builder<String, SignalField<T>> byName = ImmutableMap.builder();
    ImmutableMap.Builder<String, CelType> types = ImmutableMap.builder();
    for (SignalField<T> field : fields) {
      byName.put(field.name(), field);
      types.put(field.name(), field.type());
    }
    this.fields = byName.buildOrThrow();
    ImmutableMap<String, CelType> typed = types.buildOrThrow();
    this.type =
        StructType.create(name, typed.keySet(), field -> Optional.ofNullable(typed.get(field)));
  }

  StructType type() {
    return type;
  }

  ImmutableMap<String, SignalField<T>> fields() {
    return fields;
  }

  /** The value of a field; null where it was not measured, or there is no such field. */
  @Nullable Object read(T from, String field) {
    SignalField<T> found = fields.get(field);
    return found == null ? null : found.reader().apply(from);
  }

  /** One record. */
  Object row(T from) {
    return new Row<>(this, from);
  }

  /** Records, read when they are asked for. */
  List<Object> rows(List<T> from) {
    return new AbstractList<>() {
      @Override
      public Object get(int index) {
        return row(from.get(index));
      }

      @Override
      public int size() {
        return from.size();
      }
    };
  }

  /**
   * A record as a map. The checker has made sure that every field that is asked for is there, so
   * one without a value is said to be there too, with null, which the interpreter takes for
   * unknown.
   */
  private static final class Row<T> extends AbstractMap<String, @Nullable Object> {

    private final SignalStruct<T> struct;
    private final T from;

    Row(SignalStruct<T> struct, T from) {
      this.struct = struct;
      this.from = from;
    }

    @Override
    public boolean containsKey(Object key) {
      return true;
    }

    @Override
    public @Nullable Object get(Object key) {
      return struct.read(from, String.valueOf(key));
    }

    @Override
    public Set<Entry<String, @Nullable Object>> entrySet() {
      return Set.of();
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }

    @Override
    public String toString() {
      return struct.type.name();
    }
  }
}
