package io.evenkeel.standalone.silences;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpanTest {

  @Test
  void shouldReadTimesAsPeopleWriteThem() {
    assertThat(Span.parse("30m")).isEqualTo(Duration.ofMinutes(30));
    assertThat(Span.parse("2h")).isEqualTo(Duration.ofHours(2));
    assertThat(Span.parse("1d12h5m")).isEqualTo(Duration.ofMinutes(36 * 60 + 5));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0m", "2", "-2h", "2h 5m", "5m2h", "99999d", "1h<script>"})
  void shouldRefuseWhatIsNoTime(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Span.parse(text))
        .withMessageContaining("30m");
  }
}
