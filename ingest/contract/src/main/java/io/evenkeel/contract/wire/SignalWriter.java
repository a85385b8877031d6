package io.evenkeel.contract.wire;

import com.google.protobuf.CodedOutputStream;
import io.evenkeel.contract.signal.ActivationSignals;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.signal.TensorSignals;
import io.evenkeel.contract.telemetry.ExpertLoads;
import io.evenkeel.contract.telemetry.ExpertVector;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.wire.proto.Proto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@link StepSignals} onto the wire without the generated message in between, whose boxes
 * and lists cost more than all the rest of writing it (ADR 34). The bytes are those of {@link
 * SignalWire}'s message. One use each, by one thread.
 */
final class SignalWriter {

  /** More than any field takes that is a number, its tag included. */
  private static final int NUMBER_BYTES = 12;

  private static final int UTF8_BYTES = 3;

  /** A message inside of another: {@link #nested} says how many bytes it has room for. */
  private interface Body {
    void write(CodedOutputStream out) throws IOException;
  }

  private SignalWriter() {}

  static byte[] write(StepSignals signals) {
    byte[] bytes = new byte[room(signals)];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      write(signals, out);
    } catch (IOException e) {
      // There is no stream that could fail, and room for the largest of each field.
      throw new UncheckedIOException(e);
    }
    return Arrays.copyOf(bytes, out.getTotalBytesWritten());
  }

  private static void write(StepSignals value, CodedOutputStream out) throws IOException {
    whole(out, Proto.StepSignals.SCHEMA_VERSION_FIELD_NUMBER, Codecs.SCHEMA_VERSION);
    text(out, Proto.StepSignals.RUN_FIELD_NUMBER, value.key().run());
    whole(out, Proto.StepSignals.INCARNATION_FIELD_NUMBER, value.key().incarnation());
    whole(out, Proto.StepSignals.STEP_FIELD_NUMBER, value.key().step());
    whole(out, Proto.StepSignals.RANKS_SEEN_FIELD_NUMBER, value.ranksSeen());
    whole(out, Proto.StepSignals.WORLD_SIZE_FIELD_NUMBER, value.worldSize());
    micros(out, Proto.StepSignals.WALL_TIME_MICROS_FIELD_NUMBER, Wires.micros(value.wallTime()));
    micros(out, Proto.StepSignals.EMITTED_MICROS_FIELD_NUMBER, Wires.micros(value.emitted()));
    whole(out, Proto.StepSignals.TOKENS_FIELD_NUMBER, value.tokens());
    nested(
        out,
        Proto.StepSignals.LOSSES_FIELD_NUMBER,
        4 * NUMBER_BYTES,
        body -> write(value.losses(), body));
    present(out, Proto.StepSignals.GRADIENT_NORM_FIELD_NUMBER, value.gradientNorm());
    present(out, Proto.StepSignals.CLIP_COEFFICIENT_FIELD_NUMBER, value.clipCoefficient());
    for (LayerSignals layer : value.layers()) {
      nested(
          out,
          Proto.StepSignals.LAYERS_FIELD_NUMBER,
          room(layer),
          body -> LayerWriter.write(layer, body));
    }
    for (ActivationSignals activation : value.activations()) {
      nested(
          out,
          Proto.StepSignals.ACTIVATIONS_FIELD_NUMBER,
          9 * NUMBER_BYTES,
          body -> write(activation, body));
    }
    for (TensorSignals tensor : value.tensors()) {
      nested(
          out, Proto.StepSignals.TENSORS_FIELD_NUMBER, room(tensor), body -> write(tensor, body));
    }
    present(
        out, Proto.StepSignals.GRADIENT_NORM_RATIO_MAX_FIELD_NUMBER, value.gradientNormRatioMax());
    present(
        out,
        Proto.StepSignals.GRADIENT_NORM_RATIO_MEAN_FIELD_NUMBER,
        value.gradientNormRatioMean());
    present(
        out,
        Proto.StepSignals.LOGIT_GRADIENT_RATIO_MAX_FIELD_NUMBER,
        value.logitGradientRatioMax());
    present(out, Proto.StepSignals.EPSILON_OVER_RMS_MAX_FIELD_NUMBER, value.epsilonOverRmsMax());
    present(out, Proto.StepSignals.BELOW_EPSILON_SHARE_FIELD_NUMBER, value.belowEpsilonShare());
    present(out, Proto.StepSignals.LOSS_SPIKE_SCORE_FIELD_NUMBER, value.lossSpikeScore());
    present(
        out,
        Proto.StepSignals.GRADIENT_NORM_SPIKE_SCORE_FIELD_NUMBER,
        value.gradientNormSpikeScore());
    real(out, Proto.StepSignals.STEP_TIME_MILLIS_FIELD_NUMBER, value.stepTimeMillis());
    real(out, Proto.StepSignals.TELEMETRY_TIME_MILLIS_FIELD_NUMBER, value.telemetryTimeMillis());
    real(out, Proto.StepSignals.STRAGGLER_SKEW_FIELD_NUMBER, value.stragglerSkew());
    whole(out, Proto.StepSignals.NON_FINITE_FIELD_NUMBER, value.nonFinite());
    for (KnobValue knob : value.knobs()) {
      nested(out, Proto.StepSignals.KNOBS_FIELD_NUMBER, room(knob), body -> write(knob, body));
    }
    whole(out, Proto.StepSignals.LAST_COMMAND_EPOCH_FIELD_NUMBER, value.lastCommand().epoch());
    whole(
        out, Proto.StepSignals.LAST_COMMAND_SEQUENCE_FIELD_NUMBER, value.lastCommand().sequence());
    for (Map.Entry<String, Double> scalar : value.scalars().entrySet()) {
      nested(
          out,
          Proto.StepSignals.SCALARS_FIELD_NUMBER,
          room(scalar.getKey()) + NUMBER_BYTES,
          body -> {
            // Of an entry both are written, whatever they are.
            body.writeString(1, scalar.getKey());
            body.writeDouble(2, scalar.getValue());
          });
    }
    whole(out, Proto.StepSignals.LATE_PARTS_FIELD_NUMBER, value.lateParts());
    whole(out, Proto.StepSignals.DROPPED_BEFORE_FIELD_NUMBER, value.droppedBefore());
    rank(out, Proto.StepSignals.SLOWEST_RANK_FIELD_NUMBER, value.slowestRank());
    rank(out, Proto.StepSignals.LOWEST_MISSING_RANK_FIELD_NUMBER, value.lowestMissingRank());
  }

  private static void write(Losses value, CodedOutputStream out) throws IOException {
    present(out, Proto.Losses.LANGUAGE_MODEL_FIELD_NUMBER, value.languageModel());
    present(out, Proto.Losses.LOAD_BALANCE_FIELD_NUMBER, value.loadBalance());
    present(out, Proto.Losses.HIDDEN_Z_FIELD_NUMBER, value.hiddenZ());
    present(out, Proto.Losses.TOTAL_FIELD_NUMBER, value.total());
  }

  private static void write(ActivationSignals value, CodedOutputStream out) throws IOException {
    whole(out, Proto.ActivationSignals.LAYER_FIELD_NUMBER, value.layer());
    out.writeEnum(
        Proto.ActivationSignals.SITE_FIELD_NUMBER,
        Proto.ActivationSite.valueOf("ACTIVATION_SITE_" + value.site().name()).getNumber());
    real(out, Proto.ActivationSignals.MAX_ABS_FIELD_NUMBER, value.maxAbs());
    real(out, Proto.ActivationSignals.MEAN_FIELD_NUMBER, value.mean());
    real(out, Proto.ActivationSignals.STD_FIELD_NUMBER, value.std());
    real(out, Proto.ActivationSignals.RMS_FIELD_NUMBER, value.rms());
    real(out, Proto.ActivationSignals.KURTOSIS_FIELD_NUMBER, value.kurtosis());
    real(
        out,
        Proto.ActivationSignals.ABOVE_THRESHOLD_SHARE_FIELD_NUMBER,
        value.aboveThresholdShare());
    whole(out, Proto.ActivationSignals.NON_FINITE_FIELD_NUMBER, value.nonFinite());
  }

  private static void write(TensorSignals value, CodedOutputStream out) throws IOException {
    text(out, Proto.TensorSignals.NAME_FIELD_NUMBER, value.name());
    real(out, Proto.TensorSignals.GRADIENT_RMS_FIELD_NUMBER, value.gradientRms());
    present(out, Proto.TensorSignals.EPSILON_OVER_RMS_FIELD_NUMBER, value.epsilonOverRms());
    real(out, Proto.TensorSignals.BELOW_EPSILON_SHARE_FIELD_NUMBER, value.belowEpsilonShare());
    real(
        out,
        Proto.TensorSignals.BELOW_EPSILON_NONZERO_SHARE_FIELD_NUMBER,
        value.belowEpsilonNonzeroShare());
    whole(out, Proto.TensorSignals.NON_FINITE_FIELD_NUMBER, value.nonFinite());
    whole(out, Proto.TensorSignals.ELEMENTS_FIELD_NUMBER, value.elements());
  }

  private static void write(KnobValue value, CodedOutputStream out) throws IOException {
    text(out, Proto.KnobValue.KNOB_FIELD_NUMBER, value.knob());
    text(out, Proto.KnobValue.SCOPE_FIELD_NUMBER, value.scope());
    real(out, Proto.KnobValue.VALUE_FIELD_NUMBER, value.value());
  }

  /** A count or an index, each at least 0; left out when it is 0. */
  static void whole(CodedOutputStream out, int field, long value) throws IOException {
    if (value != 0) {
      out.writeUInt64(field, value);
    }
  }

  /** A number; left out when it is 0, not when it is -0. */
  static void real(CodedOutputStream out, int field, double value) throws IOException {
    if (Double.doubleToRawLongBits(value) != 0) {
      out.writeDouble(field, value);
    }
  }

  /** A number that may be missing. */
  static void present(CodedOutputStream out, int field, @Nullable Double value) throws IOException {
    if (value != null) {
      out.writeDouble(field, value);
    }
  }

  private static void rank(CodedOutputStream out, int field, @Nullable Integer value)
      throws IOException {
    if (value != null) {
      out.writeUInt32(field, value);
    }
  }

  private static void micros(CodedOutputStream out, int field, long value) throws IOException {
    if (value != 0) {
      out.writeSInt64(field, value);
    }
  }

  private static void text(CodedOutputStream out, int field, String value) throws IOException {
    if (!value.isEmpty()) {
      out.writeString(field, value);
    }
  }

  static void reals(CodedOutputStream out, int field, ExpertVector vector) throws IOException {
    if (vector.size() == 0) {
      return;
    }
    out.writeTag(field, com.google.protobuf.WireFormat.WIRETYPE_LENGTH_DELIMITED);
    out.writeUInt32NoTag(vector.size() * Double.BYTES);
    for (int i = 0; i < vector.size(); i++) {
      out.writeDoubleNoTag(vector.get(i));
    }
  }

  static void wholes(CodedOutputStream out, int field, ExpertLoads loads) throws IOException {
    if (loads.size() == 0) {
      return;
    }
    int length = 0;
    for (int i = 0; i < loads.size(); i++) {
      length += CodedOutputStream.computeUInt64SizeNoTag(loads.get(i));
    }
    out.writeTag(field, com.google.protobuf.WireFormat.WIRETYPE_LENGTH_DELIMITED);
    out.writeUInt32NoTag(length);
    for (int i = 0; i < loads.size(); i++) {
      out.writeUInt64NoTag(loads.get(i));
    }
  }

  private static void nested(CodedOutputStream out, int field, int room, Body body)
      throws IOException {
    byte[] bytes = new byte[room];
    CodedOutputStream inner = CodedOutputStream.newInstance(bytes);
    body.write(inner);
    int length = inner.getTotalBytesWritten();
    out.writeTag(field, com.google.protobuf.WireFormat.WIRETYPE_LENGTH_DELIMITED);
    out.writeUInt32NoTag(length);
    out.write(bytes, 0, length);
  }

  private static int room(StepSignals value) {
    int room = 34 * NUMBER_BYTES + room(value.key().run()) + 4 * NUMBER_BYTES;
    for (LayerSignals layer : value.layers()) {
      room += NUMBER_BYTES + room(layer);
    }
    room += value.activations().size() * 10 * NUMBER_BYTES;
    for (TensorSignals tensor : value.tensors()) {
      room += NUMBER_BYTES + room(tensor);
    }
    for (KnobValue knob : value.knobs()) {
      room += NUMBER_BYTES + room(knob);
    }
    for (String name : value.scalars().keySet()) {
      room += 2 * NUMBER_BYTES + room(name);
    }
    return room;
  }

  private static int room(LayerSignals layer) {
    return 33 * NUMBER_BYTES
        + layer.load().size() * NUMBER_BYTES
        + (layer.probabilities().size() + layer.selectionBias().size()) * Double.BYTES;
  }

  private static int room(TensorSignals tensor) {
    return 7 * NUMBER_BYTES + room(tensor.name());
  }

  private static int room(KnobValue knob) {
    return room(knob.knob()) + room(knob.scope()) + NUMBER_BYTES;
  }

  private static int room(String text) {
    return NUMBER_BYTES + UTF8_BYTES * text.length();
  }
}
