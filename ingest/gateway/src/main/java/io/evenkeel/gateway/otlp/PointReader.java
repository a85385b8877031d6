package io.evenkeel.gateway.otlp;

import io.evenkeel.contract.error.Check;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.run.Knobs;
import io.evenkeel.contract.telemetry.ActivationSite;
import io.evenkeel.contract.telemetry.KnownScalars;
import io.evenkeel.contract.telemetry.KnownScalars.Field;
import io.evenkeel.contract.telemetry.KnownScalars.Known;
import io.evenkeel.contract.telemetry.MoeShape;
import io.evenkeel.gateway.otlp.Point.Kind;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.DataPointFlags;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * From an export to the points that Evenkeel takes; the others are refused, each with its reason.
 */
final class PointReader {

  private static final String STEP = "step";
  private static final String RANK = "rank";
  private static final String LAYER = "layer";
  private static final String EXPERT = "expert";
  private static final String TENSOR = "tensor";
  private static final String SITE = "site";
  private static final String KNOB = "knob";
  private static final String OVERFLOW = "otel.metric.overflow";
  private static final String KNOB_METRIC = "evenkeel.knob";
  private static final String END_METRIC = "evenkeel.step_end";
  private static final double LARGEST_COUNT = 0x1p53;

  private final Predicate<String> mayWrite;
  private final Tally tally;
  private final List<Point> points = new ArrayList<>();

  private PointReader(Predicate<String> mayWrite, Tally tally) {
    this.mayWrite = mayWrite;
    this.tally = tally;
  }

  /**
   * Reads an export.
   *
   * @param mayWrite whether the sender may write a run
   * @param tally counts every point, and learns which are refused
   */
  static List<Point> read(
      ExportMetricsServiceRequest request, Predicate<String> mayWrite, Tally tally) {
    PointReader reader = new PointReader(mayWrite, tally);
    request.getResourceMetricsList().forEach(reader::resource);
    return reader.points;
  }

  private void resource(ResourceMetrics resource) {
    Optional<ResourceReader.Source> source;
    try {
      source = ResourceReader.read(resource.getResource());
    } catch (IllegalArgumentException e) {
      refuseAll(resource, ErrorId.OTLP_RESOURCE, e.getMessage() + ".");
      return;
    }
    if (source.isEmpty()) {
      refuseAll(resource, ErrorId.OTLP_RESOURCE, "The resource has no attribute evenkeel.run.");
      return;
    }
    String run = source.get().rank().run();
    if (!mayWrite.test(run)) {
      refuseAll(resource, ErrorId.GATEWAY_SCOPE, "The token does not cover the run " + run + ".");
      return;
    }
    for (ScopeMetrics scope : resource.getScopeMetricsList()) {
      scope.getMetricsList().forEach(metric -> metric(source.get(), metric));
    }
  }

  private void refuseAll(ResourceMetrics resource, ErrorId id, String sentence) {
    for (ScopeMetrics scope : resource.getScopeMetricsList()) {
      for (Metric metric : scope.getMetricsList()) {
        refuse(size(metric), id, sentence);
      }
    }
  }

  private void refuse(int count, ErrorId id, String sentence) {
    for (int i = 0; i < count; i++) {
      tally.seen();
      tally.refuse(id, sentence);
    }
  }

  private static int size(Metric metric) {
    return switch (metric.getDataCase()) {
      case GAUGE -> metric.getGauge().getDataPointsCount();
      case SUM -> metric.getSum().getDataPointsCount();
      case HISTOGRAM -> metric.getHistogram().getDataPointsCount();
      case EXPONENTIAL_HISTOGRAM -> metric.getExponentialHistogram().getDataPointsCount();
      case SUMMARY -> metric.getSummary().getDataPointsCount();
      case DATA_NOT_SET -> 0;
    };
  }

  private void metric(ResourceReader.Source source, Metric metric) {
    switch (metric.getDataCase()) {
      case GAUGE -> points(source, metric, Kind.LATEST, metric.getGauge().getDataPointsList());
      case SUM ->
          points(
              source,
              metric,
              metric.getSum().getAggregationTemporality()
                      == AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
                  ? Kind.INCREMENT
                  : Kind.LATEST,
              metric.getSum().getDataPointsList());
      case HISTOGRAM, EXPONENTIAL_HISTOGRAM, SUMMARY ->
          refuse(
              size(metric),
              ErrorId.OTLP_KIND,
              "Histograms and summaries are not taken: " + shown(metric.getName()) + ".");
      case DATA_NOT_SET -> {}
    }
  }

  private void points(
      ResourceReader.Source source, Metric metric, Kind kind, List<NumberDataPoint> dataPoints) {
    for (NumberDataPoint dataPoint : dataPoints) {
      tally.seen();
      if ((dataPoint.getFlags() & DataPointFlags.DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK_VALUE)
          == 0) {
        try {
          points.add(point(source, metric, kind, dataPoint));
        } catch (IllegalArgumentException e) {
          tally.refuse(ErrorId.OTLP_POINT, e.getMessage() + ": " + shown(metric.getName()) + ".");
        }
      }
    }
  }

