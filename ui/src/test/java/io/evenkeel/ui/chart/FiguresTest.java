package io.evenkeel.ui.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0.1, 0.1",
    "0.01234567, 0.0123",
    "1.5, 1.5",
    "1e-8, 1e-8",
    "2.5e-10, 2.5e-10",
    "4096, 4096",
    "4096000, 4.096M",
    "12345, 12.35k",
    "-3.25, -3.25",
    "NaN, NaN",
    "Infinity, ∞"
  })
  void shouldReadAsPeopleWriteWhenGivenAFigure(double value, String text) {
    assertThat(Figures.figure(value)).isEqualTo(text);
  }

  @Test
  void shouldShowADashWhenThereIsNoFigure() {
    assertThat(Figures.figure(null)).isEqualTo("–");
    assertThat(Figures.count(null)).isEqualTo("–");
  }

  @Test
  void shouldSayHowOldWhenTelemetryStops() {
    Instant now = Instant.parse("2026-01-01T12:00:00Z");
    assertThat(Figures.ago(now.minusSeconds(1), now)).isEqualTo("now");
    assertThat(Figures.ago(now.minusSeconds(42), now)).isEqualTo("42 s ago");
    assertThat(Figures.ago(now.minusSeconds(600), now)).isEqualTo("10 min ago");
    assertThat(Figures.ago(null, now)).isEqualTo("never");
  }
}
