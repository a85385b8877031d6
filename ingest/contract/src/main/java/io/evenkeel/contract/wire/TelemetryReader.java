package io.evenkeel.contract.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.telemetry.ActivationSums;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.MoeLayerTelemetry;
import io.evenkeel.contract.telemetry.MoeShape;
import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.Placement;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.telemetry.TensorTelemetry;
import io.evenkeel.contract.wire.proto.Proto;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@link StepTelemetry} from the wire without the generated message in between, which costs
 * more than all the rest of reading it. It gives what {@link TelemetryWire} gives, or fails; why a
 * message is refused is for the generated parser to say. One use each, by one thread.
 */
final class TelemetryReader {

  private static final int VARINT = WireFormat.WIRETYPE_VARINT;
  private static final int FIXED64 = WireFormat.WIRETYPE_FIXED64;
  private static final int DELIMITED = WireFormat.WIRETYPE_LENGTH_DELIMITED;

  private final CodedInputStream in;
  private final Vectors vectors;

  private int version;
  private String run = "";
  private int incarnation;
  private long step;
  private int rank;
  private int worldSize;
  private long wallTimeMicros;
  private double stepTimeMillis;
  private double telemetryTimeMillis;
  private long tokens;
  private final LossFields losses = new LossFields();
  private @Nullable Double gradientNorm;
  private @Nullable Double clipCoefficient;
  private int placement;
  private @Nullable List<TensorTelemetry> tensors;
  private @Nullable ShapeFields shape;
  private @Nullable List<MoeLayerTelemetry> layers;
  private @Nullable List<ActivationSums> activations;
  private @Nullable List<KnobValue> knobs;
  private long lastEpoch;
  private long lastSequence;
  private @Nullable Map<String, Double> scalars;
  private long droppedBefore;

  private TelemetryReader(byte[] bytes, Vectors vectors) {
    in = CodedInputStream.newInstance(bytes);
    this.vectors = vectors;
  }

  /**
   * The record.
   *
   * @param maxFields most fields at the top level
   * @param vectors where vectors' entries are to be
   * @throws IOException if it cannot be read, has more fields, or is of another version
   * @throws IllegalArgumentException if a value is out of its range; so are {@code
   *     DateTimeException} and {@code ArithmeticException}
   */
  static StepTelemetry read(byte[] bytes, int maxFields, Vectors vectors) throws IOException {
    TelemetryReader reader = new TelemetryReader(bytes, vectors);
    // Or a length could be told that is longer than the message, and room be made for it.
    int end = reader.in.pushLimit(bytes.length);
    int fields = 0;
    for (int tag = reader.in.readTag(); tag != 0; tag = reader.in.readTag()) {
      if (++fields > maxFields) {
        throw new InvalidProtocolBufferException("too many fields");
      }
      reader.field(tag);
    }
    reader.in.popLimit(end);
    if (reader.version != Codecs.SCHEMA_VERSION) {
      throw new InvalidProtocolBufferException("another version");
    }
    return reader.record();
  }

  private void field(int tag) throws IOException {
    switch (tag) {
      case Proto.StepTelemetry.SCHEMA_VERSION_FIELD_NUMBER << 3 | VARINT ->
          version = in.readUInt32();
      case Proto.StepTelemetry.RUN_FIELD_NUMBER << 3 | DELIMITED ->
          run = in.readStringRequireUtf8();
      case Proto.StepTelemetry.INCARNATION_FIELD_NUMBER << 3 | VARINT ->
          incarnation = in.readUInt32();
      case Proto.StepTelemetry.STEP_FIELD_NUMBER << 3 | VARINT -> step = in.readUInt64();
      case Proto.StepTelemetry.RANK_FIELD_NUMBER << 3 | VARINT -> rank = in.readUInt32();
      case Proto.StepTelemetry.WORLD_SIZE_FIELD_NUMBER << 3 | VARINT -> worldSize = in.readUInt32();
      case Proto.StepTelemetry.WALL_TIME_MICROS_FIELD_NUMBER << 3 | VARINT ->
          wallTimeMicros = in.readSInt64();
      case Proto.StepTelemetry.STEP_TIME_MILLIS_FIELD_NUMBER << 3 | FIXED64 ->
          stepTimeMillis = in.readDouble();
      case Proto.StepTelemetry.TELEMETRY_TIME_MILLIS_FIELD_NUMBER << 3 | FIXED64 ->
          telemetryTimeMillis = in.readDouble();
      case Proto.StepTelemetry.TOKENS_FIELD_NUMBER << 3 | VARINT -> tokens = in.readUInt64();
      case Proto.StepTelemetry.GRADIENT_NORM_FIELD_NUMBER << 3 | FIXED64 ->
          gradientNorm = in.readDouble();
      case Proto.StepTelemetry.CLIP_COEFFICIENT_FIELD_NUMBER << 3 | FIXED64 ->
          clipCoefficient = in.readDouble();
      case Proto.StepTelemetry.TENSOR_PLACEMENT_FIELD_NUMBER << 3 | VARINT ->
          placement = in.readEnum();
      case Proto.StepTelemetry.LAST_COMMAND_EPOCH_FIELD_NUMBER << 3 | VARINT ->
          lastEpoch = in.readUInt64();
      case Proto.StepTelemetry.LAST_COMMAND_SEQUENCE_FIELD_NUMBER << 3 | VARINT ->
          lastSequence = in.readUInt64();
      case Proto.StepTelemetry.DROPPED_BEFORE_FIELD_NUMBER << 3 | VARINT ->
          droppedBefore = in.readUInt64();
      default -> {
        if (WireFormat.getTagWireType(tag) == DELIMITED) {
          message(tag);
        } else {
          skip(tag);
        }
      }
    }
  }

