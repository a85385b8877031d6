package io.evenkeel.gateway.otlp;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Builds exports as SDKs send them. */
final class Exports {

  private Exports() {}

  static ExportMetricsServiceRequest export(Map<String, Object> resource, Metric... metrics) {
    return ExportMetricsServiceRequest.newBuilder()
        .addResourceMetrics(
            ResourceMetrics.newBuilder()
                .setResource(Resource.newBuilder().addAllAttributes(attributes(resource)))
                .addScopeMetrics(ScopeMetrics.newBuilder().addAllMetrics(List.of(metrics))))
        .build();
  }

  static Metric gauge(String name, NumberDataPoint.Builder... points) {
    Gauge.Builder gauge = Gauge.newBuilder();
    for (NumberDataPoint.Builder point : points) {
      gauge.addDataPoints(point);
    }
    return Metric.newBuilder().setName(name).setGauge(gauge).build();
  }

  static Metric sum(
      String name, AggregationTemporality temporality, NumberDataPoint.Builder... points) {
    Sum.Builder sum = Sum.newBuilder().setAggregationTemporality(temporality).setIsMonotonic(true);
    for (NumberDataPoint.Builder point : points) {
      sum.addDataPoints(point);
    }
    return Metric.newBuilder().setName(name).setSum(sum).build();
  }

  static NumberDataPoint.Builder point(double value, Map<String, Object> attributes) {
    return NumberDataPoint.newBuilder()
        .setAsDouble(value)
        .setTimeUnixNano(1_000)
        .addAllAttributes(attributes(attributes));
  }

  static List<KeyValue> attributes(Map<String, Object> attributes) {
    List<KeyValue> list = new ArrayList<>();
    attributes.forEach(
        (key, value) -> {
          AnyValue.Builder any = AnyValue.newBuilder();
          switch (value) {
            case String text -> any.setStringValue(text);
            case Integer number -> any.setIntValue(number);
            case Long number -> any.setIntValue(number);
            case Double number -> any.setDoubleValue(number);
            case Boolean truth -> any.setBoolValue(truth);
            case AnyValue given -> any.mergeFrom(given);
            default -> throw new IllegalArgumentException(value.toString());
          }
          list.add(KeyValue.newBuilder().setKey(key).setValue(any).build());
        });
    return list;
  }
}