  private static String shown(String name) {
    String legible = Check.legible(name);
    return legible.length() <= 64 ? legible : legible.substring(0, 64) + "...";
  }

  private static Point point(
      ResourceReader.Source source, Metric metric, Kind kind, NumberDataPoint dataPoint) {
    TreeMap<String, AnyValue> attributes = AttributeText.sorted(dataPoint.getAttributesList());
    Check.that(
        !attributes.containsKey(OVERFLOW),
        "the SDK's limit of attribute sets is reached; set its temporality to delta");
    OptionalLong step = ResourceReader.whole(required(attributes, STEP));
    attributes.remove(STEP);
    Check.that(step.isPresent(), "step must be a whole number from 0 to 2^63-1");
    AnyValue rankValue = attributes.remove(RANK);
    Rank rank = source.rank();
    if (rankValue != null) {
      rank = new Rank(rank.run(), rank.incarnation(), ResourceReader.index(RANK, rankValue));
    }
    Check.that(rank.rank() < source.facts().worldSize(), "rank is not below evenkeel.world_size");
    double value =
        switch (dataPoint.getValueCase()) {
          case AS_DOUBLE -> dataPoint.getAsDouble();
          case AS_INT -> dataPoint.getAsInt();
          case VALUE_NOT_SET -> throw new IllegalArgumentException("a point has no value");
        };
    return new Point(
        rank,
        source.facts(),
        step.getAsLong(),
        target(source.facts(), metric, attributes, value),
        kind,
        value,
        Math.max(0, dataPoint.getStartTimeUnixNano()),
        Math.max(0, dataPoint.getTimeUnixNano()));
  }

  private static Target target(
      RunFacts facts, Metric metric, TreeMap<String, AnyValue> attributes, double value) {
    String name = metric.getName();
    Check.name("a metric's name", name);
    Signal signal = Signal.BY_NAME.get(name);
    if (signal != null) {
      if (signal.isCount()) {
        requireCount(value);
      }
      return switch (signal) {
        case LayerField field -> new Target.OfLayer(layer(facts, attributes), field);
        case ExpertField field ->
            new Target.OfExpert(layer(facts, attributes), expert(facts, attributes), field);
        case TensorField field -> new Target.OfTensor(name(attributes, TENSOR), field);
        case ActivationField field ->
            new Target.OfActivation(
                ResourceReader.index(LAYER, required(attributes, LAYER)), site(attributes), field);
      };
    }
    if (name.equals(END_METRIC)) {
      return new Target.EndOfStep();
    }
    if (name.equals(KNOB_METRIC)) {
      return new Target.Knob(name(attributes, KNOB), scope(attributes));
    }
    Optional<Known> known = KnownScalars.find(name, metric.getUnit());
    if (attributes.isEmpty()) {
      if (known.isPresent() && known.get().field().isCount()) {
        requireCount(value);
      }
      return new Target.Scalar(name, metric.getUnit());
    }
    if (known.isPresent()
        && known.get().field() == Field.KNOB
        && attributes.keySet().equals(Set.of(LAYER))) {
      return new Target.Knob(known.get().knob(), scope(attributes));
    }
    String series = AttributeText.series(name, attributes);
    Check.name("a metric's name with its attributes", series);
    return new Target.UserScalar(series);
  }

  private static void requireCount(double value) {
    Check.that(
        value >= 0 && value <= LARGEST_COUNT && value == Math.rint(value),
        "the value must be a whole number from 0 to 2^53");
  }

  private static int layer(RunFacts facts, Map<String, AnyValue> attributes) {
    int layer = ResourceReader.index(LAYER, required(attributes, LAYER));
    Check.that(layer < shape(facts).layers(), "layer is not below evenkeel.moe.layers");
    return layer;
  }

  private static int expert(RunFacts facts, Map<String, AnyValue> attributes) {
    int expert = ResourceReader.index(EXPERT, required(attributes, EXPERT));
    Check.that(
        expert < shape(facts).experts(),
        "expert is not below evenkeel.moe.ffn_experts + evenkeel.moe.zero_experts");
    return expert;
  }

  private static MoeShape shape(RunFacts facts) {
    MoeShape shape = facts.shape();
    if (shape == null) {
      throw new IllegalArgumentException(
          "the resource lacks evenkeel.moe.layers, evenkeel.moe.ffn_experts and evenkeel.moe.top_k");
    }
    return shape;
  }

  private static AnyValue required(Map<String, AnyValue> attributes, String key) {
    AnyValue value = attributes.get(key);
    if (value == null) {
      throw new IllegalArgumentException("the attribute " + key + " is missing");
    }
    return value;
  }

  private static String name(Map<String, AnyValue> attributes, String key) {
    String name = AttributeText.text(required(attributes, key));
    Check.name(key, name);
    return name;
  }

  private static String scope(Map<String, AnyValue> attributes) {
    AnyValue layer = attributes.get(LAYER);
    return layer == null ? "" : Knobs.layerScope(ResourceReader.index(LAYER, layer));
  }

  private static ActivationSite site(Map<String, AnyValue> attributes) {
    try {
      return ActivationSite.valueOf(
          AttributeText.text(required(attributes, SITE)).toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the attribute site must be layer_out, moe_in or moe_out", e);
    }
  }
}
