package io.evenkeel.gateway.problem;

import com.google.protobuf.CodedOutputStream;
import io.evenkeel.contract.error.ErrorId;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Problems as OTLP wants them: a {@code google.rpc.Status} in the encoding of the request. Source:
 * OTLP specification, "OTLP/HTTP response"; the numbers are those of gRPC.
 */
final class OtlpStatus {

  private static final String PATHS = "/v1/";
  private static final String JSON_TYPE = "application/json";
  private static final String PROTOBUF_TYPE = "application/x-protobuf";
  private static final int CODE_FIELD = 1;
  private static final int MESSAGE_FIELD = 2;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final int INVALID_ARGUMENT = 3;
  private static final int INTERNAL = 13;
  private static final Map<Integer, Integer> CODES =
      Map.of(401, 16, 403, 7, 404, 5, 405, 12, 408, 4, 413, 8, 429, 8, 503, 14);

  private OtlpStatus() {}

  /** Whether the request is for one of OTLP's paths. */
  static boolean isFor(HttpServletRequest request) {
    Object failed = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
    String path = failed instanceof String uri ? uri : request.getRequestURI();
    return path != null && path.startsWith(PATHS);
  }

  /** The media type of the answer. */
  static String mediaType(HttpServletRequest request) {
    String type = request.getContentType();
    return type != null && type.toLowerCase(Locale.ROOT).startsWith(JSON_TYPE)
        ? JSON_TYPE
        : PROTOBUF_TYPE;
  }

  /** The body of the answer. */
  static byte[] body(HttpServletRequest request, int status, ErrorId errorId, String detail)
      throws IOException {
    int code = CODES.getOrDefault(status, status >= 500 ? INTERNAL : INVALID_ARGUMENT);
    String message = errorId.line(detail);
    if (mediaType(request).equals(JSON_TYPE)) {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("code", code);
      body.put("message", message);
      return JSON.writeValueAsBytes(body);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeInt32(CODE_FIELD, code);
    out.writeString(MESSAGE_FIELD, message);
    out.flush();
    return bytes.toByteArray();
  }
}
