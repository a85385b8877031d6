package io.evenkeel.gateway.intake;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.wire.WireException;
import io.evenkeel.gateway.body.BodyFormat;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads one record by the contract's codecs. JSON is looked through before it becomes objects,
 * which may take a hundred times its own room.
 */
final class RecordReader<T> {

  // A record within the contract's bounds has fewer: a few lists of at most 100,000 numbers.
  private static final int MAX_JSON_VALUES = 500_000;
  private static final int MAX_DEPTH = 64;
  private static final JsonFactory JSON = new JsonFactory();

  private final RecordKind<T> kind;
  private final int maxJsonBytes;

  /** Why a record is refused. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    private final ErrorId errorId;

    Refused(ErrorId errorId, String message) {
      super(message, null, false, false);
      this.errorId = errorId;
    }

    ErrorId errorId() {
      return errorId;
    }
  }

  /**
   * A record that was read.
   *
   * @param value what it says
   */
  record Read<T>(T value, byte[] encoded) {}

  RecordReader(RecordKind<T> kind, int maxJsonBytes) {
    this.kind = kind;
    this.maxJsonBytes = maxJsonBytes;
  }

  Read<T> read(byte[] bytes, BodyFormat format, Instant now) throws Refused {
    try {
      if (format == BodyFormat.PROTOBUF) {
        return new Read<>(kind.codec().decode(bytes), bytes);
      }
      T value = kind.json().decode(json(bytes), now);
      return new Read<>(value, kind.codec().encode(value));
    } catch (WireException e) {
      String message = String.valueOf(e.getMessage());
      String prefix = e.errorId().id() + ": ";
      throw new Refused(
          e.errorId(), message.startsWith(prefix) ? message.substring(prefix.length()) : message);
    }
  }

  private String json(byte[] bytes) throws Refused {
    if (bytes.length > maxJsonBytes) {
      throw new Refused(
          ErrorId.WIRE_OVERSIZED,
          bytes.length + " bytes of JSON, at most " + maxJsonBytes + " are taken; use protobuf");
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new Refused(ErrorId.WIRE_MALFORMED, "the text is not in UTF-8");
    }
    look(text);
    return text;
  }

  private static void look(String text) throws Refused {
    int values = 0;
    int depth = 0;
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      JsonToken token = parser.nextToken();
      if (token != JsonToken.START_OBJECT) {
        throw new Refused(ErrorId.WIRE_MALFORMED, "it is no JSON object");
      }
      for (; token != null; token = parser.nextToken()) {
        if (token.isStructStart()) {
          depth++;
        } else if (token.isStructEnd()) {
          depth--;
        }
        if (depth > MAX_DEPTH || ++values > MAX_JSON_VALUES) {
          throw new Refused(ErrorId.WIRE_OVERSIZED, "too many or too deeply nested values");
        }
      }
    } catch (JacksonException e) {
      throw new Refused(ErrorId.WIRE_MALFORMED, e.getOriginalMessage());
    }
  }
}
