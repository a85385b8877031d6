package io.evenkeel.gateway.otlp;

import static io.evenkeel.gateway.otlp.Exports.export;
import static io.evenkeel.gateway.otlp.Exports.gauge;
import static io.evenkeel.gateway.otlp.Exports.point;
import static io.evenkeel.gateway.otlp.Exports.sum;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.telemetry.ActivationSite;
import io.evenkeel.contract.telemetry.GradientMethod;
import io.evenkeel.contract.telemetry.MoeShape;
import io.evenkeel.contract.telemetry.Placement;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.Summary;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PointReaderTest {

  private static final Map<String, Object> RUN = Map.of("evenkeel.run", "r");
  private static final Map<String, Object> MOE =
      Map.of(
          "evenkeel.run",
          "r",
          "evenkeel.moe.layers",
          "2",
          "evenkeel.moe.ffn_experts",
          3,
          "evenkeel.moe.zero_experts",
          1,
          "evenkeel.moe.top_k",
          2,
          "evenkeel.moe.ffn_experts_target",
          1.5);

  private final Tally tally = new Tally();

  private List<Point> read(ExportMetricsServiceRequest request) {
    return PointReader.read(request, run -> !run.equals("forbidden"), tally);
  }

  private Target targetOf(Map<String, Object> resource, Metric metric) {
    List<Point> points = read(export(resource, metric));
    assertThat(tally.sentences()).isEmpty();
    return points.getFirst().target();
  }

  @Test
  void shouldReadRunStepAndValueWhenAPointIsPlain() {
    List<Point> points =
        read(
            export(
                Map.of("evenkeel.run", "r", "evenkeel.incarnation", "2", "evenkeel.world_size", 4),
                gauge("loss", point(2.5, Map.of("step", 7, "rank", 3)))));

    assertThat(points)
        .containsExactly(
            new Point(
                new Rank("r", 2, 3),
                new RunFacts(4, null, GradientMethod.EXACT, Placement.REPLICATED),
                7,
                new Target.Scalar("loss", ""),
                Point.Kind.LATEST,
                2.5,
                0,
                1_000));
    assertThat(tally.points()).isEqualTo(1);
    assertThat(tally.refused()).isZero();
  }

  @Test
  void shouldKnowTheModelWhenTheResourceTellsItsShape() {
    List<Point> points =
        read(
            export(
                MOE,
                gauge("evenkeel.moe.load", point(5, Map.of("step", 0, "layer", 1, "expert", 3)))));

    assertThat(points.getFirst().facts().shape()).isEqualTo(new MoeShape(2, 3, 1, 2, 1.5, 0));
    assertThat(points.getFirst().target()).isEqualTo(new Target.OfExpert(1, 3, ExpertField.LOAD));
  }

  @Test
  void shouldTellTargetsApartWhenAttributesDiffer() {
    assertThat(targetOf(RUN, gauge("loss", point(1, Map.of("step", 0, "split", "eval")))))
        .isEqualTo(new Target.UserScalar("loss{split=eval}"));
    assertThat(targetOf(RUN, gauge("a", point(1, Map.of("step", 0, "z", 1, "b", true)))))
        .isEqualTo(new Target.UserScalar("a{b=true,z=1}"));
    assertThat(targetOf(RUN, gauge("a", point(1, Map.of("step", 0, "b", "1,c=2")))))
        .isEqualTo(new Target.UserScalar("a{b=1\\,c\\=2}"));
    assertThat(targetOf(RUN, gauge("lr", point(1, Map.of("step", 0, "layer", 3)))))
        .isEqualTo(new Target.Knob("learning_rate", "layers/3"));
    assertThat(targetOf(RUN, gauge("evenkeel.knob", point(1, Map.of("step", 0, "knob", "k")))))
        .isEqualTo(new Target.Knob("k", ""));
    assertThat(
            targetOf(
                RUN, gauge("evenkeel.tensor.elements", point(9, Map.of("step", 0, "tensor", "w")))))
        .isEqualTo(new Target.OfTensor("w", TensorField.ELEMENTS));
    assertThat(
            targetOf(
                RUN,
                gauge(
                    "evenkeel.activation.count",
                    point(9, Map.of("step", 0, "layer", 1, "site", "moe_in")))))
        .isEqualTo(new Target.OfActivation(1, ActivationSite.MOE_IN, ActivationField.COUNT));
    assertThat(
            targetOf(
                MOE,
                gauge("evenkeel.moe.router_cosine_all", point(0, Map.of("step", 0, "layer", 1)))))
        .isEqualTo(new Target.OfLayer(1, LayerField.ROUTER_COSINE_ALL));
  }

  @Test
  void shouldTakeWhatAnSdkMayMakeOfAStepWhenItIsAWholeNumber() {
    List<Point> points =
        read(
            export(
                RUN,
                gauge(
                    "x",
                    point(1, Map.of("step", 1)),
                    point(1, Map.of("step", "2")),
                    point(1, Map.of("step", 3.0)),
                    point(1, Map.of("step", Long.MAX_VALUE)))));

    assertThat(points).extracting(Point::step).containsExactly(1L, 2L, 3L, Long.MAX_VALUE);
  }

  @ParameterizedTest
  @CsvSource({"-1", "x", "1.5", "9223372036854775808", "''"})
  void shouldRefuseAPointWhenItsStepIsNone(String step) {
    assertThat(read(export(RUN, gauge("x", point(1, Map.of("step", step)))))).isEmpty();
    assertThat(tally.refused()).isEqualTo(1);
    assertThat(tally.sentences()).contains("EVK-OTLP-POINT", "step must be a whole number");
  }

  @Test
  void shouldRefuseOnlyWhatIsWrongWhenPointsOfManyKindsCome() {
    AnyValue nested =
        AnyValue.newBuilder()
            .setArrayValue(
                ArrayValue.newBuilder()
                    .addValues(
                        AnyValue.newBuilder().setArrayValue(ArrayValue.getDefaultInstance())))
            .build();
    List<Point> points =
        read(
            export(
                RUN,
                gauge(
                    "x",
                    point(1, Map.of("step", 0)),
                    point(1, Map.of()),
                    point(1, Map.of("step", 0, "rank", 1)),
                    point(1, Map.of("step", 0, "list", nested)),
                    point(1, Map.of("otel.metric.overflow", true)),
                    NumberDataPoint.newBuilder()
                        .addAllAttributes(Exports.attributes(Map.of("step", 0)))),
                gauge("tokens", point(0.5, Map.of("step", 0))),
                gauge("evenkeel.moe.load", point(1, Map.of("step", 0, "layer", 0, "expert", 0))),
                gauge("", point(1, Map.of("step", 0))),
                gauge("n".repeat(10_000_000), point(1, Map.of("step", 0)))));

    assertThat(points).hasSize(1);
    assertThat(tally.points()).isEqualTo(10);
    assertThat(tally.refused()).isEqualTo(9);
    assertThat(tally.sentences()).hasSizeLessThan(2_000).contains("temporality to delta");
  }

  @Test
  void shouldTakeNotANumberAndSkipStaleMarksWhenGaugesCome() {
    List<Point> points =
        read(
            export(
                RUN,
                gauge(
                    "x",
                    point(Double.NaN, Map.of("step", 0)),
                    point(7, Map.of("step", 1)).setFlags(1))));

    assertThat(points).extracting(Point::value).containsExactly(Double.NaN);
    assertThat(tally.points()).isEqualTo(2);
    assertThat(tally.refused()).isZero();
  }

  @Test
  void shouldKeepTemporalityApartWhenSumsCome() {
    List<Point> points =
        read(
            export(
                RUN,
                sum(
                    "x",
                    AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA,
                    point(1, Map.of("step", 0)).setStartTimeUnixNano(5)),
                sum(
                    "y",
                    AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE,
                    NumberDataPoint.newBuilder()
                        .setAsInt(42)
                        .addAllAttributes(Exports.attributes(Map.of("step", 0))))));

    assertThat(points)
        .extracting(Point::kind)
        .containsExactly(Point.Kind.INCREMENT, Point.Kind.LATEST);
    assertThat(points).extracting(Point::value).containsExactly(1.0, 42.0);
  }

  @Test
  void shouldRefuseHistogramsAndSummariesWhenOthersAreTaken() {
    Metric histogram =
        Metric.newBuilder()
            .setName("h")
            .setHistogram(
                Histogram.newBuilder()
                    .addDataPoints(HistogramDataPoint.getDefaultInstance())
                    .addDataPoints(HistogramDataPoint.getDefaultInstance()))
            .build();
    Metric summary =
        Metric.newBuilder()
            .setName("s")
            .setSummary(Summary.newBuilder().addDataPoints(SummaryDataPoint.getDefaultInstance()))
            .build();

    assertThat(read(export(RUN, histogram, summary, gauge("x", point(1, Map.of("step", 0))))))
        .hasSize(1);
    assertThat(tally.refused()).isEqualTo(3);
    assertThat(tally.sentences()).contains("EVK-OTLP-KIND", "h.", "(2 points)");
    assertThat(tally.isAllRefused()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "evenkeel.nothing, r, EVK-OTLP-RESOURCE",
    "evenkeel.run, a b, EVK-OTLP-RESOURCE",
    "evenkeel.run, forbidden, EVK-GATEWAY-SCOPE"
  })
  void shouldRefuseAllOfAResourceWhenItsRunIsNone(String key, String value, String errorId) {
    assertThat(read(export(Map.of(key, value), gauge("x", point(1, Map.of("step", 0)))))).isEmpty();
    assertThat(tally.isAllRefused()).isTrue();
    assertThat(tally.firstReason().id()).isEqualTo(errorId);
  }

  @ParameterizedTest
  @CsvSource({
    "evenkeel.world_size, 0",
    "evenkeel.incarnation, -1",
    "evenkeel.rank, x",
    "evenkeel.moe.ffn_experts, 8",
    "evenkeel.tensor.placement, elsewhere"
  })
  void shouldSayWhatIsWrongWhenAResourceContradictsItself(String key, String value) {
    assertThat(
            read(
                export(
                    Map.of("evenkeel.run", "r", key, value),
                    gauge("x", point(1, Map.of("step", 0))))))
        .isEmpty();
    assertThat(tally.firstReason()).isEqualTo(ErrorId.OTLP_RESOURCE);
    assertThat(tally.sentences()).contains("evenkeel.");
  }
}
