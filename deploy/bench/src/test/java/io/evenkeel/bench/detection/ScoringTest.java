package io.evenkeel.bench.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.alert.Severity;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScoringTest {
  private static final Expectation SPIKE =
      new Expectation(Set.of("loss-spike"), "run", 50, 60, Severity.WARNING, 70, Demand.MUST);
  private static final Expectation LAYER =
      new Expectation(
          Set.of("router-similarity"), "layers/*", 80, 85, Severity.WARNING, 90, Demand.MUST);

  @Test
  void shouldCountTheFirstAlertInTimeWhenSeveralFire() {
    CaseScore score =
        score(
            alert("loss-spike", "run", Severity.WARNING, 57),
            alert("loss-spike", "run", Severity.CRITICAL, 53),
            alert("router-similarity", "layers/3", Severity.CRITICAL, 80));
    assertThat(score.found()).extracting(CaseScore.Found::delay).containsExactly(3L, 0L);
    assertThat(score.missed()).isEmpty();
    assertThat(score.falseFirings()).isEmpty();
    assertThat(score.healthySteps()).isEqualTo(100 - 21 - 11);
  }

  @Test
  void shouldMissWhenAnAlertIsLateOrMildOrElsewhereOrOfAnotherRule() {
    CaseScore score =
        score(
            alert("loss-spike", "run", Severity.WARNING, 61),
            alert("loss-spike", "run", Severity.INFO, 55),
            alert("dead-expert", "run", Severity.CRITICAL, 55),
            alert("router-similarity", "run", Severity.CRITICAL, 81));
    assertThat(score.missed()).containsExactly(SPIKE, LAYER);
    assertThat(score.falseFirings()).isEmpty();
  }

  @Test
  void shouldCallFalseWhatPagesOutsideAllWindows() {
    Incident early = alert("loss-spike", "run", Severity.WARNING, 49);
    Incident late = alert("gradient-norm-spike", "run", Severity.CRITICAL, 71);
    CaseScore score = score(early, late, alert("loss-spike", "run", Severity.INFO, 20));
    assertThat(score.falseFirings()).containsExactly(early, late);
  }

  private static CaseScore score(Incident... incidents) {
    Series series = new Series();
    for (int step = 0; step < 100; step++) {
      series.add(step, 3, 1);
    }
    DetectionCase asked = new DetectionCase("asked", to -> {}, List.of(SPIKE, LAYER));
    return Scoring.of(asked, new Playback.Outcome(List.of(incidents), series, 0));
  }

  private static Incident alert(String rule, String scope, Severity severity, long step) {
    return new Incident(rule, scope, severity, 0, step, step + 5);
  }
}
