package io.evenkeel.contract.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.WireFormat;
import io.evenkeel.contract.telemetry.MoeLayerTelemetry;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.wire.proto.Proto;
import java.io.ByteArrayOutputStream;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The shorter way from bytes to a record against protobuf's own. */
class TelemetryReaderPropertyTest {

  private static final int ENOUGH = 400_000;

  static LongStream seeds() {
    return Seeds.of(150);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void shouldReadWhatProtobufReadsWhenRecordIsValid(long seed) throws Exception {
    Random random = new Random(seed);
    StepTelemetry record = AnyRecord.stepTelemetry(random);

    byte[] bytes = Codecs.STEP_TELEMETRY.encode(record);

    assertThat(TelemetryReader.read(bytes, ENOUGH, Vectors.COPIED)).isEqualTo(record);
    assertThat(TelemetryReader.read(bytes, ENOUGH, Vectors.inPlace(bytes))).isEqualTo(record);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void shouldReadWhatProtobufReadsWhenFieldsAreRepeatedMixedOrUnknown(long seed) throws Exception {
    Random random = new Random(seed);
    for (int i = 0; i < 20; i++) {
      List<byte[]> fields = new ArrayList<>();
      for (int messages = 1 + random.nextInt(3); messages > 0; messages--) {
        fields.addAll(fields(Codecs.STEP_TELEMETRY.encode(AnyRecord.stepTelemetry(random))));
      }
      fields.add(unknown(random));
      Collections.shuffle(fields, random);
      byte[] bytes = joined(fields.subList(0, fields.size() - random.nextInt(3)));

      assertThat(shorter(bytes)).isEqualTo(general(bytes));
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void shouldNotReadWhatProtobufReadsOtherwiseWhenBytesAreDamaged(long seed) throws Exception {
    Random random = new Random(seed);
    byte[] valid = Codecs.STEP_TELEMETRY.encode(AnyRecord.stepTelemetry(random));
    for (int i = 0; i < 300; i++) {
      byte[] bytes =
          random.nextInt(4) == 0
              ? Arrays.copyOf(valid, random.nextInt(valid.length + 1))
              : valid.clone();
      for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Optional<StepTelemetry> read = shorter(bytes);
      if (read.isPresent()) {
        assertThat(read).isEqualTo(general(bytes));
      }
    }
  }

  @Test
  void shouldReadVectorsThatAreNotPackedWhenACodecMeetsThem() throws Exception {
    UnknownFieldSet.Field.Builder reals = UnknownFieldSet.Field.newBuilder();
    UnknownFieldSet.Field.Builder loads = UnknownFieldSet.Field.newBuilder();
    for (int i = 0; i < 3; i++) {
      reals.addFixed64(Double.doubleToLongBits(0.5 * i));
      loads.addVarint(i);
    }
    Proto.MoeLayerTelemetry layer =
        Proto.MoeLayerTelemetry.newBuilder()
            .setGradientMethod(Proto.GradientMethod.GRADIENT_METHOD_EXACT)
            .setUnknownFields(
                UnknownFieldSet.newBuilder()
                    .addField(4, loads.build())
                    .addField(5, reals.build())
                    .build())
            .build();
    byte[] bytes = oneLayer(layer).toByteArray();

    StepTelemetry read = Codecs.STEP_TELEMETRY.decode(bytes);

    assertThat(read.moeLayers().get(0).load().toArray()).containsExactly(0, 1, 2);
    assertThat(read.moeLayers().get(0).probabilitySums().toArray()).containsExactly(0, 0.5, 1);
  }

  /** Where the entries of vectors are makes no difference. */
  private static Optional<StepTelemetry> shorter(byte[] bytes) throws Exception {
    Optional<StepTelemetry> copied = shorter(bytes, Vectors.COPIED);
    assertThat(shorter(bytes, Vectors.inPlace(bytes))).isEqualTo(copied);
    return copied;
  }

  private static Optional<StepTelemetry> shorter(byte[] bytes, Vectors vectors) throws Exception {
    try {
      return Optional.of(TelemetryReader.read(bytes, ENOUGH, vectors));
    } catch (InvalidProtocolBufferException
        | IllegalArgumentException
        | DateTimeException
        | ArithmeticException e) {
      return Optional.empty();
    }
  }

  /** Two of a layer, one after the other in one field, are one: their vectors are joined. */
  @Test
  void shouldReadVectorsThatComeInPiecesWhenACodecMeetsThem() throws Exception {
    Proto.MoeLayerTelemetry half =
        Proto.MoeLayerTelemetry.newBuilder()
            .setGradientMethod(Proto.GradientMethod.GRADIENT_METHOD_EXACT)
            .addAllLoad(List.of(7L, 300L))
            .addAllProbabilitySums(List.of(0.5, 1.5))
            .build();
    byte[] twice = joined(List.of(half.toByteArray(), half.toByteArray()));
    byte[] bytes =
        oneLayer(Proto.MoeLayerTelemetry.getDefaultInstance()).toBuilder()
            .clearMoeLayers()
            .setMoeShape(
                Proto.MoeShape.newBuilder()
                    .setLayers(1)
                    .setFfnExperts(4)
                    .setTopK(1)
                    .setFfnExpertsTarget(1))
            .setUnknownFields(
                UnknownFieldSet.newBuilder()
                    .addField(
                        Proto.StepTelemetry.MOE_LAYERS_FIELD_NUMBER,
                        UnknownFieldSet.Field.newBuilder()
                            .addLengthDelimited(ByteString.copyFrom(twice))
                            .build())
                    .build())
            .build()
            .toByteArray();

    for (Codec<StepTelemetry> codec :
        List.of(Codecs.STEP_TELEMETRY, Codecs.STEP_TELEMETRY_IN_PLACE)) {
      MoeLayerTelemetry read = codec.decode(bytes).moeLayers().get(0);
      assertThat(read.load().toArray()).containsExactly(7, 300, 7, 300);
      assertThat(read.probabilitySums().toArray()).containsExactly(0.5, 1.5, 0.5, 1.5);
    }
  }

  @Test
  void shouldMakeNoRoomForAVectorThatIsLongerThanItsMessage() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeTag(Proto.StepTelemetry.MOE_LAYERS_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    out.writeUInt32NoTag(Integer.MAX_VALUE - 64);
    out.writeTag(
        Proto.MoeLayerTelemetry.PROBABILITY_SUMS_FIELD_NUMBER,
        WireFormat.WIRETYPE_LENGTH_DELIMITED);
    out.writeUInt32NoTag((Integer.MAX_VALUE - 128) / Double.BYTES * Double.BYTES);
    out.flush();

    assertThat(shorter(bytes.toByteArray())).isEmpty();
  }

  private static Proto.StepTelemetry oneLayer(Proto.MoeLayerTelemetry layer) {
    return Proto.StepTelemetry.newBuilder()
        .setSchemaVersion(1)
        .setRun("r")
        .setWorldSize(1)
        .setTensorPlacement(Proto.Placement.PLACEMENT_REPLICATED)
        .setMoeShape(
            Proto.MoeShape.newBuilder()
                .setLayers(1)
                .setFfnExperts(3)
                .setTopK(1)
                .setFfnExpertsTarget(1))
        .addMoeLayers(layer)
        .build();
  }

  private static Optional<StepTelemetry> general(byte[] bytes) {
    try {
      return Optional.of(TelemetryWire.fromWire(Proto.StepTelemetry.parseFrom(bytes)));
    } catch (InvalidProtocolBufferException
        | Wires.UnknownVersion
        | IllegalArgumentException
        | DateTimeException
        | ArithmeticException e) {
      return Optional.empty();
    }
  }

  /** The top-level fields of a message, each with its tag. */
  private static List<byte[]> fields(byte[] message) throws Exception {
    List<byte[]> fields = new ArrayList<>();
    CodedInputStream in = CodedInputStream.newInstance(message);
    int from = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      in.skipField(tag);
      fields.add(Arrays.copyOfRange(message, from, in.getTotalBytesRead()));
      from = in.getTotalBytesRead();
    }
    return fields;
  }

  private static byte[] unknown(RandomGenerator random) {
    int number = 1 + random.nextInt(40);
    UnknownFieldSet.Field field =
        switch (random.nextInt(4)) {
          case 0 -> UnknownFieldSet.Field.newBuilder().addFixed32(random.nextInt()).build();
          case 1 ->
              UnknownFieldSet.Field.newBuilder()
                  .addGroup(
                      UnknownFieldSet.newBuilder()
                          .addField(7, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                          .build())
                  .build();
          case 2 -> UnknownFieldSet.Field.newBuilder().addVarint(random.nextLong()).build();
          default -> UnknownFieldSet.Field.newBuilder().addFixed64(random.nextLong()).build();
        };
    return UnknownFieldSet.newBuilder().addField(number, field).build().toByteArray();
  }

  private static byte[] joined(List<byte[]> parts) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      bytes.write(part);
    }
    return bytes.toByteArray();
  }
}
