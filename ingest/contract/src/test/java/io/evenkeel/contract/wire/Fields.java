package io.evenkeel.contract.wire;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Set;

/** Which fields of a message and of its parts are set. */
final class Fields {

  private Fields() {}

  static void collect(Message message, Set<String> set, Set<String> unset) {
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      boolean present =
          field.isRepeated() ? message.getRepeatedFieldCount(field) > 0 : message.hasField(field);
      (present ? set : unset).add(field.getFullName());
      if (present && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        Object value = message.getField(field);
        List<?> parts = value instanceof List<?> list ? list : List.of(value);
        parts.forEach(part -> collect((Message) part, set, unset));
      }
    }
  }
}
