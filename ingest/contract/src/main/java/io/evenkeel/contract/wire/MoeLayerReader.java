package io.evenkeel.contract.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.evenkeel.contract.telemetry.ExpertLoads;
import io.evenkeel.contract.telemetry.ExpertVector;
import io.evenkeel.contract.telemetry.GradientMethod;
import io.evenkeel.contract.telemetry.MoeLayerTelemetry;
import io.evenkeel.contract.wire.proto.Proto;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads one {@link MoeLayerTelemetry} up to the stream's limit; see {@link TelemetryReader}. */
final class MoeLayerReader {

  private static final int VARINT = WireFormat.WIRETYPE_VARINT;
  private static final int FIXED64 = WireFormat.WIRETYPE_FIXED64;
  private static final int DELIMITED = WireFormat.WIRETYPE_LENGTH_DELIMITED;

  private final CodedInputStream in;
  private final Vectors vectors;

  private int layer;
  private double loadBalanceCoefficient;
  private @Nullable Double loadBalanceLoss;
  private long[] load = {};
  private ExpertVector probabilitySums = ExpertVector.EMPTY;
  private ExpertVector lmGradP = ExpertVector.EMPTY;
  private ExpertVector lbGradP = ExpertVector.EMPTY;
  private int gradientMethod;
  private @Nullable Double lmGradZSumSquares;
  private @Nullable Double lbGradZSumSquares;
  private double routerZSum;
  private double routerLogitMaxAbs;
  private double tokenEntropySum;
  private long routerNonFinite;
  private @Nullable Double routerCosineAll;
  private @Nullable Double routerCosineFfn;
  private double ffnExpertsSum;
  private double ffnExpertsSumSquares;
  private ExpertVector selectionBias = ExpertVector.EMPTY;
  private @Nullable Double expertOutputCosine;
  private @Nullable Double top1Churn;
  private @Nullable Double ffnSumVariance;
  private @Nullable Double gammaEmpirical;

  /**
   * A reader.
   *
   * @param in stands at the layer's first field
   * @param vectors where its vectors' entries are to be
   */
  MoeLayerReader(CodedInputStream in, Vectors vectors) {
    this.in = in;
    this.vectors = vectors;
  }

