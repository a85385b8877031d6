// A trainer with the OpenTelemetry JavaScript SDK. Arguments: what to send (dense or moe), http or proto, steps.
// Told where to by OTEL_EXPORTER_OTLP_METRICS_ENDPOINT, _HEADERS and _COMPRESSION, and of which run by RUN.
import { diag, DiagLogLevel } from '@opentelemetry/api';
import { OTLPMetricExporter as JsonExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtoExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality, MeterProvider, PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';

const [what, encoding, steps] = process.argv.slice(2);
const layers = 2;
const experts = 4;
const topK = 2;
const tokens = 1000;

// What the SDK logs, such as points that were refused, is told on standard error.
diag.setLogger(
  { error: console.error, warn: console.error, info() {}, debug() {}, verbose() {} },
  { logLevel: DiagLogLevel.WARN });

const attributes = { 'service.name': 'trainer', 'evenkeel.run': process.env.RUN };
if (what === 'moe') {
  attributes['evenkeel.moe.layers'] = layers;
  attributes['evenkeel.moe.ffn_experts'] = experts;
  attributes['evenkeel.moe.top_k'] = topK;
}
const Exporter = encoding === 'proto' ? ProtoExporter : JsonExporter;
const reader = new PeriodicExportingMetricReader({
  exporter: new Exporter({ temporalityPreference: AggregationTemporality.DELTA }),
  exportIntervalMillis: 60_000,
});
const provider = new MeterProvider({
  resource: resourceFromAttributes(attributes),
  readers: [reader],
});
const meter = provider.getMeter('trainer');
const loss = meter.createGauge('loss');
const gradientNorm = meter.createGauge('train/grad_norm');
const learningRate = meter.createGauge('lr');
const stepTime = meter.createGauge('step_time', { unit: 'ms' });
const tokenCounter = meter.createCounter('tokens');
const accuracy = meter.createGauge('accuracy');
const alpha = meter.createGauge('load_balance.alpha');
const load = meter.createCounter('evenkeel.moe.load');
const lmGradient = meter.createGauge('evenkeel.moe.lm_grad_p');
const lbGradient = meter.createGauge('evenkeel.moe.lb_grad_p');
const cosine = meter.createGauge('evenkeel.moe.router_cosine_all');
const histogram = meter.createHistogram('batch.length');

for (let step = 0; step < Number(steps); step++) {
  loss.record(3 - step / 100, { step });
  gradientNorm.record(0.5, { step });
  learningRate.record(1e-3, { step });
  stepTime.record(125, { step });
  // A counter adds up within the step.
  tokenCounter.add(tokens / 2, { step });
  tokenCounter.add(tokens / 2, { step });
  accuracy.record(0.25, { step, split: 'train' });
  if (what === 'moe') {
    alpha.record(0.02, { step });
    for (let layer = 0; layer < layers; layer++) {
      cosine.record(0.125, { step, layer });
      for (let expert = 0; expert < experts; expert++) {
        load.add(topK * tokens / experts, { step, layer, expert });
        // Norms 2 and 4 over four experts: R_g = alpha / layers * 4 / 2.
        lmGradient.record(1, { step, layer, expert });
        lbGradient.record(2, { step, layer, expert });
      }
    }
  }
}
if (what === 'dense') {
  histogram.record(7, { step: 0 });
}
await provider.shutdown();
console.log('DONE');
