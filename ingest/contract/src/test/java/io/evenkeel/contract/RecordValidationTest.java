package io.evenkeel.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.EndSilence;
import io.evenkeel.contract.command.HoldState;
import io.evenkeel.contract.command.KillSwitch;
import io.evenkeel.contract.command.Lease;
import io.evenkeel.contract.command.Mode;
import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.contract.command.RequestBody;
import io.evenkeel.contract.command.SaveAlertConfig;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.command.SetMode;
import io.evenkeel.contract.command.SilenceAlerts;
import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.run.Fallback;
import io.evenkeel.contract.run.KnobDeclaration;
import io.evenkeel.contract.telemetry.MoeShape;
import io.evenkeel.contract.telemetry.TensorTelemetry;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordValidationTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void shouldRefuseAKnobWhenAnyOfItsValuesIsOutOfBounds() {
    assertThat(knob(0, 1, 0.5, 1, 2).initial()).isEqualTo(0.5);
    assertThatIllegalArgumentException().isThrownBy(() -> knob(1, 0, 0.5, 0.5, 2));
    assertThatIllegalArgumentException().isThrownBy(() -> knob(0, 1, 2, 0.5, 2));
    assertThatIllegalArgumentException().isThrownBy(() -> knob(0, 1, 0.5, 2, 2));
    assertThatIllegalArgumentException().isThrownBy(() -> knob(0, 1, 0.5, Double.NaN, 2));
    assertThatIllegalArgumentException().isThrownBy(() -> knob(Double.NaN, 1, 0.5, 0.5, 2));
    assertThatIllegalArgumentException().isThrownBy(() -> knob(0, 1, 0.5, 0.5, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> knob(0, 1, 0.5, 0.5, Double.NaN));
  }

  private static KnobDeclaration knob(
      double minimum, double maximum, double initial, double baseline, double maxFactor) {
    return new KnobDeclaration(
        "k", "", minimum, maximum, initial, baseline, maxFactor, 1, 1, Fallback.HOLD, "");
  }

  @Test
  void shouldRefuseAShapeWhenNoTokenCouldBeRoutedSo() {
    assertThat(new MoeShape(1, 8, 4, 3, 2, 4).experts()).isEqualTo(12);
    assertThatIllegalArgumentException().isThrownBy(() -> new MoeShape(0, 8, 4, 3, 2, 4));
    assertThatIllegalArgumentException().isThrownBy(() -> new MoeShape(1, 8, 4, 13, 2, 4));
    assertThatIllegalArgumentException().isThrownBy(() -> new MoeShape(1, 0, 0, 0, 0, 4));
    assertThatIllegalArgumentException().isThrownBy(() -> new MoeShape(1, 8, 4, 3, 4, 4));
    assertThatIllegalArgumentException().isThrownBy(() -> new MoeShape(1, 8, 4, 3, Double.NaN, 4));
    assertThatIllegalArgumentException().isThrownBy(() -> new MoeShape(1, 65_537, 0, 1, 1, 1));
  }

  @Test
  void shouldRefuseATensorWhenItsCountsContradict() {
    assertThatIllegalArgumentException().isThrownBy(() -> new TensorTelemetry("t", 0, 0, 0, 0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new TensorTelemetry("t", 5, 0, 6, 0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new TensorTelemetry("t", 5, 0, 0, 1, 2));
    assertThat(new TensorTelemetry("t", 5, Double.NaN, 5, 5, 5).sumSquares()).isNaN();
  }

  @Test
  void shouldGiveSequenceZeroToLeasesAndToNothingElse() {
    assertThat(command(0, new Lease(NOW)).position().sequence()).isZero();
    assertThatIllegalArgumentException().isThrownBy(() -> command(1, new Lease(NOW)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> command(0, new SetKnob("k", "", 1, null)));
  }

  private static Command command(long sequence, io.evenkeel.contract.command.CommandBody body) {
    return new Command("r", 0, new CommandPosition(1, sequence), NOW, NOW, 0, body, "p", "");
  }

  @Test
  void shouldNeedARunUnlessTheRequestIsAboutAlertsOrAllRuns() {
    assertThat(request("", new EndSilence("s")).run()).isEmpty();
    assertThat(request("r", new EndSilence("s")).run()).isEqualTo("r");
    assertThatIllegalArgumentException().isThrownBy(() -> request("", new SetMode("", Mode.AUTO)));
    OperatorRequest all = request("", new KillSwitch(HoldState.HELD));
    assertThat(all.isForAllRuns()).isTrue();
    assertThat(all.forRun("r").isForAllRuns()).isTrue();
    assertThat(all.forRun("r").requestId()).isEqualTo("q@r");
    assertThat(request("r", new KillSwitch(HoldState.HELD)).isForAllRuns()).isFalse();
    assertThatIllegalArgumentException().isThrownBy(() -> request("a b", new EndSilence("s")));
  }

  private static OperatorRequest request(String run, RequestBody body) {
    return new OperatorRequest("q", run, "ada", NOW, body, "");
  }

  @Test
  void shouldRefuseASilenceThatHidesAllOrNothing() {
    assertThat(silence(List.of("run=\"a\""), NOW.plusSeconds(1)).matchers()).hasSize(1);
    assertThatIllegalArgumentException().isThrownBy(() -> silence(List.of(), NOW.plusSeconds(1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> silence(List.of(" "), NOW.plusSeconds(1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> silence(Collections.nCopies(51, "run=\"a\""), NOW.plusSeconds(1)));
    assertThatIllegalArgumentException().isThrownBy(() -> silence(List.of("run=\"a\""), NOW));
  }

  private static SilenceAlerts silence(List<String> matchers, Instant end) {
    return new SilenceAlerts(matchers, NOW, end, "");
  }

  @Test
  void shouldTakeAConfigurationLongerThanOtherTextsAndNotPrintIt() {
    String text = "# a secret by mistake\n".repeat(5_000);

    assertThat(new SaveAlertConfig(0, text).text()).isEqualTo(text);
    assertThat(new SaveAlertConfig(0, text).toString()).doesNotContain("secret");
    assertThatIllegalArgumentException().isThrownBy(() -> new SaveAlertConfig(0, text.repeat(3)));
    assertThatIllegalArgumentException().isThrownBy(() -> new SaveAlertConfig(-1, text));
  }

  @Test
  void shouldOrderCommandsByEpochThenSequence() {
    assertThat(new CommandPosition(2, 1)).isGreaterThan(new CommandPosition(1, 9));
    assertThat(new CommandPosition(2, 2)).isGreaterThan(new CommandPosition(2, 1));
    assertThat(new CommandPosition(2, 2)).isEqualByComparingTo(new CommandPosition(2, 2));
  }

  @Test
  void shouldKeepTheStartOfADeadValueAndAnyMessage() {
    byte[] value = new byte[DeadLetter.MAX_VALUE_BYTES + 1];
    DeadLetter letter =
        new DeadLetter(
            new DeadLetter.Origin("t", 0, 0),
            new byte[0],
            value,
            value.length,
            "EVK-WIRE-MALFORMED",
            "bad \u0000 byte, " + "x".repeat(10_000) + "\ud83d",
            "writer",
            NOW);

    assertThat(letter.value()).hasSize(DeadLetter.MAX_VALUE_BYTES);
    assertThat(letter.valueLength()).isEqualTo(value.length);
    assertThat(letter.message()).startsWith("bad \ufffd byte").hasSize(8_192);
    value[0] = 1;
    letter.value()[0] = 1;
    assertThat(letter.value()[0]).isZero();
  }
}