  /** A field that is a message, or is unknown. */
  private void message(int tag) throws IOException {
    switch (WireFormat.getTagFieldNumber(tag)) {
      case Proto.StepTelemetry.LOSSES_FIELD_NUMBER -> {
        int end = begin();
        losses.read(this);
        in.popLimit(end);
      }
      case Proto.StepTelemetry.TENSORS_FIELD_NUMBER -> {
        int end = begin();
        tensors = add(tensors, tensor());
        in.popLimit(end);
      }
      case Proto.StepTelemetry.MOE_SHAPE_FIELD_NUMBER -> {
        int end = begin();
        shape = shape == null ? new ShapeFields() : shape;
        shape.read(this);
        in.popLimit(end);
      }
      case Proto.StepTelemetry.MOE_LAYERS_FIELD_NUMBER -> {
        int end = begin();
        layers = add(layers, new MoeLayerReader(in, vectors).read());
        in.popLimit(end);
      }
      case Proto.StepTelemetry.ACTIVATIONS_FIELD_NUMBER -> {
        int end = begin();
        activations = add(activations, new ActivationReader(in).read());
        in.popLimit(end);
      }
      case Proto.StepTelemetry.KNOBS_FIELD_NUMBER -> {
        int end = begin();
        knobs = add(knobs, knob());
        in.popLimit(end);
      }
      case Proto.StepTelemetry.SCALARS_FIELD_NUMBER -> {
        int end = begin();
        scalar();
        in.popLimit(end);
      }
      default -> skip(tag);
    }
  }

  private StepTelemetry record() {
    return new StepTelemetry(
        new ObservationKey(run, incarnation, step, rank),
        worldSize,
        Wires.instant(wallTimeMicros),
        stepTimeMillis,
        telemetryTimeMillis,
        tokens,
        losses.record(),
        gradientNorm,
        clipCoefficient,
        placement(placement),
        tensors == null ? List.of() : tensors,
        shape == null ? null : shape.record(),
        layers == null ? List.of() : layers,
        activations == null ? List.of() : activations,
        knobs == null ? List.of() : knobs,
        new CommandPosition(lastEpoch, lastSequence),
        scalars == null ? Map.of() : scalars,
        droppedBefore);
  }

  private static Placement placement(int number) {
    return switch (number) {
      case Proto.Placement.PLACEMENT_REPLICATED_VALUE -> Placement.REPLICATED;
      case Proto.Placement.PLACEMENT_SHARDED_VALUE -> Placement.SHARDED;
      default -> throw new IllegalArgumentException("Placement is missing or unknown");
    };
  }

