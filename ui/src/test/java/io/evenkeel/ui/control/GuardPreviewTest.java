package io.evenkeel.ui.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.command.HoldState;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.runs.Knob;
import io.evenkeel.ui.runs.RunHeader;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuardPreviewTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final Knob ALPHA =
      new Knob("load_balance.alpha", "", 1e-4, 1, 0.5, 0.01, 2, 10, 6, "");

  @Test
  void shouldAllowWithinEveryLimit() {
    GuardPreview preview = preview(knob(0.5, HoldState.RELEASED, KnobState.Flight.NONE), 0.3);

    assertThat(preview.verdict()).isEqualTo(GuardPreview.Verdict.ALLOWED);
    assertThat(preview.sentence()).contains("0.5").contains("0.3").contains("0.6");
  }

  @Test
  void shouldSayTheNearestValueWhenTheFactorIsTooLarge() {
    GuardPreview preview = preview(knob(0.5, HoldState.RELEASED, KnobState.Flight.NONE), 0.01);

    assertThat(preview.errorId()).isEqualTo(ErrorId.KNOB_FACTOR);
    assertThat(preview.nearest()).isEqualTo(0.25);
    assertThat(preview(knob(0.5, HoldState.RELEASED, KnobState.Flight.NONE), 0.25).verdict())
        .isEqualTo(GuardPreview.Verdict.ALLOWED);
  }

  @Test
  void shouldRefuseWhatLiesOutsideTheBounds() {
    GuardPreview preview = preview(knob(0.5, HoldState.RELEASED, KnobState.Flight.NONE), 7);

    assertThat(preview.errorId()).isEqualTo(ErrorId.KNOB_BOUNDS);
    assertThat(preview.nearest()).isEqualTo(1.0);
  }

  @Test
  void shouldRefuseWhenTheKnobIsHeldOrACommandIsUnderWay() {
    assertThat(preview(knob(0.5, HoldState.HELD, KnobState.Flight.NONE), 0.3).errorId())
        .isEqualTo(ErrorId.KNOB_HELD);
    assertThat(preview(knob(0.5, HoldState.RELEASED, KnobState.Flight.UNDER_WAY), 0.3).errorId())
        .isEqualTo(ErrorId.CONTROL_IN_FLIGHT);
  }

  @Test
  void shouldRefuseWhenTheRunCannotBeSteered() {
    KnobState knob = knob(0.5, HoldState.RELEASED, KnobState.Flight.NONE);

    assertThat(GuardPreview.of(state("finished", HoldState.RELEASED), knob, 0.3, NOW).errorId())
        .isEqualTo(ErrorId.CONTROL_RUN_UNKNOWN);
    assertThat(GuardPreview.of(state("running", HoldState.HELD), knob, 0.3, NOW).errorId())
        .isEqualTo(ErrorId.CONTROL_KILLED);
  }

  @Test
  void shouldTellOfCoolDownAndBudgetWithoutRefusingWhenAPersonMayPassThem() {
    var knob =
        new KnobState(
            ALPHA,
            0.5,
            "",
            HoldState.RELEASED,
            "",
            new LastChange(95, NOW, 1.0, 0.5, "policy:alpha"),
            6,
            KnobState.Flight.NONE);

    GuardPreview preview = preview(knob, 0.3);

    assertThat(preview.verdict()).isEqualTo(GuardPreview.Verdict.ALLOWED);
    assertThat(preview.notes())
        .anyMatch(note -> note.contains("5 steps ago"))
        .anyMatch(note -> note.contains("6 times in the last hour"));
  }

  @Test
  void shouldReachAnyValueFromOneThatIsNotKnown() {
    assertThat(preview(knob(null, HoldState.RELEASED, KnobState.Flight.NONE), 0.001).verdict())
        .isEqualTo(GuardPreview.Verdict.ALLOWED);
  }

  private static GuardPreview preview(KnobState knob, double wanted) {
    return GuardPreview.of(state("running", HoldState.RELEASED), knob, wanted, NOW);
  }

  private static KnobState knob(Double value, HoldState hold, KnobState.Flight flight) {
    return new KnobState(ALPHA, value, "", hold, "", null, 0, flight);
  }

  private static ControlState state(String status, HoldState killed) {
    var header =
        new RunHeader(
            "r", 0, "r", status, NOW, null, 1, 0, 0L, 100L, NOW, 1.0, 1, 0, 2, 8, 2, 4.0,
            List.of());
    return new ControlState(
        header, "auto", killed, List.of(), List.of(), List.of(), List.of(), List.of());
  }
}
