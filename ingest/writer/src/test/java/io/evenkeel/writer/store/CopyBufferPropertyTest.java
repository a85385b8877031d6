package io.evenkeel.writer.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.telemetry.ExpertLoads;
import io.evenkeel.contract.telemetry.ExpertVector;
import io.evenkeel.testing.SeededCases;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Reads the format back with a reader that knows only PostgreSQL's description of it. */
class CopyBufferPropertyTest {

  @Test
  void shouldReadBackTheSameBitsWhateverTheValues() {
    SeededCases.forEach(
        300,
        random -> {
          double number = anyDouble(random);
          long whole = random.nextLong();
          int small = random.nextInt();
          String text = anyText(random);
          Instant time =
              Instant.ofEpochSecond(
                  random.nextLong(Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond()),
                  random.nextLong(1_000_000_000));
          double[] vector = new double[random.nextInt(20)];
          for (int i = 0; i < vector.length; i++) {
            vector[i] = anyDouble(random);
          }
          int rows = random.nextInt(1, 50);
          CopyBuffer buffer = new CopyBuffer(7);
          for (int row = 0; row < rows; row++) {
            buffer
                .row()
                .putDouble(number)
                .putLong(whole)
                .putInt(small)
                .putText(text)
                .putTime(time)
                .putReals(ExpertVector.of(vector))
                .putDouble((Double) null);
          }

          try (DataInputStream in = read(buffer)) {
            readHeader(in);
            for (int row = 0; row < rows; row++) {
              assertThat(in.readShort()).isEqualTo((short) 7);
              assertThat(in.readInt()).isEqualTo(8);
              assertThat(in.readLong()).isEqualTo(Double.doubleToRawLongBits(number));
              assertThat(in.readInt()).isEqualTo(8);
              assertThat(in.readLong()).isEqualTo(whole);
              assertThat(in.readInt()).isEqualTo(4);
              assertThat(in.readInt()).isEqualTo(small);
              assertThat(readText(in)).isEqualTo(expectedText(text));
              assertThat(in.readInt()).isEqualTo(8);
              assertThat(in.readLong())
                  .isBetween(-211_813_488_000_000_000L, 9_223_371_331_199_999_999L);
              assertReals(in, vector);
              assertThat(in.readInt()).isEqualTo(-1);
            }
            assertThat(in.readShort()).isEqualTo((short) -1);
            assertThat(in.read()).isEqualTo(-1);
          }
          assertThat(buffer.rows()).isEqualTo(rows);
        });
  }

  @Test
  void shouldKeepMicrosecondsOfTimesThatPostgresHolds() {
    SeededCases.forEach(
        300,
        random -> {
          Instant time =
              Instant.ofEpochSecond(
                  random.nextLong(-62_135_596_800L, 253_402_300_800L),
                  random.nextLong(1_000_000_000));
          Instant back =
              Instant.parse("2000-01-01T00:00:00Z")
                  .plus(CopyBuffer.timeMicros(time), java.time.temporal.ChronoUnit.MICROS);
          assertThat(back).isEqualTo(time.truncatedTo(java.time.temporal.ChronoUnit.MICROS));
        });
  }

  @Test
  void shouldKeepCountsExactUpToTwoToThe24() {
    SeededCases.forEach(
        100,
        random -> {
          long load = random.nextLong(0, (1L << 24) + 1);
          CopyBuffer buffer = new CopyBuffer(1);
          buffer.row().putReals(ExpertLoads.of(load));
          try (DataInputStream in = read(buffer)) {
            readHeader(in);
            in.readShort();
            assertReals(in, new double[] {load});
          }
        });
  }

  private static DataInputStream read(CopyBuffer buffer) {
    ByteBuffer message = buffer.message();
    return new DataInputStream(new ByteArrayInputStream(message.array(), 0, message.limit()));
  }

  private static double anyDouble(RandomGenerator random) {
    return switch (random.nextInt(8)) {
      case 0 -> Double.NaN;
      case 1 -> Double.POSITIVE_INFINITY;
      case 2 -> Double.NEGATIVE_INFINITY;
      case 3 -> -0.0;
      case 4 -> Double.MIN_VALUE;
      default -> Double.longBitsToDouble(random.nextLong());
    };
  }

  /** Any UTF-16, lone surrogates and U+0000 included. */
  private static String anyText(RandomGenerator random) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(40);
    for (int i = 0; i < length; i++) {
      text.append((char) (random.nextBoolean() ? random.nextInt(128) : random.nextInt(65_536)));
    }
    return text.toString();
  }

  private static String expectedText(String text) {
    byte[] utf8 = text.replace('\0', '\uFFFD').getBytes(StandardCharsets.UTF_8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private static void readHeader(DataInputStream in) throws IOException {
    assertThat(in.readNBytes(11))
        .isEqualTo("PGCOPY\n\u00ff\r\n\0".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(in.readInt()).as("flags").isZero();
    assertThat(in.readInt()).as("header extension").isZero();
  }

  private static String readText(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
  }

  private static void assertReals(DataInputStream in, double[] expected) throws IOException {
    int bytes = in.readInt();
    int dimensions = in.readInt();
    assertThat(dimensions).isEqualTo(expected.length == 0 ? 0 : 1);
    assertThat(in.readInt()).as("has nulls").isZero();
    assertThat(in.readInt()).as("oid of real").isEqualTo(700);
    if (dimensions == 1) {
      assertThat(in.readInt()).isEqualTo(expected.length);
      assertThat(in.readInt()).as("lower bound").isEqualTo(1);
      for (double value : expected) {
        assertThat(in.readInt()).isEqualTo(4);
        assertThat(in.readInt()).isEqualTo(Float.floatToRawIntBits((float) value));
      }
    }
    assertThat(bytes).isEqualTo(12 + dimensions * 8 + expected.length * 8);
  }
}
