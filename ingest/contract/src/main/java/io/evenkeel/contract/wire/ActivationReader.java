package io.evenkeel.contract.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.evenkeel.contract.telemetry.ActivationSite;
import io.evenkeel.contract.telemetry.ActivationSums;
import io.evenkeel.contract.wire.proto.Proto;
import java.io.IOException;

/** Reads one {@link ActivationSums} up to the stream's limit; see {@link TelemetryReader}. */
final class ActivationReader {

  private static final int VARINT = WireFormat.WIRETYPE_VARINT;
  private static final int FIXED64 = WireFormat.WIRETYPE_FIXED64;

  private final CodedInputStream in;

  private int layer;
  private int site;
  private long count;
  private double sum;
  private double sumSquares;
  private double sumCubes;
  private double sumFourths;
  private double maxAbs;
  private long aboveThreshold;
  private double threshold;
  private long nonFinite;

  ActivationReader(CodedInputStream in) {
    this.in = in;
  }

  ActivationSums read() throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      field(tag);
    }
    return new ActivationSums(
        layer,
        site(site),
        count,
        sum,
        sumSquares,
        sumCubes,
        sumFourths,
        maxAbs,
        aboveThreshold,
        threshold,
        nonFinite);
  }

  private void field(int tag) throws IOException {
    switch (tag) {
      case Proto.ActivationSums.LAYER_FIELD_NUMBER << 3 | VARINT -> layer = in.readUInt32();
      case Proto.ActivationSums.SITE_FIELD_NUMBER << 3 | VARINT -> site = in.readEnum();
      case Proto.ActivationSums.COUNT_FIELD_NUMBER << 3 | VARINT -> count = in.readUInt64();
      case Proto.ActivationSums.SUM_FIELD_NUMBER << 3 | FIXED64 -> sum = in.readDouble();
      case Proto.ActivationSums.SUM_SQUARES_FIELD_NUMBER << 3 | FIXED64 ->
          sumSquares = in.readDouble();
      case Proto.ActivationSums.SUM_CUBES_FIELD_NUMBER << 3 | FIXED64 -> sumCubes = in.readDouble();
      case Proto.ActivationSums.SUM_FOURTHS_FIELD_NUMBER << 3 | FIXED64 ->
          sumFourths = in.readDouble();
      case Proto.ActivationSums.MAX_ABS_FIELD_NUMBER << 3 | FIXED64 -> maxAbs = in.readDouble();
      case Proto.ActivationSums.ABOVE_THRESHOLD_FIELD_NUMBER << 3 | VARINT ->
          aboveThreshold = in.readUInt64();
      case Proto.ActivationSums.THRESHOLD_FIELD_NUMBER << 3 | FIXED64 ->
          threshold = in.readDouble();
      case Proto.ActivationSums.NON_FINITE_FIELD_NUMBER << 3 | VARINT ->
          nonFinite = in.readUInt64();
      default -> TelemetryReader.skip(in, tag);
    }
  }

  private static ActivationSite site(int number) {
    return switch (number) {
      case Proto.ActivationSite.ACTIVATION_SITE_LAYER_OUT_VALUE -> ActivationSite.LAYER_OUT;
      case Proto.ActivationSite.ACTIVATION_SITE_MOE_IN_VALUE -> ActivationSite.MOE_IN;
      case Proto.ActivationSite.ACTIVATION_SITE_MOE_OUT_VALUE -> ActivationSite.MOE_OUT;
      default -> throw new IllegalArgumentException("ActivationSite is missing or unknown");
    };
  }
}
