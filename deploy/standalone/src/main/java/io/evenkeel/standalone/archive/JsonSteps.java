package io.evenkeel.standalone.archive;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.evenkeel.analytics.history.StoredSteps;
import io.evenkeel.replay.stored.StoredLines;
import java.io.IOException;
import java.io.Writer;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One object a step and line, with all that the views have, as {@code ./evenkeel replay} takes it
 * back: the {@code format}, columns under their names, {@code scalars} by name, and lists of {@code
 * knobs}, {@code layers}, {@code activations} and {@code tensors}. Not-a-number and infinities are
 * the texts {@code NaN}, {@code Infinity} and {@code -Infinity}.
 */
final class JsonSteps implements StoredSteps.Sink {
  private final JsonGenerator json;
  private final Writer out;
  private final String run;

  JsonSteps(Writer out, String run) throws IOException {
    this.json = new JsonFactory().createGenerator(out);
    this.out = out;
    this.run = run;
    json.setRootValueSeparator(null);
  }

  @Override
  public void step(StoredSteps.Step step) throws IOException {
    json.writeStartObject();
    json.writeStringField("format", StoredLines.FORMAT);
    json.writeStringField("run", run);
    json.writeNumberField("step", step.number());
    fields(step.values());
    json.writeObjectFieldStart("scalars");
    for (Map<String, @Nullable Object> scalar : step.scalars()) {
      json.writeFieldName(String.valueOf(scalar.get("name")));
      value(scalar.get("value"));
    }
    json.writeEndObject();
    list("knobs", step.knobs());
    list("layers", step.layers());
    list("activations", step.activations());
    list("tensors", step.tensors());
    json.writeEndObject();
    json.flush();
    out.write('\n');
  }

  @Override
  public void end() throws IOException {
    json.flush();
  }

  private void list(String name, List<Map<String, @Nullable Object>> rows) throws IOException {
    json.writeArrayFieldStart(name);
    for (Map<String, @Nullable Object> row : rows) {
      json.writeStartObject();
      fields(row);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void fields(Map<String, @Nullable Object> values) throws IOException {
    for (Map.Entry<String, @Nullable Object> entry : values.entrySet()) {
      json.writeFieldName(entry.getKey());
      value(entry.getValue());
    }
  }

  private void value(@Nullable Object value) throws IOException {
    switch (value) {
      case null -> json.writeNull();
      case Double number when !Double.isFinite(number) -> json.writeString(number.toString());
      case Float number when !Float.isFinite(number) -> json.writeString(number.toString());
      case Double number -> json.writeNumber(number);
      case Float number -> json.writeNumber(number);
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      case Short number -> json.writeNumber(number);
      case Boolean flag -> json.writeBoolean(flag);
      case java.sql.Timestamp time -> json.writeString(time.toInstant().toString());
      case OffsetDateTime time -> json.writeString(time.toInstant().toString());
      case Object[] items -> {
        json.writeStartArray();
        for (Object item : items) {
          value(item);
        }
        json.writeEndArray();
      }
      default -> json.writeString(value.toString());
    }
  }
}
