package io.evenkeel.gateway.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.evenkeel.gateway.problem.GatewayException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {

  @Test
  void shouldReadWhatItWrote() {
    Cursor cursor = Cursor.of("").advancedTo(Map.of(1, 7L, 0, 3L));

    assertThat(cursor).hasToString("0-3_1-7");
    assertThat(Cursor.of("0-3_1-7")).isEqualTo(cursor);
    assertThat(Cursor.of("")).hasToString("");
  }

  @Test
  void shouldNeverGoBack() {
    assertThat(Cursor.of("0-9").advancedTo(Map.of(0, 3L, 1, 1L))).hasToString("0-9_1-1");
  }

  @Test
  void shouldKnowWhatLiesBeforeIt() {
    Cursor cursor = Cursor.of("0-3");
    assertThat(cursor.isBeyond(0, 2)).isTrue();
    assertThat(cursor.isBeyond(0, 3)).isFalse();
    assertThat(cursor.isBeyond(1, 0)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "0", "0-", "-1", "0-1_", "0-99999999999999999999", "0-1,1-2", " "})
  void shouldRefuseWhatItDidNotWrite(String text) {
    assertThatExceptionOfType(GatewayException.class).isThrownBy(() -> Cursor.of(text));
  }
}
