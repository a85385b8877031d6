package io.evenkeel.ui.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AuditSentenceTest {

  @Test
  void shouldSayWhoDidWhatAndWhyAsAPersonWould() {
    assertThat(AuditSentence.of(line("policy:alpha", "acted", "R_g above its limit", "", 7L)))
        .isEqualTo(
            "At step 1,234 the policy alpha changed load_balance.alpha  0.5 → 0.25, in mode auto,"
                + " by command #7. R_g above its limit.");
    assertThat(AuditSentence.of(line("operator:ada", "refused", "Too far.", "EVK-KNOB-FACTOR", 0L)))
        .isEqualTo(
            "At step 1,234 ada was refused load_balance.alpha  0.5 → 0.25, in mode auto."
                + " Too far. (EVK-KNOB-FACTOR)");
  }

  private static AuditLine line(
      String actor, String decision, String reason, String errorId, long command) {
    return new AuditLine(
        "id",
        "r",
        0,
        1_234,
        Instant.EPOCH,
        actor,
        decision,
        "AUTO",
        "load_balance.alpha",
        "",
        0.5,
        0.25,
        reason,
        errorId,
        Map.of(),
        command);
  }
}
