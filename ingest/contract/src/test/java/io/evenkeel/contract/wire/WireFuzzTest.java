package io.evenkeel.contract.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.DynamicMessage;
import com.sun.management.ThreadMXBean;
import io.evenkeel.contract.error.Check;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Samples.Sample;
import io.evenkeel.contract.wire.proto.Proto;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever the bytes: a record, or a WireException with an EVK-WIRE id; soon, and in little memory.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WireFuzzTest {

  private static final long MEBI = 1 << 20;

  static LongStream seeds() {
    return Seeds.of(60);
  }

  static List<Kind<?>> kinds() {
    return Kind.ALL;
  }

  static Stream<Sample<?>> samples() {
    return Samples.all().stream();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void shouldGiveARecordOrAWireErrorWhenBytesAreDamaged(long seed) throws Exception {
    RandomGenerator random = new SplittableRandom(seed);
    for (Kind<?> kind : Kind.ALL) {
      byte[] valid = kind.encodeAny(random);
      for (int i = 0; i < 40; i++) {
        decode(kind, flipped(valid, random));
        decode(kind, Arrays.copyOf(valid, random.nextInt(valid.length + 1)));
        decode(kind, overwritten(valid, random));
        decode(kind, joined(valid, Kind.ALL.get(random.nextInt(10)).encodeAny(random)));
        byte[] noise = new byte[random.nextInt(300)];
        random.nextBytes(noise);
        decode(kind, noise);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void shouldGiveARecordOrAWireErrorWhenCutAnywhere(Sample<?> sample) throws Exception {
    byte[] valid = sample.encode();
    for (int length = 0; length < valid.length; length++) {
      decode(sample.kind(), Arrays.copyOf(valid, length));
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void shouldRejectWhenLengthIsAbsurd(Kind<?> kind) throws Exception {
    for (int field = 1; field < 33; field++) {
      for (long length : new long[] {Integer.MAX_VALUE, 1L << 31, (1L << 62), -1L, 9L << 20}) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeUInt32NoTag(field << 3 | 2);
        out.writeUInt64NoTag(length);
        out.flush();
        // A length is read as 32 bits: some of these become 0, and the message merely incomplete.
        assertThat(failure(kind, bytes.toByteArray()).errorId())
            .isIn(ErrorId.WIRE_MALFORMED, ErrorId.WIRE_VERSION);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void shouldRejectWhenVersionIsUnknown(Kind<?> kind) throws Exception {
    byte[] valid = kind.encodeAny(new SplittableRandom(1));
    FieldDescriptor version = kind.descriptor().findFieldByName("schema_version");
    for (int unknown : new int[] {0, 2, Integer.MAX_VALUE, -1}) {
      byte[] bytes =
          kind.message(valid).toBuilder().setField(version, unknown).build().toByteArray();
      assertThat(failure(kind, bytes).errorId()).isEqualTo(ErrorId.WIRE_VERSION);
    }
    assertThat(failure(kind, new byte[0]).errorId()).isEqualTo(ErrorId.WIRE_VERSION);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void shouldRejectWhenAnEnumValueIsUnknown(Kind<?> kind) throws Exception {
    byte[] valid = kind.encodeAny(new SplittableRandom(1));
    for (FieldDescriptor field : kind.descriptor().getFields()) {
      if (field.getJavaType() == JavaType.ENUM) {
        for (int unknown : new int[] {0, 99, -1, Integer.MAX_VALUE}) {
          DynamicMessage message = kind.message(valid);
          byte[] bytes =
              message.toBuilder()
                  .setField(field, field.getEnumType().findValueByNumberCreatingIfUnknown(unknown))
                  .build()
                  .toByteArray();
          assertThat(failure(kind, bytes).errorId()).isEqualTo(ErrorId.WIRE_INVALID);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void shouldRejectWhenAStringIsNotUtf8(Kind<?> kind) throws Exception {
    byte[] valid = kind.encodeAny(new SplittableRandom(1));
    for (FieldDescriptor field : kind.descriptor().getFields()) {
      if (field.getType() == FieldDescriptor.Type.STRING && !field.isRepeated()) {
        byte[] bytes =
            joined(valid, lengthDelimited(field.getNumber(), new byte[] {'a', (byte) 0xC3}));
        assertThat(failure(kind, bytes).errorId()).isEqualTo(ErrorId.WIRE_MALFORMED);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void shouldRejectWhenAnUnsignedFieldIsBeyondTheSignedRange(Kind<?> kind) throws Exception {
    byte[] valid = kind.encodeAny(new SplittableRandom(1));
    for (FieldDescriptor field : kind.descriptor().getFields()) {
      boolean unsigned64 = field.getType() == FieldDescriptor.Type.UINT64;
      boolean unsigned32 = field.getType() == FieldDescriptor.Type.UINT32;
      if (field.isRepeated() || field.getName().equals("schema_version")) {
        continue;
      }
      if (unsigned64 || unsigned32) {
        // -1 as a varint: 2^64 - 1, which is also how a signed sender writes a negative step.
        byte[] bytes = joined(valid, varint(field.getNumber(), -1));
        assertThat(failure(kind, bytes).errorId())
            .as("%s", field.getFullName())
            .isEqualTo(ErrorId.WIRE_INVALID);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void shouldRejectWhenATimeIsOutOfRange(Kind<?> kind) throws Exception {
    byte[] valid = kind.encodeAny(new SplittableRandom(1));
    for (FieldDescriptor field : kind.descriptor().getFields()) {
      if (field.getType() == FieldDescriptor.Type.SINT64) {
        for (long micros : new long[] {Long.MIN_VALUE, Long.MAX_VALUE}) {
          byte[] bytes =
              kind.message(valid).toBuilder().setField(field, micros).build().toByteArray();
          assertThat(failure(kind, bytes).errorId()).isEqualTo(ErrorId.WIRE_INVALID);
        }
      }
    }
  }

  @Test
  void shouldRejectWhenTheBodyIsMissing() {
    byte[] command =
        Proto.Command.newBuilder().setSchemaVersion(1).setRun("r").build().toByteArray();
    byte[] request =
        Proto.OperatorRequest.newBuilder().setSchemaVersion(1).setRun("r").build().toByteArray();

    assertThatThrownBy(() -> Codecs.COMMAND.decode(command))
        .hasMessageContaining("EVK-WIRE-INVALID");
    assertThatThrownBy(() -> Codecs.OPERATOR_REQUEST.decode(request))
        .hasMessageContaining("EVK-WIRE-INVALID");
  }

  @Test
  void shouldRejectInLittleMemoryWhenTheMessageIsTooLarge() throws Exception {
    byte[] name = new byte[10_000_000];
    Arrays.fill(name, (byte) 'a');
    byte[] huge = telemetry(b -> b.setRun(new String(name, StandardCharsets.US_ASCII)));

    long allocated = allocating(() -> assertWireId(huge, ErrorId.WIRE_OVERSIZED));

    assertThat(allocated).isLessThan(MEBI);
  }

  @Test
  void shouldRejectInLittleMemoryWhenANameIsMegabytesLong() throws Exception {
    byte[] name = new byte[7_000_000];
    Arrays.fill(name, (byte) 'a');
    byte[] bytes =
        telemetry(
            b -> b.addTensorsBuilder().setNameBytes(ByteString.copyFrom(name)).setElements(1));

    long allocated = allocating(() -> assertWireId(bytes, ErrorId.WIRE_INVALID));

    assertThat(allocated).isLessThan(64 * MEBI);
    assertThat(failure(Kind.ALL.get(0), bytes).getMessage()).hasSizeLessThan(500);
  }

  @Test
  void shouldRejectInLittleMemoryWhenAMessageIsAllEmptyParts() throws Exception {
    byte[] parts = new byte[Topics.MAX_MESSAGE_BYTES - 100];
    for (int i = 0; i + 1 < parts.length; i += 2) {
      parts[i] = 15 << 3 | 2; // tensors, length 0
    }
    byte[] bytes = joined(telemetry(b -> {}), parts);

    long allocated = allocating(() -> assertWireId(bytes, ErrorId.WIRE_OVERSIZED));

    assertThat(allocated).isLessThan(MEBI);
  }

  @Test
  void shouldRejectWhenThereAreMoreEntriesThanAListMayHave() throws Exception {
    byte[] bytes =
        telemetry(
            b -> {
              for (int i = 0; i <= Check.MAX_ENTRIES; i++) {
                b.putScalars("s" + i, i);
              }
            });

    assertWireId(bytes, ErrorId.WIRE_INVALID);
  }

  @Test
  void shouldRejectInBoundedMemoryWhenAVectorHasMillionsOfElements() throws Exception {
    byte[] loads = new byte[8_000_000]; // eight million packed varints 0
    byte[] bytes =
        joined(
            telemetry(
                b ->
                    b.setMoeShape(
                        Proto.MoeShape.newBuilder()
                            .setLayers(1)
                            .setFfnExperts(65_536)
                            .setZeroExperts(0)
                            .setTopK(1)
                            .setFfnExpertsTarget(1))),
            lengthDelimited(17, joined(varint(8, 1), lengthDelimited(4, loads))));

    long allocated = allocating(() -> assertWireId(bytes, ErrorId.WIRE_INVALID));

    assertThat(allocated).isLessThan(600 * MEBI);
  }

  @Test
  void shouldRejectWhenGroupsAreNestedThousandsDeep() throws Exception {
    byte[] nested = new byte[100_000];
    Arrays.fill(nested, (byte) (100 << 3 & 0x78 | 3));
    byte[] bytes = joined(telemetry(b -> {}), nested);

    assertWireId(bytes, ErrorId.WIRE_MALFORMED);
  }

  @Test
  void shouldKeepWhatItKnowsWhenANewerSenderAddsAField() throws Exception {
    StepTelemetry expected = Codecs.STEP_TELEMETRY.decode(telemetry(b -> {}));

    StepTelemetry decoded =
        Codecs.STEP_TELEMETRY.decode(
            joined(telemetry(b -> {}), lengthDelimited(9_999, new byte[] {1, 2, 3})));

    assertThat(decoded).isEqualTo(expected);
  }

  private static byte[] telemetry(java.util.function.Consumer<Proto.StepTelemetry.Builder> change) {
    Proto.StepTelemetry.Builder builder =
        Proto.StepTelemetry.newBuilder()
            .setSchemaVersion(1)
            .setRun("r")
            .setWorldSize(1)
            .setTensorPlacement(Proto.Placement.PLACEMENT_REPLICATED);
    change.accept(builder);
    return builder.build().toByteArray();
  }

  private static void assertWireId(byte[] telemetry, ErrorId expected) {
    assertThat(failure(Kind.ALL.get(0), telemetry).errorId()).isEqualTo(expected);
  }

  /** Decodes; any throwable but a WireException of the catalogue fails the test. */
  private static void decode(Kind<?> kind, byte[] bytes) {
    try {
      assertThat((Object) kind.codec().decode(bytes)).isNotNull();
    } catch (WireException e) {
      assertThat(e.errorId().id()).startsWith("EVK-WIRE-");
      assertThat(e.getMessage()).startsWith(e.errorId().id()).hasSizeLessThan(1_000);
    }
  }

  private static WireException failure(Kind<?> kind, byte[] bytes) {
    WireException failure =
        catchThrowableOfType(WireException.class, () -> kind.codec().decode(bytes));
    assertThat(failure).as("%s must be rejected", kind).isNotNull();
    return failure;
  }

  private static long allocating(Runnable action) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    action.run(); // classes load and assertions format once
    long before = threads.getCurrentThreadAllocatedBytes();
    action.run();
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  private static byte[] flipped(byte[] valid, RandomGenerator random) {
    byte[] copy = valid.clone();
    for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
      copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return copy;
  }

  private static byte[] overwritten(byte[] valid, RandomGenerator random) {
    byte[] copy = valid.clone();
    byte[] patch = new byte[1 + random.nextInt(12)];
    random.nextBytes(patch);
    int at = random.nextInt(copy.length);
    System.arraycopy(patch, 0, copy, at, Math.min(patch.length, copy.length - at));
    return copy;
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] joined = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, joined, first.length, second.length);
    return joined;
  }

  private static byte[] varint(int field, long value) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeUInt64(field, value);
    out.flush();
    return bytes.toByteArray();
  }

  private static byte[] lengthDelimited(int field, byte[] value) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeByteArray(field, value);
    out.flush();
    return bytes.toByteArray();
  }
}
