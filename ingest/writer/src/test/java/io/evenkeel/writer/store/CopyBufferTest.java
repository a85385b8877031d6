package io.evenkeel.writer.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class CopyBufferTest {

  @Test
  void shouldRefuseARowWithTheWrongNumberOfFields() {
    CopyBuffer buffer = new CopyBuffer(2);
    buffer.row().putInt(1);
    assertThatThrownBy(buffer::row).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(buffer::message).isInstanceOf(IllegalStateException.class);
    buffer.putInt(2);
    assertThatThrownBy(() -> buffer.putInt(3)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldHoldNothingOfTheBatchBeforeWhenItIsUsedAgain() {
    CopyBuffer fresh = new CopyBuffer(1);
    fresh.row().putLong(7);
    CopyBuffer used = new CopyBuffer(1);
    for (int row = 0; row < 1_000; row++) {
      used.row().putText("something longer");
    }
    used.row(); // Given up in the middle of a row.
    used.clear();
    used.row().putLong(7);
    assertThat(used.rows()).isEqualTo(1);
    assertThat(used.message()).isEqualTo(fresh.message());
  }

  @Test
  void shouldLimitTimesThatPostgresCannotHold() {
    assertThat(CopyBuffer.timeMicros(Instant.MIN)).isEqualTo(CopyBuffer.MIN_TIME_MICROS);
    assertThat(CopyBuffer.timeMicros(Instant.MAX)).isEqualTo(CopyBuffer.MAX_TIME_MICROS);
    assertThat(CopyBuffer.timeMicros(Instant.parse("2000-01-01T00:00:00.000001Z"))).isEqualTo(1);
    assertThat(CopyBuffer.timeMicros(Instant.parse("1999-12-31T23:59:59.999999999Z")))
        .isEqualTo(-1);
  }

  @Test
  void shouldWriteNonFiniteNumbersAsJsonStrings() {
    assertThat(Json.numbers(java.util.Map.of("ratio", Double.NaN)))
        .isEqualTo("{\"ratio\":\"NaN\"}");
    assertThat(Json.strings(java.util.Map.of("a\0b", "\0\"\u00e9")))
        .isEqualTo("{\"a\uFFFDb\":\"\uFFFD\\\"\u00e9\"}");
  }
}
