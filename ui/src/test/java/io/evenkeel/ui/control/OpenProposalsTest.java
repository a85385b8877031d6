package io.evenkeel.ui.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenProposalsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

  @Test
  void shouldBeOpenWhenNothingFollowed() {
    assertThat(open(line("p", "proposed", "alpha", 60))).containsExactly("p");
  }

  @Test
  void shouldBeSettledWhenTheKnobWasActedOnSince() {
    assertThat(open(line("request:1", "acted", "alpha", 30), line("p", "proposed", "alpha", 60)))
        .isEmpty();
  }

  @Test
  void shouldBeReplacedWhenALaterProposalIsForTheSameKnob() {
    assertThat(open(line("q", "proposed", "alpha", 30), line("p", "proposed", "alpha", 60)))
        .containsExactly("q");
  }

  @Test
  void shouldStayOpenWhenAnotherKnobWasActedOn() {
    assertThat(open(line("a", "acted", "mu", 30), line("p", "proposed", "alpha", 60)))
        .containsExactly("p");
  }

  @Test
  void shouldBeGoneWhenItsTimeHasPassed() {
    assertThat(open(line("p", "proposed", "alpha", 601))).isEmpty();
  }

  @Test
  void shouldBeGoneWhenTheRunHasRestartedSince() {
    assertThat(ControlReader.open(List.of(line("p", "proposed", "alpha", 60)), 1, NOW)).isEmpty();
  }

  private static List<String> open(AuditLine... newestFirst) {
    return ControlReader.open(List.of(newestFirst), 0, NOW).stream()
        .map(AuditLine::auditId)
        .toList();
  }

  private static AuditLine line(String id, String decision, String knob, long secondsAgo) {
    return new AuditLine(
        id,
        "r",
        0,
        1,
        NOW.minus(Duration.ofSeconds(secondsAgo)),
        "policy",
        decision,
        "advise",
        knob,
        "",
        1.0,
        0.5,
        "",
        "",
        java.util.Map.of(),
        null);
  }
}
