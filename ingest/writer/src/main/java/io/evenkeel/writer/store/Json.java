package io.evenkeel.writer.store;

import io.evenkeel.contract.run.KnobDeclaration;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The few JSON documents that the tables hold. NaN and infinities, which JSON does not have, are
 * written as the strings "NaN", "Infinity" and "-Infinity".
 */
final class Json {

  private static final JsonFactory FACTORY = new JsonFactory();

  private Json() {}

  /** An object of strings. */
  static String strings(Map<String, String> map) {
    return write(
        json -> {
          json.writeStartObject();
          map.forEach(
              (key, value) ->
                  json.writeStringProperty(CopyBuffer.clean(key), CopyBuffer.clean(value)));
          json.writeEndObject();
        });
  }

  /** An object of numbers. */
  static String numbers(Map<String, Double> map) {
    return write(
        json -> {
          json.writeStartObject();
          map.forEach((key, value) -> json.writeNumberProperty(CopyBuffer.clean(key), value));
          json.writeEndObject();
        });
  }

  /** An array of strings. */
  static String strings(List<String> list) {
    return write(
        json -> {
          json.writeStartArray();
          list.forEach(value -> json.writeString(CopyBuffer.clean(value)));
          json.writeEndArray();
        });
  }

  /** An array of knobs, in the words of ui_v1_runs. */
  static String knobs(List<KnobDeclaration> knobs) {
    return write(
        json -> {
          json.writeStartArray();
          for (KnobDeclaration knob : knobs) {
            json.writeStartObject();
            json.writeStringProperty("knob", CopyBuffer.clean(knob.knob()));
            json.writeStringProperty("scope", CopyBuffer.clean(knob.scope()));
            json.writeNumberProperty("minimum", knob.minimum());
            json.writeNumberProperty("maximum", knob.maximum());
            json.writeNumberProperty("initial", knob.initial());
            json.writeNumberProperty("baseline", knob.baseline());
            json.writeNumberProperty("max_factor", knob.maxFactor());
            json.writeNumberProperty("cooldown_steps", knob.cooldownSteps());
            json.writeNumberProperty("max_changes_per_hour", knob.maxChangesPerHour());
            json.writeStringProperty("fallback", word(knob.fallback()));
            json.writeStringProperty("unit", CopyBuffer.clean(knob.unit()));
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  /** An enum's name as the views spell it. */
  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static String write(Consumer<JsonGenerator> content) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
      content.accept(json);
    }
    return text.toString();
  }
}
