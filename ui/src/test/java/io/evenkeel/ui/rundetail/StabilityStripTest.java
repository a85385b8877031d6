package io.evenkeel.ui.rundetail;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StabilityStripTest {

  @Test
  void shouldBeSteadyWhenUnderTheLimitWithoutAlert() {
    assertThat(cell(RunStates.of(5, 0.05), "gradient-norm-ratio").state())
        .isEqualTo(Cell.State.STEADY);
  }

  @Test
  void shouldBeWatchedWhenPastTheLimitBeforeItsAlert() {
    Cell cell = cell(RunStates.of(5, 0.3), "gradient-norm-ratio");

    assertThat(cell.state()).isEqualTo(Cell.State.WATCH);
    assertThat(cell.value()).isEqualTo("0.3");
  }

  @Test
  void shouldBeInAlarmWhenItsAlertFires() {
    RunState state = RunStates.of(5, 0.05, alert("gradient-norm-ratio", "firing"));

    assertThat(cell(state, "gradient-norm-ratio").state()).isEqualTo(Cell.State.ALARM);
    assertThat(cell(state, "loss").state()).isEqualTo(Cell.State.STEADY);
  }

  @Test
  void shouldBeSteadyAgainWhenItsAlertHasResolved() {
    RunState state = RunStates.of(5, 0.05, alert("gradient-norm-ratio", "resolved"));

    assertThat(cell(state, "gradient-norm-ratio").state()).isEqualTo(Cell.State.STEADY);
  }

  @Test
  void shouldBeInAlarmWhenTheFigureIsNotANumber() {
    assertThat(cell(RunStates.of(5, Double.NaN), "loss").state()).isEqualTo(Cell.State.ALARM);
    assertThat(cell(RunStates.of(5, Double.NaN), "loss").value()).isEqualTo("NaN");
  }

  private static AlertSpan alert(String rule, String state) {
    return new AlertSpan(
        "a-1",
        rule,
        "layers/0",
        "critical",
        state,
        1,
        2L,
        "resolved".equals(state) ? 4L : null,
        1,
        0.1,
        "");
  }

  private static Cell cell(RunState state, String id) {
    return StabilityStrip.of(state).stream()
        .filter(cell -> cell.id().equals(id))
        .findFirst()
        .orElseThrow();
  }
}
