package io.evenkeel.gateway.otlp;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import com.google.gson.stream.MalformedJsonException;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import com.google.protobuf.util.JsonFormat;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.gateway.body.BodyFormat;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Bodies as OTLP's message. What is in a body is counted before anything is built from it: some
 * megabytes can hold millions of empty messages, which would take a hundred times that as objects.
 */
final class OtlpDecoder {

  /** Most messages within one body: data points, attributes, exemplars and so on. */
  static final int MAX_MESSAGES = 500_000;

  /** Largest body in JSON; as objects it takes more than ten times as much. */
  static final int MAX_JSON_BYTES = 8 << 20;

  /** Most values, names and brackets in a body in JSON. */
  private static final int MAX_TOKENS = 4 * MAX_MESSAGES;

  /** Deeper than any metric nests. */
  private static final int MAX_DEPTH = 64;

  private static final JsonFormat.Parser JSON = JsonFormat.parser().ignoringUnknownFields();

  /** Which fields of a message are messages that are worth counting, by field number. */
  private record Nesting(Map<Integer, Nesting> fields) {
    static final Nesting LEAF = new Nesting(Map.of());
    static final Nesting ATTRIBUTED = new Nesting(Map.of(7, LEAF, 5, LEAF));
    static final Nesting HISTOGRAM = new Nesting(Map.of(9, LEAF, 8, LEAF));
    static final Nesting EXPONENTIAL = new Nesting(Map.of(1, LEAF, 11, LEAF));
    static final Nesting SUMMARY = new Nesting(Map.of(7, LEAF, 6, LEAF));
    static final Nesting METRIC =
        new Nesting(
            Map.of(
                5,
                of(ATTRIBUTED),
                7,
                of(ATTRIBUTED),
                9,
                of(HISTOGRAM),
                10,
                of(EXPONENTIAL),
                11,
                of(SUMMARY),
                12,
                LEAF));
    static final Nesting SCOPE = new Nesting(Map.of(2, METRIC));
    static final Nesting RESOURCE = new Nesting(Map.of(1, of(LEAF), 2, SCOPE));
    static final Nesting REQUEST = of(RESOURCE);

    private static Nesting of(Nesting only) {
      return new Nesting(Map.of(1, only));
    }
  }

  private OtlpDecoder() {}

  /**
   * About what a body takes as objects while it is read, bytes. With the largest body beside it
   * that fits the smallest memory that the gateway grants to bodies.
   */
  static long objectBytes(BodyFormat format, int length) {
    return format == BodyFormat.JSON
        ? Math.min(40L << 20, 16L * length)
        : Math.min(24L << 20, 8L * length);
  }

  /**
   * Reads protobuf.
   *
   * @throws OtlpException with EVK-WIRE-MALFORMED or -OVERSIZED
   */
  static ExportMetricsServiceRequest protobuf(ByteBuffer body) throws OtlpException {
    try {
      count(CodedInputStream.newInstance(body.duplicate()), Nesting.REQUEST, 0);
      return ExportMetricsServiceRequest.parseFrom(body);
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  /**
   * Reads OTLP's JSON, which is protobuf's but for the trace ids of exemplars; these are left out,
   * as nothing here uses them.
   *
   * @throws OtlpException with EVK-WIRE-MALFORMED or -OVERSIZED
   */
  static ExportMetricsServiceRequest json(ByteBuffer body) throws OtlpException {
    if (body.remaining() > MAX_JSON_BYTES) {
      throw new OtlpException(
          ErrorId.WIRE_OVERSIZED,
          "An export in JSON may have " + MAX_JSON_BYTES + " bytes; protobuf takes more.");
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(body).toString();
      ExportMetricsServiceRequest.Builder request = ExportMetricsServiceRequest.newBuilder();
      JSON.merge(withoutExemplars(text), request);
      return request.build();
    } catch (CharacterCodingException e) {
      throw new OtlpException(ErrorId.WIRE_MALFORMED, "The body is not UTF-8.");
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      throw malformed(e);
    }
  }

  private static OtlpException malformed(Exception e) {
    return new OtlpException(ErrorId.WIRE_MALFORMED, "The body cannot be read: " + e.getMessage());
  }

  private static OtlpException oversized() {
    return new OtlpException(
        ErrorId.WIRE_OVERSIZED,
        "More than " + MAX_MESSAGES + " data points and attributes in one export.");
  }

  private static int count(CodedInputStream in, Nesting nesting, int before)
      throws IOException, OtlpException {
    int messages = before;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      Nesting inner =
          WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED
              ? nesting.fields().get(WireFormat.getTagFieldNumber(tag))
              : null;
      if (inner == null) {
        if (!in.skipField(tag)) {
          throw new InvalidProtocolBufferException("a group ends that never began");
        }
        continue;
      }
      if (++messages > MAX_MESSAGES) {
        throw oversized();
      }
      if (inner.fields().isEmpty()) {
        in.skipField(tag);
      } else {
        int limit = in.pushLimit(in.readRawVarint32());
        messages = count(in, inner, messages);
        in.popLimit(limit);
      }
    }
    return messages;
  }

  private static String withoutExemplars(String text) throws IOException, OtlpException {
    StringWriter copy = new StringWriter(text.length());
    try (JsonReader in = new JsonReader(new StringReader(text));
        JsonWriter out = new JsonWriter(copy)) {
      in.setStrictness(Strictness.LEGACY_STRICT);
      out.setStrictness(Strictness.LENIENT);
      int tokens = 0;
      int depth = 0;
      do {
        if (++tokens > MAX_TOKENS) {
          throw oversized();
        }
        switch (in.peek()) {
          case BEGIN_OBJECT -> {
            in.beginObject();
            out.beginObject();
            depth++;
          }
          case END_OBJECT -> {
            in.endObject();
            out.endObject();
            depth--;
          }
          case BEGIN_ARRAY -> {
            in.beginArray();
            out.beginArray();
            depth++;
          }
          case END_ARRAY -> {
            in.endArray();
            out.endArray();
            depth--;
          }
          case NAME -> copyName(in, out);
          case STRING -> out.value(in.nextString());
          case NUMBER -> out.jsonValue(in.nextString());
          case BOOLEAN -> out.value(in.nextBoolean());
          case NULL -> {
            in.nextNull();
            out.nullValue();
          }
          case END_DOCUMENT -> throw new EOFException("the body ends early");
        }
        if (depth > MAX_DEPTH) {
          throw new MalformedJsonException("nested deeper than " + MAX_DEPTH);
        }
      } while (depth > 0);
      if (in.peek() != JsonToken.END_DOCUMENT) {
        throw new MalformedJsonException("something follows the object");
      }
    }
    return copy.toString();
  }

  private static void copyName(JsonReader in, JsonWriter out) throws IOException {
    String name = in.nextName();
    if (name.equals("exemplars")) {
      in.skipValue();
    } else {
      out.name(name);
    }
  }
}
