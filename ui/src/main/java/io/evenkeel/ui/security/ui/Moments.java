package io.evenkeel.ui.security.ui;

import io.evenkeel.ui.chart.Figures;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Says when something was. */
final class Moments {
  private Moments() {}

  static String ago(@Nullable Instant at, Clock clock) {
    return at == null ? "never" : Figures.ago(at, clock.instant());
  }
}
