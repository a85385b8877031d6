package io.evenkeel.gateway.otlp;

import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.gateway.kafka.Outgoing;
import io.evenkeel.gateway.kafka.RecordSink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The topic of telemetry. */
final class KafkaTelemetrySink implements TelemetrySink {

  private final RecordSink sink;

  KafkaTelemetrySink(RecordSink sink) {
    this.sink = sink;
  }

  @Override
  public Map<Integer, String> send(List<StepTelemetry> steps) {
    Map<Integer, String> refused = new HashMap<>();
    List<Outgoing> records = new ArrayList<>(steps.size());
    List<Integer> places = new ArrayList<>(steps.size());
    for (int i = 0; i < steps.size(); i++) {
      StepTelemetry step = steps.get(i);
      byte[] bytes = Codecs.STEP_TELEMETRY.encode(step);
      if (bytes.length > Codecs.STEP_TELEMETRY.maxBytes()) {
        refused.put(
            i,
            "it takes %d bytes, at most %d are stored"
                .formatted(bytes.length, Codecs.STEP_TELEMETRY.maxBytes()));
        continue;
      }
      records.add(
          new Outgoing(
              Topics.TELEMETRY, Topics.telemetryKey(step.key().run(), step.key().rank()), bytes));
      places.add(i);
    }
    for (RecordSink.Refusal refusal : sink.send(records)) {
      refused.put(places.get(refusal.index()), refusal.reason());
    }
    return refused;
  }
}
