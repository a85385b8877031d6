package io.evenkeel.gym.judge;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.gym.play.Order;
import io.evenkeel.gym.play.Played;
import io.evenkeel.gym.play.Raised;
import io.evenkeel.gym.play.Sample;
import io.evenkeel.gym.scenario.BandSignal;
import io.evenkeel.gym.scenario.Scenario;
import io.evenkeel.gym.scenario.ScenarioException;
import io.evenkeel.gym.scenario.ScenarioReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Judgements of runs that were never trained. */
class JudgeTest {
  private static final int STEPS = 300;

  private static Scenario scenario(String expectations) throws ScenarioException {
    return ScenarioReader.read(
        "s",
        """
        name: s
        why: test
        steps: 300
        config: {preset: tiny}
        faults:
          - {kind: noise_batch, step: 100}
        onset: 100
        until: 200
        expect:
        """
            + expectations.indent(2));
  }

  private static Played run(
      double heldOut,
      LongToDoubleFunction loss,
      LongToDoubleFunction ratio,
      List<Raised> alerts,
      List<Order> orders) {
    List<Double> losses = new ArrayList<>();
    List<Sample> samples = new ArrayList<>();
    for (long step = 0; step < STEPS; step++) {
      losses.add(loss.applyAsDouble(step));
      samples.add(
          new Sample(
              step,
              0,
              step,
              loss.applyAsDouble(step),
              Map.of(BandSignal.GRADIENT_NORM_RATIO, ratio.applyAsDouble(step)),
              Map.of()));
    }
    return new Played(losses, heldOut, samples, alerts, orders, List.of(), 0, 0, STEPS);
  }

  private static Played run(double heldOut, LongToDoubleFunction ratio, List<Raised> alerts) {
    return run(heldOut, step -> 2, ratio, alerts, List.of());
  }

  private static Raised alert(String rule, Severity severity, long step) {
    return new Raised(
        step,
        new AlertEvent(
            rule + step,
            "gym",
            0,
            rule,
            "run",
            AlertState.FIRING,
            severity,
            step,
            step,
            1,
            0.5,
            "",
            Map.of(),
            Instant.EPOCH,
            Instant.EPOCH));
  }

  private static Result judge(String expectations, Played controlled) throws ScenarioException {
    Played healthy = run(2.0, step -> 0.05, List.of());
    Played harmed = run(2.3, step -> step < 180 ? 2 : 2.5, step -> 1, List.of(), List.of());
    return Judge.judge(scenario(expectations), 7, new Trial(controlled, harmed, healthy));
  }

  @Test
  void shouldCountStepsFromTheOnset() throws ScenarioException {
    Result result =
        judge(
            """
            alerts: [{rules: [loss-spike, divergence], within: 20}]
            recovered: {signal: gradient_norm_ratio, limit: 0.1, within: 60}
            loss_margin: 0.05
            lead_steps: 60
            """,
            run(
                2.04,
                step -> step >= 100 && step < 130 ? 1 : 0.05,
                List.of(alert("divergence", Severity.WARNING, 112))));
    assertThat(result.misses()).isEmpty();
    assertThat(result.passed()).isTrue();
    assertThat(result.detected()).isTrue();
    assertThat(result.detectedBy()).isEqualTo("divergence");
    assertThat(result.delaySteps()).isEqualTo(12);
    // The median of fifteen follows the signal by seven steps.
    assertThat(result.recoveredSteps()).isEqualTo(37);
    assertThat(result.leadSteps()).isBetween(68L, 80L);
    assertThat(result.lossGap()).isCloseTo(0.04, org.assertj.core.data.Offset.offset(1e-9));
    assertThat(result.seed()).isEqualTo(7);
  }

  @Test
  void shouldTellWhatIsMissed() throws ScenarioException {
    Result result =
        judge(
            """
            alerts: [{rules: [loss-spike], within: 20}]
            recovered: {signal: gradient_norm_ratio, limit: 0.1, within: 60}
            loss_margin: 0.05
            """,
            run(
                2.06,
                step -> step < 100 ? 0.05 : 1,
                List.of(
                    alert("loss-spike", Severity.INFO, 101),
                    alert("loss-spike", Severity.WARNING, 121))));
    assertThat(result.passed()).isFalse();
    assertThat(result.detected()).isFalse();
    assertThat(result.recoveredSteps()).isNull();
    assertThat(result.misses()).hasSize(3);
  }

