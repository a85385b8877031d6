package io.evenkeel.gateway.body;

import io.evenkeel.gateway.problem.GatewayException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;

/** How the records of a body are written. */
public enum BodyFormat {
  /** Protobuf's binary format. */
  PROTOBUF,
  /** One JSON object, or an array of them. */
  JSON,
  /** One JSON object a line. */
  NDJSON;

  /**
   * The format that a content type names.
   *
   * @throws GatewayException 415 if it is none of these
   */
  public static BodyFormat of(@Nullable String contentType) {
    if (contentType == null) {
      throw GatewayException.unsupported("The request has no Content-Type.");
    }
    MediaType type;
    try {
      type = MediaType.parseMediaType(contentType);
      if (type.getCharset() != null && !StandardCharsets.UTF_8.equals(type.getCharset())) {
        throw GatewayException.unsupported("Text must be in UTF-8.");
      }
    } catch (IllegalArgumentException e) {
      throw GatewayException.unsupported("The Content-Type cannot be read.");
    }
    return switch (type.getType() + "/" + type.getSubtype()) {
      case "application/x-protobuf", "application/protobuf" -> PROTOBUF;
      case "application/json" -> JSON;
      case "application/x-ndjson", "application/ndjson", "application/jsonl" -> NDJSON;
      default ->
          throw GatewayException.unsupported(
              "The Content-Type is " + type.getType() + "/" + type.getSubtype() + ".");
    };
  }
}