  private TensorTelemetry tensor() throws IOException {
    String name = "";
    long elements = 0;
    double sumSquares = 0;
    long nonFinite = 0;
    long belowEpsilon = 0;
    long belowEpsilonNonzero = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case Proto.TensorTelemetry.NAME_FIELD_NUMBER << 3 | DELIMITED ->
            name = in.readStringRequireUtf8();
        case Proto.TensorTelemetry.ELEMENTS_FIELD_NUMBER << 3 | VARINT ->
            elements = in.readUInt64();
        case Proto.TensorTelemetry.SUM_SQUARES_FIELD_NUMBER << 3 | FIXED64 ->
            sumSquares = in.readDouble();
        case Proto.TensorTelemetry.NON_FINITE_FIELD_NUMBER << 3 | VARINT ->
            nonFinite = in.readUInt64();
        case Proto.TensorTelemetry.BELOW_EPSILON_FIELD_NUMBER << 3 | VARINT ->
            belowEpsilon = in.readUInt64();
        case Proto.TensorTelemetry.BELOW_EPSILON_NONZERO_FIELD_NUMBER << 3 | VARINT ->
            belowEpsilonNonzero = in.readUInt64();
        default -> skip(tag);
      }
    }
    return new TensorTelemetry(
        name, elements, sumSquares, nonFinite, belowEpsilon, belowEpsilonNonzero);
  }

  private KnobValue knob() throws IOException {
    String knob = "";
    String scope = "";
    double value = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case Proto.KnobValue.KNOB_FIELD_NUMBER << 3 | DELIMITED ->
            knob = in.readStringRequireUtf8();
        case Proto.KnobValue.SCOPE_FIELD_NUMBER << 3 | DELIMITED ->
            scope = in.readStringRequireUtf8();
        case Proto.KnobValue.VALUE_FIELD_NUMBER << 3 | FIXED64 -> value = in.readDouble();
        default -> skip(tag);
      }
    }
    return new KnobValue(knob, scope, value);
  }

  /** An entry of a map on the wire: a message of its key, 1, and its value, 2. */
  private void scalar() throws IOException {
    String name = "";
    double value = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | DELIMITED -> name = in.readStringRequireUtf8();
        case 2 << 3 | FIXED64 -> value = in.readDouble();
        default -> skip(tag);
      }
    }
    scalars = scalars == null ? new HashMap<>() : scalars;
    scalars.put(name, value);
  }

  private int begin() throws IOException {
    return in.pushLimit(in.readRawVarint32());
  }

  private void skip(int tag) throws IOException {
    skip(in, tag);
  }

  /** Passes over a field that this release does not know. */
  static void skip(CodedInputStream in, int tag) throws IOException {
    if (!in.skipField(tag)) {
      throw new InvalidProtocolBufferException("a group ends that never began");
    }
  }

  private static <T> List<T> add(@Nullable List<T> known, T item) {
    List<T> list = known == null ? new ArrayList<>() : known;
    list.add(item);
    return list;
  }

  /** A single message that stands there twice is one message: the later fields replace. */
  private static final class LossFields {
    private @Nullable Double languageModel;
    private @Nullable Double loadBalance;
    private @Nullable Double hiddenZ;
    private @Nullable Double total;

    void read(TelemetryReader from) throws IOException {
      for (int tag = from.in.readTag(); tag != 0; tag = from.in.readTag()) {
        switch (tag) {
          case Proto.Losses.LANGUAGE_MODEL_FIELD_NUMBER << 3 | FIXED64 ->
              languageModel = from.in.readDouble();
          case Proto.Losses.LOAD_BALANCE_FIELD_NUMBER << 3 | FIXED64 ->
              loadBalance = from.in.readDouble();
          case Proto.Losses.HIDDEN_Z_FIELD_NUMBER << 3 | FIXED64 -> hiddenZ = from.in.readDouble();
          case Proto.Losses.TOTAL_FIELD_NUMBER << 3 | FIXED64 -> total = from.in.readDouble();
          default -> from.skip(tag);
        }
      }
    }

    Losses record() {
      return new Losses(languageModel, loadBalance, hiddenZ, total);
    }
  }

  private static final class ShapeFields {
    private int layers;
    private int ffnExperts;
    private int zeroExperts;
    private int topK;
    private double ffnExpertsTarget;
    private int groups;

    void read(TelemetryReader from) throws IOException {
      for (int tag = from.in.readTag(); tag != 0; tag = from.in.readTag()) {
        switch (tag) {
          case Proto.MoeShape.LAYERS_FIELD_NUMBER << 3 | VARINT -> layers = from.in.readUInt32();
          case Proto.MoeShape.FFN_EXPERTS_FIELD_NUMBER << 3 | VARINT ->
              ffnExperts = from.in.readUInt32();
          case Proto.MoeShape.ZERO_EXPERTS_FIELD_NUMBER << 3 | VARINT ->
              zeroExperts = from.in.readUInt32();
          case Proto.MoeShape.TOP_K_FIELD_NUMBER << 3 | VARINT -> topK = from.in.readUInt32();
          case Proto.MoeShape.FFN_EXPERTS_TARGET_FIELD_NUMBER << 3 | FIXED64 ->
              ffnExpertsTarget = from.in.readDouble();
          case Proto.MoeShape.GROUPS_FIELD_NUMBER << 3 | VARINT -> groups = from.in.readUInt32();
          default -> from.skip(tag);
        }
      }
    }

    MoeShape record() {
      return new MoeShape(layers, ffnExperts, zeroExperts, topK, ffnExpertsTarget, groups);
    }
  }
}
