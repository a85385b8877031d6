package io.evenkeel.gateway.intake;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.wire.RecordBatches;
import io.evenkeel.contract.wire.WireException;
import io.evenkeel.gateway.body.Body;
import io.evenkeel.gateway.body.BodyFormat;
import io.evenkeel.gateway.problem.GatewayException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** Cuts a body into the bytes of its records, which are not read yet. */
final class RecordCutter {

  // Deeper than any message of ours; protobuf's own reader stops at a hundred.
  private static final int MAX_DEPTH = 64;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private final int maxRecords;

  /** Cuts into at most {@code maxRecords}. */
  RecordCutter(int maxRecords) {
    this.maxRecords = maxRecords;
  }

  /**
   * The records in their order.
   *
   * @throws GatewayException 400 if the body cannot be cut, 413 if it holds too many
   */
  List<byte[]> cut(Body body, BodyFormat format) {
    return switch (format) {
      case PROTOBUF -> protobuf(body);
      case JSON -> json(body);
      case NDJSON -> lines(body);
    };
  }

  private List<byte[]> protobuf(Body body) {
    byte[] exact =
        body.bytes().length == body.length()
            ? body.bytes()
            : Arrays.copyOf(body.bytes(), body.length());
    try {
      return RecordBatches.decode(exact, maxRecords);
    } catch (WireException e) {
      if (e.errorId() == ErrorId.WIRE_OVERSIZED) {
        throw tooMany();
      }
      throw GatewayException.unreadable(e.errorId(), "The body is no RecordBatch.");
    }
  }

  private List<byte[]> json(Body body) {
    List<byte[]> records = new ArrayList<>();
    try (JsonParser parser =
        JSON.createParser(ObjectReadContext.empty(), body.bytes(), 0, body.length())) {
      JsonToken first = parser.nextToken();
      if (first == JsonToken.START_ARRAY) {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          add(records, record(parser, body));
        }
      } else {
        add(records, record(parser, body));
      }
      if (parser.nextToken() != null) {
        throw unreadable("something follows after the end");
      }
    } catch (JacksonException e) {
      throw unreadable(e.getOriginalMessage());
    }
    return records;
  }

  /** The bytes of the value that begins at the parser's token. */
  private static byte[] record(JsonParser parser, Body body) {
    if (parser.currentToken() == null) {
      throw unreadable("it ends too early");
    }
    int from = (int) parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    parser.finishToken();
    int to = (int) parser.currentLocation().getByteOffset();
    return Arrays.copyOfRange(body.bytes(), from, to);
  }

  private static GatewayException unreadable(String why) {
    return GatewayException.unreadable(
        ErrorId.WIRE_MALFORMED, "The body is neither a JSON object nor an array: " + why + ".");
  }

  private List<byte[]> lines(Body body) {
    List<byte[]> records = new ArrayList<>();
    int from = 0;
    while (from < body.length()) {
      int to = from;
      while (to < body.length() && body.bytes()[to] != '\n') {
        to++;
      }
      if (!isBlank(body.bytes(), from, to)) {
        add(records, Arrays.copyOfRange(body.bytes(), from, to));
      }
      from = to + 1;
    }
    return records;
  }

  private static boolean isBlank(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r') {
        return false;
      }
    }
    return true;
  }

  private void add(List<byte[]> records, byte[] record) {
    if (records.size() == maxRecords) {
      throw tooMany();
    }
    records.add(record);
  }

  private GatewayException tooMany() {
    return GatewayException.tooLarge("The body has more than " + maxRecords + " records.");
  }
}