  MoeLayerTelemetry read() throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagWireType(tag)) {
        case FIXED64 -> real(tag);
        case DELIMITED -> vector(tag);
        default -> whole(tag);
      }
    }
    return new MoeLayerTelemetry(
        layer,
        loadBalanceCoefficient,
        loadBalanceLoss,
        ExpertLoads.of(load),
        probabilitySums,
        lmGradP,
        lbGradP,
        method(gradientMethod),
        lmGradZSumSquares,
        lbGradZSumSquares,
        routerZSum,
        routerLogitMaxAbs,
        tokenEntropySum,
        routerNonFinite,
        routerCosineAll,
        routerCosineFfn,
        ffnExpertsSum,
        ffnExpertsSumSquares,
        selectionBias,
        expertOutputCosine,
        top1Churn,
        ffnSumVariance,
        gammaEmpirical);
  }

  private void whole(int tag) throws IOException {
    switch (tag) {
      case Proto.MoeLayerTelemetry.LAYER_FIELD_NUMBER << 3 | VARINT -> layer = in.readUInt32();
      case Proto.MoeLayerTelemetry.LOAD_FIELD_NUMBER << 3 | VARINT -> throw unpacked();
      case Proto.MoeLayerTelemetry.GRADIENT_METHOD_FIELD_NUMBER << 3 | VARINT ->
          gradientMethod = in.readEnum();
      case Proto.MoeLayerTelemetry.ROUTER_NON_FINITE_FIELD_NUMBER << 3 | VARINT ->
          routerNonFinite = in.readUInt64();
      default -> TelemetryReader.skip(in, tag);
    }
  }

  private void real(int tag) throws IOException {
    switch (WireFormat.getTagFieldNumber(tag)) {
      case Proto.MoeLayerTelemetry.LOAD_BALANCE_COEFFICIENT_FIELD_NUMBER ->
          loadBalanceCoefficient = in.readDouble();
      case Proto.MoeLayerTelemetry.LOAD_BALANCE_LOSS_FIELD_NUMBER ->
          loadBalanceLoss = in.readDouble();
      case Proto.MoeLayerTelemetry.LM_GRAD_Z_SUM_SQUARES_FIELD_NUMBER ->
          lmGradZSumSquares = in.readDouble();
      case Proto.MoeLayerTelemetry.LB_GRAD_Z_SUM_SQUARES_FIELD_NUMBER ->
          lbGradZSumSquares = in.readDouble();
      case Proto.MoeLayerTelemetry.ROUTER_Z_SUM_FIELD_NUMBER -> routerZSum = in.readDouble();
      case Proto.MoeLayerTelemetry.ROUTER_LOGIT_MAX_ABS_FIELD_NUMBER ->
          routerLogitMaxAbs = in.readDouble();
      case Proto.MoeLayerTelemetry.TOKEN_ENTROPY_SUM_FIELD_NUMBER ->
          tokenEntropySum = in.readDouble();
      case Proto.MoeLayerTelemetry.ROUTER_COSINE_ALL_FIELD_NUMBER ->
          routerCosineAll = in.readDouble();
      case Proto.MoeLayerTelemetry.ROUTER_COSINE_FFN_FIELD_NUMBER ->
          routerCosineFfn = in.readDouble();
      case Proto.MoeLayerTelemetry.FFN_EXPERTS_SUM_FIELD_NUMBER -> ffnExpertsSum = in.readDouble();
      case Proto.MoeLayerTelemetry.FFN_EXPERTS_SUM_SQUARES_FIELD_NUMBER ->
          ffnExpertsSumSquares = in.readDouble();
      case Proto.MoeLayerTelemetry.EXPERT_OUTPUT_COSINE_FIELD_NUMBER ->
          expertOutputCosine = in.readDouble();
      case Proto.MoeLayerTelemetry.TOP1_CHURN_FIELD_NUMBER -> top1Churn = in.readDouble();
      case Proto.MoeLayerTelemetry.FFN_SUM_VARIANCE_FIELD_NUMBER ->
          ffnSumVariance = in.readDouble();
      case Proto.MoeLayerTelemetry.GAMMA_EMPIRICAL_FIELD_NUMBER -> gammaEmpirical = in.readDouble();
      default -> vector(tag);
    }
  }

  /** Entries of a vector: all at once, as everybody writes them, or one. */
  private void vector(int tag) throws IOException {
    switch (WireFormat.getTagFieldNumber(tag)) {
      case Proto.MoeLayerTelemetry.LOAD_FIELD_NUMBER -> {
        if (WireFormat.getTagWireType(tag) == DELIMITED) {
          requireWhole(load.length);
          load = vectors.counts(in, in.readRawVarint32());
        } else {
          TelemetryReader.skip(in, tag);
        }
      }
      case Proto.MoeLayerTelemetry.PROBABILITY_SUMS_FIELD_NUMBER ->
          probabilitySums = reals(tag, probabilitySums);
      case Proto.MoeLayerTelemetry.LM_GRAD_P_FIELD_NUMBER -> lmGradP = reals(tag, lmGradP);
      case Proto.MoeLayerTelemetry.LB_GRAD_P_FIELD_NUMBER -> lbGradP = reals(tag, lbGradP);
      case Proto.MoeLayerTelemetry.SELECTION_BIAS_FIELD_NUMBER ->
          selectionBias = reals(tag, selectionBias);
      default -> TelemetryReader.skip(in, tag);
    }
  }

  private ExpertVector reals(int tag, ExpertVector known) throws IOException {
    if (WireFormat.getTagWireType(tag) == FIXED64) {
      throw unpacked();
    }
    requireWhole(known.size());
    int length = in.readRawVarint32();
    int end = in.pushLimit(length);
    if (length % Double.BYTES != 0) {
      throw new InvalidProtocolBufferException("a vector is cut");
    }
    ExpertVector all = vectors.reals(in, length / Double.BYTES);
    in.popLimit(end);
    return all;
  }

  /**
   * A vector in pieces is nobody's either, and to put it together piece by piece would take the
   * square of their number: left to the generated parser.
   */
  private static void requireWhole(int known) throws InvalidProtocolBufferException {
    if (known > 0) {
      throw new InvalidProtocolBufferException("a vector in pieces");
    }
  }

  /** Never written by protobuf 3, and slow: left to the generated parser. */
  private static InvalidProtocolBufferException unpacked() {
    return new InvalidProtocolBufferException("an unpacked vector");
  }

  private static GradientMethod method(int number) {
    return switch (number) {
      case Proto.GradientMethod.GRADIENT_METHOD_EXACT_VALUE -> GradientMethod.EXACT;
      case Proto.GradientMethod.GRADIENT_METHOD_ONE_PASS_VALUE -> GradientMethod.ONE_PASS;
      default -> throw new IllegalArgumentException("GradientMethod is missing or unknown");
    };
  }
}
