package io.evenkeel.controller.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.run.Fallback;
import io.evenkeel.contract.run.KnobDeclaration;
import io.evenkeel.contract.run.Knobs;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Mu against a bias that integrates it, in virtual time. */
class ExpertBiasMuPolicyTest {
  private static final KnobKey MU = KnobKey.global(Knobs.EXPERT_BIAS_MU);

  /** K_e / (K N) of the calibration: what mu adds to a dead expert's bias in a step. */
  private static final double SHARE = 2.0 / (3 * 8);

  private final Policy policy = new ExpertBiasMuPolicy(ExpertBiasMuPolicy.Settings.DEFAULT);
  private final List<StepView> steps = new ArrayList<>();
  private final Map<KnobKey, LastChange> changes = new HashMap<>();
  private final List<Double> commanded = new ArrayList<>();
  private final List<FiringAlert> firing = new ArrayList<>();
  private double mu = 0.02;
  private double ratio = 0.05;
  private double bias;

  /** A step; what is proposed holds from the next one on. */
  private void step(double violation) {
    long now = steps.size();
    bias = Math.min(0, bias + mu * SHARE);
    steps.add(
        new StepView(
            0,
            now,
            Instant.EPOCH,
            1,
            10,
            ratio,
            List.of(ratio),
            Double.NaN,
            List.of(0.01),
            violation,
            0,
            bias < -0.1 ? 1 : 0,
            2e-4,
            5e-5,
            20,
            2,
            1,
            0,
            0,
            Map.of(MU, mu),
            CommandPosition.NONE));
    Optional<Proposal> proposal =
        policy.evaluate(
            new RunView(
                0,
                steps,
                firing,
                Map.of(
                    MU,
                    new KnobDeclaration(
                        MU.knob(), "", 0, 1, 0.02, 0.02, 4, 5, 240, Fallback.HOLD, "")),
                changes,
                List.of()));
    proposal.ifPresent(
        wanted -> {
          SetKnob set = (SetKnob) wanted.change();
          assertThat(set.value()).isBetween(0.0, 1.0);
          changes.put(
              MU,
              new LastChange(
                  now, now + 1, mu, set.value(), ExpertBiasMuPolicy.NAME, Instant.EPOCH));
          mu = set.value();
          commanded.add(mu);
        });
  }

  private int stepsUntilAlive() {
    int count = 0;
    while (bias < -0.1) {
      step(0.6);
      assertThat(++count).isLessThan(1_000);
    }
    return count;
  }

  @Test
  void shouldReviveADeadExpertTenTimesSoonerThanTheUsualMu() {
    for (int i = 0; i < 130; i++) {
      step(0.5);
    }
    bias = -1;
    double usual = 0.9 / (0.02 * SHARE);
    assertThat(stepsUntilAlive()).isLessThan((int) (usual / 10) + 10);
    assertThat(mu).isEqualTo(0.32);
    for (int i = 0; i < 30; i++) {
      step(0.6);
    }
    assertThat(mu).isEqualTo(0.02);
    assertThat(commanded).containsExactly(0.08, 0.32, 0.08, 0.02);
  }

  @Test
  void shouldCutMuWhileTheBiasHunts() {
    mu = 1;
    for (int i = 0; i < 120; i++) {
      step(1.5);
    }
    // The first cut is for hunting; as no expert is dead, the policy goes on to what is usual.
    assertThat(commanded).containsExactly(0.25, 0.0625, 0.02);
    firing.add(new FiringAlert(BuiltInRule.BIAS_HUNTING.id(), "layers/0", 100));
    for (int i = 0; i < 30; i++) {
      step(0.7);
    }
    assertThat(mu).isBetween(0.002, 0.01);
    firing.clear();
    int before = commanded.size();
    for (int i = 0; i < 100; i++) {
      step(0.5);
    }
    assertThat(commanded).hasSize(before);
  }

  @Test
  void shouldBalanceAtOnceWhatNothingBalances() {
    mu = 0;
    ratio = Double.NaN;
    for (int i = 0; i < 25; i++) {
      step(5);
    }
    assertThat(mu).isEqualTo(0.02);
  }

  @Test
  void shouldLeaveAnUnbalancedStartToWhatBalancesIt() {
    ratio = 0.05;
    mu = 0;
    for (int i = 0; i < 99; i++) {
      step(5);
    }
    assertThat(commanded).isEmpty();
  }
}
