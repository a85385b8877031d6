package io.evenkeel.replay.trainerstate;

import io.evenkeel.replay.point.PointLog;
import io.evenkeel.replay.point.PointSink;
import io.evenkeel.replay.tally.SkipReason;
import io.evenkeel.replay.tally.Tally;
import io.evenkeel.replay.text.Numerals;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/**
 * Reads {@code log_history}: an object an entry, with its {@code step} and a number for each
 * metric. Python writes NaN and Infinity bare.
 */
public final class HistoryPoints implements PointLog.Source {
  private static final String HISTORY = "log_history";
  private static final String STEP = "step";
  private static final int MAX_ENTRY_FIELDS = 20_000;

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private final InputStream in;
  private final Tally tally;

  /**
   * A reader; the caller closes the stream.
   *
   * @param in the file
   * @param tally counts what is left out
   */
  public HistoryPoints(InputStream in, Tally tally) {
    this.in = in;
    this.tally = tally;
  }

  @Override
  public void readInto(PointSink sink) throws IOException {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), in)) {
      try {
        read(parser, sink);
      } catch (JacksonIOException e) {
        throw e.getCause();
      } catch (JacksonException e) {
        tally.skip(
            SkipReason.UNREADABLE,
            place(parser),
            "the JSON breaks off here, and what follows is lost: " + e.getOriginalMessage());
      }
    }
  }

  private void read(JsonParser parser, PointSink sink) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      tally.skip(SkipReason.UNREADABLE, place(parser), "no JSON object");
      return;
    }
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      boolean history = HISTORY.equals(parser.currentName());
      JsonToken value = parser.nextToken();
      if (history && value == JsonToken.START_ARRAY) {
        entries(parser, sink);
      } else {
        parser.skipChildren();
      }
    }
  }

  private void entries(JsonParser parser, PointSink sink) throws IOException {
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY && token != null;
        token = parser.nextToken()) {
      String place = place(parser);
      if (token != JsonToken.START_OBJECT) {
        tally.skip(SkipReason.UNREADABLE, place, "an entry of log_history is no object");
        parser.skipChildren();
        continue;
      }
      try {
        entry(parser, sink, place);
      } catch (IllegalArgumentException e) {
        tally.skip(SkipReason.UNREADABLE, place, String.valueOf(e.getMessage()));
      }
    }
  }

  /** Reads an entry to its end, then judges it. */
  private void entry(JsonParser parser, PointSink sink, String place) throws IOException {
    Map<String, Double> values = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      if (token == JsonToken.VALUE_NUMBER_FLOAT || token == JsonToken.VALUE_NUMBER_INT) {
        if (values.size() < MAX_ENTRY_FIELDS) {
          values.put(name, Double.parseDouble(number(parser)));
        }
      } else {
        parser.skipChildren();
        tally.skip(SkipReason.NO_SCALAR, place, name);
      }
    }
    Double step = values.remove(STEP);
    if (step == null) {
      throw new IllegalArgumentException("an entry without a step");
    }
    long whole = Numerals.step(step, Double.toString(step));
    for (Map.Entry<String, Double> value : values.entrySet()) {
      try {
        sink.point(whole, value.getKey(), value.getValue(), PointSink.NO_TIME);
      } catch (IllegalArgumentException e) {
        tally.skip(SkipReason.UNREADABLE, place, String.valueOf(e.getMessage()));
      }
    }
  }

  private static String number(JsonParser parser) {
    String text = parser.getString();
    return switch (text) {
      case "INF", "+INF", "+Infinity" -> "Infinity";
      case "-INF" -> "-Infinity";
      default -> text;
    };
  }

  private static String place(JsonParser parser) {
    var location = parser.currentTokenLocation();
    return "line " + location.getLineNr() + ", column " + location.getColumnNr();
  }
}
