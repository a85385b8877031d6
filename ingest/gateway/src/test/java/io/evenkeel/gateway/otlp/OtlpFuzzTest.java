package io.evenkeel.gateway.otlp;

import com.google.protobuf.util.JsonFormat;
import io.evenkeel.testing.SeededCases;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Whatever the bytes: an export is read, or refused by an {@link OtlpException}; nothing else. */
class OtlpFuzzTest {

  @Test
  void shouldAnswerWhenProtobufIsMutilated() {
    SeededCases.forEach(
        1_000,
        random -> {
          byte[] bytes = mutilated(any(random).toByteArray(), random);
          try {
            assemble(OtlpDecoder.protobuf(ByteBuffer.wrap(bytes)));
          } catch (OtlpException e) {
            requireSentence(e);
          }
        });
  }

  @Test
  void shouldAnswerWhenJsonIsMutilated() {
    SeededCases.forEach(
        300,
        random -> {
          byte[] text = JsonFormat.printer().print(any(random)).getBytes(StandardCharsets.UTF_8);
          try {
            assemble(OtlpDecoder.json(ByteBuffer.wrap(mutilated(text, random))));
          } catch (OtlpException e) {
            requireSentence(e);
          }
        });
  }

  @Test
  void shouldAnswerWhenBytesAreNoise() {
    SeededCases.forEach(
        1_000,
        random -> {
          byte[] noise = new byte[random.nextInt(200)];
          random.nextBytes(noise);
          try {
            assemble(OtlpDecoder.protobuf(ByteBuffer.wrap(noise)));
          } catch (OtlpException e) {
            requireSentence(e);
          }
          try {
            assemble(OtlpDecoder.json(ByteBuffer.wrap(noise)));
          } catch (OtlpException e) {
            requireSentence(e);
          }
        });
  }

  private static ExportMetricsServiceRequest any(RandomGenerator random) {
    return Exports.export(AnyStep.RESOURCE, AnyStep.of(random, 1).toArray(Metric[]::new));
  }

  private static void assemble(ExportMetricsServiceRequest request) {
    AssemblerRig rig = new AssemblerRig();
    AssemblerRig.Answer answer = rig.export(request);
    rig.pass(AssemblerRig.SETTINGS.quiet());
    if (!answer.isGiven() || rig.assembler.openPoints() != 0) {
      throw new AssertionError("no answer");
    }
    if (answer.tally().refused() > answer.tally().points()) {
      throw new AssertionError("more refused than came");
    }
  }

  private static void requireSentence(OtlpException e) {
    if (String.valueOf(e.getMessage()).isBlank()) {
      throw new AssertionError("no reason");
    }
  }

  private static byte[] mutilated(byte[] bytes, RandomGenerator random) {
    byte[] mutilated = bytes.clone();
    for (int i = 0; i < 1 + random.nextInt(4); i++) {
      int at = random.nextInt(mutilated.length);
      switch (random.nextInt(4)) {
        case 0 -> mutilated[at] = (byte) random.nextInt();
        case 1 -> mutilated[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> mutilated = Arrays.copyOf(mutilated, at + 1);
        default -> System.arraycopy(mutilated, at, mutilated, 0, mutilated.length - at);
      }
    }
    return mutilated;
  }
}
