package io.evenkeel.gateway.otlp;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Attributes as names and values, and as the stable text that tells series apart. */
final class AttributeText {

  private static final String SPECIAL = "\\{}=,";

  private AttributeText() {}

  /** The attributes, sorted by key; of one key twice the last counts. */
  static TreeMap<String, AnyValue> sorted(List<KeyValue> attributes) {
    TreeMap<String, AnyValue> sorted = new TreeMap<>();
    for (KeyValue attribute : attributes) {
      sorted.put(attribute.getKey(), attribute.getValue());
    }
    return sorted;
  }

  /** {@code name{key=value,...}}; two series never have the same text. */
  static String series(String name, Map<String, AnyValue> attributes) {
    if (attributes.isEmpty()) {
      return name;
    }
    return attributes.entrySet().stream()
        .map(entry -> escaped(entry.getKey()) + "=" + escaped(text(entry.getValue())))
        .collect(Collectors.joining(",", name + "{", "}"));
  }

  /**
   * A value as text.
   *
   * @throws IllegalArgumentException if it is a map, or a list that holds lists or maps
   */
  static String text(AnyValue value) {
    if (!value.hasArrayValue()) {
      return plain(value);
    }
    return value.getArrayValue().getValuesList().stream()
        .map(element -> escaped(plain(element)))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static String plain(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> value.getStringValue();
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      case INT_VALUE -> Long.toString(value.getIntValue());
      case DOUBLE_VALUE -> Double.toString(value.getDoubleValue());
      case BYTES_VALUE -> HexFormat.of().formatHex(value.getBytesValue().toByteArray());
      case VALUE_NOT_SET -> "";
      default -> throw new IllegalArgumentException("an attribute is a map or a list of lists");
    };
  }

  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    text.chars()
        .forEach(
            c -> {
              if (SPECIAL.indexOf(c) >= 0) {
                escaped.append('\\');
              }
              escaped.append((char) c);
            });
    return escaped.toString();
  }
}