  @Test
  void shouldCountALossThatIsNoNumberAsMissed() throws ScenarioException {
    assertThat(judge("loss_margin: 0.05", run(Double.NaN, step -> 0.05, List.of())).misses())
        .hasSize(1);
    Played broken = run(2, step -> step < 100 ? 2 : Double.NaN, step -> 0.05, List.of(), List.of());
    assertThat(judge("recovered: {signal: loss_gap, limit: 0.1, within: 60}", broken).misses())
        .hasSize(1);
  }

  @Test
  void shouldCallAlarmsFalseBeforeTheOnsetAndAfterTheConsequences() throws ScenarioException {
    Result result =
        judge(
            "loss_margin: 0.05",
            run(
                2,
                step -> 0.05,
                List.of(
                    alert("loss-spike", Severity.INFO, 10),
                    alert("loss-spike", Severity.WARNING, 99),
                    alert("plateau", Severity.CRITICAL, 150),
                    alert("divergence", Severity.CRITICAL, 201))));
    assertThat(result.falseAlarms()).isEqualTo(2);
    assertThat(result.misses()).hasSize(2);
  }

  @Test
  void shouldCallNoAlarmFalseThatIsTrueOfTheConfiguration() throws ScenarioException {
    String foreseen =
        """
        may:
          - rules: [loss-spike]
            from: 20
            until: 60
            while: {signal: gradient_norm_ratio, above: 0.5}
            why: "it is so"
        """;
    Played run =
        run(
            2,
            step -> step >= 30 && step < 60 ? 1 : 0.05,
            List.of(
                alert("loss-spike", Severity.WARNING, 25),
                alert("loss-spike", Severity.WARNING, 40),
                alert("loss-spike", Severity.WARNING, 61),
                alert("plateau", Severity.WARNING, 41)));
    Result result = judge(foreseen, run);
    // At 25 what it says was not so, at 61 it is too late, and of the plateau nobody spoke.
    assertThat(result.foreseenAlarms()).isEqualTo(1);
    assertThat(result.falseAlarms()).isEqualTo(3);
    assertThat(result.misses())
        .containsExactly(
            "false alarm loss-spike at step 25",
            "false alarm loss-spike at step 61",
            "false alarm plateau at step 41");
    assertThat(judge(foreseen.replace("gradient_norm_ratio", "max_violation"), run).falseAlarms())
        .as("what is not measured is not seen")
        .isEqualTo(4);
  }

  @Test
  void shouldObjectToCommandsThatAreNotCalledFor() throws ScenarioException {
    Order wanted = order("expert_bias.mu", AckStatus.APPLIED);
    Order refused = order("adam.epsilon", AckStatus.REJECTED);
    Order strange = order("adam.epsilon", AckStatus.APPLIED);
    String expectation = "commands_only: [expert_bias.mu]";
    assertThat(judge(expectation, with(List.of(wanted, refused))).misses()).isEmpty();
    assertThat(judge(expectation, with(List.of(wanted, strange))).misses())
        .singleElement()
        .asString()
        .contains("adam.epsilon");
  }

  private static Played with(List<Order> orders) {
    return run(2, step -> 2, step -> 0.05, List.of(), orders);
  }

  private static Order order(String what, AckStatus status) {
    return new Order(0, 50, what, 1.0, 2.0, "policy", status, "");
  }

  @Test
  void shouldJudgeTheMeanOverSeeds() throws ScenarioException {
    Scenario scenario = scenario("mean_loss_margin: 0.05");
    Result good = judge("mean_loss_margin: 0.05", run(2.0, step -> 0.05, List.of()));
    Result bad = judge("mean_loss_margin: 0.05", run(2.09, step -> 0.05, List.of()));
    assertThat(Judge.judgeMean(scenario, List.of(good, bad))).allMatch(Result::passed);
    assertThat(Judge.judgeMean(scenario, List.of(bad, bad))).noneMatch(Result::passed);
  }
}
