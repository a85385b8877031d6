package io.evenkeel.gateway.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.util.JsonFormat;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.testing.SeededCases;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OtlpDecoderTest {

  private static ExportMetricsServiceRequest json(String text) throws OtlpException {
    return OtlpDecoder.json(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void shouldReadWhatItsJsonSaysWhenAnSdkWritesIt() throws Exception {
    ExportMetricsServiceRequest request =
        json(
            """
            {"resourceMetrics":[{"resource":{"attributes":[
                {"key":"evenkeel.run","value":{"stringValue":"r"}}],"droppedAttributesCount":0},
              "scopeMetrics":[{"scope":{"name":"s","version":""},"newerThanThis":{"a":[1,null]},
                "metrics":[{"name":"loss","unit":"","gauge":{"dataPoints":[
                  {"attributes":[{"key":"step","value":{"intValue":"7"}}],
                   "startTimeUnixNano":"1","timeUnixNano":1700000000000000001,"asDouble":2.5,
                   "exemplars":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b17","asDouble":1}]},
                  {"asDouble":"NaN","flags":1},{"asInt":-3},{"asInt":"9007199254740993"}]}},
                  {"name":"h","histogram":{"aggregationTemporality":2,"dataPoints":[{"exemplars":[{"traceId":"x"}]}]}}]}]}]}
            """);

    Metric loss = request.getResourceMetrics(0).getScopeMetrics(0).getMetrics(0);
    assertThat(loss.getGauge().getDataPoints(0).getAsDouble()).isEqualTo(2.5);
    assertThat(loss.getGauge().getDataPoints(0).getTimeUnixNano()).isEqualTo(1700000000000000001L);
    assertThat(loss.getGauge().getDataPoints(0).getAttributes(0).getValue().getIntValue())
        .isEqualTo(7);
    assertThat(loss.getGauge().getDataPoints(1).getAsDouble()).isNaN();
    assertThat(loss.getGauge().getDataPoints(2).getAsInt()).isEqualTo(-3);
    assertThat(loss.getGauge().getDataPoints(3).getAsInt()).isEqualTo(9007199254740993L);
  }

  @Test
  void shouldReadTheSameFromBothEncodingsWhenAStepIsAny() {
    SeededCases.forEach(
        50,
        random -> {
          ExportMetricsServiceRequest request =
              Exports.export(AnyStep.RESOURCE, AnyStep.of(random, 3).toArray(Metric[]::new));

          assertThat(OtlpDecoder.protobuf(ByteBuffer.wrap(request.toByteArray())))
              .isEqualTo(request);
          assertThat(json(JsonFormat.printer().print(request))).isEqualTo(request);
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{",
        "{}}",
        "{} {}",
        "{\"resourceMetrics\":7}",
        "{\"resourceMetrics\":[{\"resource\":[]}]}",
        "{'resourceMetrics':[]}",
        "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"gauge\":{\"dataPoints\":[{\"asInt\":1e99}]}}]}]}]}"
      })
  void shouldSayMalformedWhenTheTextIsNoExport(String text) {
    assertThatExceptionOfType(OtlpException.class)
        .isThrownBy(() -> json(text))
        .satisfies(e -> assertThat(e.errorId()).isEqualTo(ErrorId.WIRE_MALFORMED));
  }

  @Test
  void shouldSayMalformedWhenTheTextNestsWithoutEnd() {
    for (String text : new String[] {"[".repeat(1 << 20), "{\"a\":".repeat(1 << 18)}) {
      assertThatExceptionOfType(OtlpException.class)
          .isThrownBy(() -> json("{\"resourceMetrics\":" + text))
          .satisfies(e -> assertThat(e.errorId()).isEqualTo(ErrorId.WIRE_MALFORMED));
    }
  }

  @Test
  void shouldSayMalformedWhenTheTextIsNotUtf8() {
    assertThatExceptionOfType(OtlpException.class)
        .isThrownBy(
            () -> OtlpDecoder.json(ByteBuffer.wrap(new byte[] {'{', '"', (byte) 0xC3, '"', '}'})))
        .satisfies(e -> assertThat(e.errorId()).isEqualTo(ErrorId.WIRE_MALFORMED));
  }

  @Test
  void shouldSayOversizedWhenAFewBytesAreMillionsOfMessages() throws Exception {
    ByteString empty = ByteString.copyFrom(new byte[2 * (OtlpDecoder.MAX_MESSAGES + 1)]);
    byte[] points = empty.toByteArray();
    for (int i = 0; i < points.length; i += 2) {
      points[i] = 0x0A;
    }
    byte[] body = nested(1, nested(2, nested(2, nested(5, points))));

    assertThatExceptionOfType(OtlpException.class)
        .isThrownBy(() -> OtlpDecoder.protobuf(ByteBuffer.wrap(body)))
        .satisfies(e -> assertThat(e.errorId()).isEqualTo(ErrorId.WIRE_OVERSIZED));
    String text = "{\"resourceMetrics\":[" + "{},".repeat(2 * OtlpDecoder.MAX_MESSAGES) + "{}]}";
    assertThat(text.length()).isLessThan(OtlpDecoder.MAX_JSON_BYTES);
    assertThatExceptionOfType(OtlpException.class)
        .isThrownBy(() -> json(text))
        .satisfies(e -> assertThat(e.errorId()).isEqualTo(ErrorId.WIRE_OVERSIZED));
  }

  @Test
  void shouldSayOversizedWhenTheTextIsTooLong() {
    String text = "{\"x\":\"" + "x".repeat(OtlpDecoder.MAX_JSON_BYTES) + "\"}";

    assertThatExceptionOfType(OtlpException.class)
        .isThrownBy(() -> json(text))
        .satisfies(e -> assertThat(e.errorId()).isEqualTo(ErrorId.WIRE_OVERSIZED));
  }

  private static byte[] nested(int field, byte[] inner) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeByteArray(field, inner);
    out.flush();
    return bytes.toByteArray();
  }

  @Test
  void shouldTakeExemplarsAndUnknownFieldsWhenProtobufHasThem() throws Exception {
    ExportMetricsServiceRequest request =
        Exports.export(
            Map.of("evenkeel.run", "r"),
            Metric.newBuilder()
                .setName("x")
                .setGauge(
                    Gauge.newBuilder()
                        .addDataPoints(
                            NumberDataPoint.newBuilder()
                                .setAsInt(1)
                                .addExemplars(
                                    Exemplar.newBuilder()
                                        .setTraceId(ByteString.copyFrom(new byte[16])))))
                .build());
    byte[] known = request.toByteArray();
    byte[] withUnknown = Arrays.copyOf(known, known.length + 3);
    withUnknown[known.length] = (byte) 0xF8; // field 2047, varint
    withUnknown[known.length + 1] = 0x7F;
    withUnknown[known.length + 2] = 1;

    assertThat(OtlpDecoder.protobuf(ByteBuffer.wrap(withUnknown)).getResourceMetricsList())
        .isEqualTo(request.getResourceMetricsList());
  }
}
