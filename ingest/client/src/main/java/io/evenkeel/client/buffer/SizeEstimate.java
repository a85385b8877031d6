package io.evenkeel.client.buffer;

import io.evenkeel.contract.run.KnobDeclaration;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.contract.telemetry.MoeLayerTelemetry;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.telemetry.TensorTelemetry;
import java.util.Map;

/**
 * Memory that a record takes, bytes, from above: counted on the training thread, so by its shape
 * and without encoding. At least as much as the encoded form.
 */
final class SizeEstimate {

  /** What an entry of the outbox takes beside its record. */
  static final long OVERHEAD = 256;

  private static final long KNOB = 256;
  private static final long ACTIVATION = 160;
  private static final long LAYER = 640;
  private static final long TENSOR = 160;

  // UTF-8 takes up to 3 bytes a char, and 4 for a surrogate pair.
  private static final long CHAR = 3;

  private SizeEstimate() {}

  static long of(StepTelemetry telemetry) {
    long bytes = OVERHEAD + 512;
    for (TensorTelemetry tensor : telemetry.tensors()) {
      bytes += TENSOR + CHAR * tensor.name().length();
    }
    for (MoeLayerTelemetry layer : telemetry.moeLayers()) {
      // T_i as a varint takes up to 9 bytes, the four other vectors 8.
      bytes += LAYER + 41L * layer.experts();
    }
    bytes += ACTIVATION * telemetry.activations().size();
    for (KnobValue knob : telemetry.knobs()) {
      bytes += KNOB + CHAR * (knob.knob().length() + knob.scope().length());
    }
    for (String name : telemetry.scalars().keySet()) {
      bytes += 96 + CHAR * name.length();
    }
    return bytes;
  }

  static long of(RunSpec run) {
    long bytes = OVERHEAD + 1024 + CHAR * run.name().length();
    bytes += of(run.model()) + of(run.optimizer()) + of(run.labels());
    for (KnobDeclaration knob : run.knobs()) {
      bytes += KNOB + CHAR * (knob.knob().length() + knob.scope().length() + knob.unit().length());
    }
    for (String action : run.actions()) {
      bytes += 64 + CHAR * action.length();
    }
    return bytes;
  }

  /** Of a record that holds nothing but figures and these texts. */
  static long ofTexts(String... texts) {
    long bytes = OVERHEAD + 512;
    for (String text : texts) {
      bytes += CHAR * text.length();
    }
    return bytes;
  }

  private static long of(Map<String, String> map) {
    long bytes = 0;
    for (Map.Entry<String, String> entry : map.entrySet()) {
      bytes += 96 + CHAR * (entry.getKey().length() + entry.getValue().length());
    }
    return bytes;
  }
}
