package io.evenkeel.controller.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.run.Fallback;
import io.evenkeel.contract.run.KnobDeclaration;
import io.evenkeel.contract.run.Knobs;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Single decisions on hand-made views: the edges that a simulation does not reach. */
class PolicyTest {

  private static final double NAN = Double.NaN;
  private final Policy alpha = new LoadBalanceAlphaPolicy(LoadBalanceAlphaPolicy.Settings.DEFAULT);
  private final Policy mu = new ExpertBiasMuPolicy(ExpertBiasMuPolicy.Settings.DEFAULT);
  private final Policy epsilon = new AdamEpsilonPolicy(AdamEpsilonPolicy.Settings.DEFAULT);

  @Test
  void shouldLowerAlphaByTheRootWhenRatioIsFarOut() {
    Optional<Proposal> proposal = alpha.evaluate(view(0.01, 3, i -> 1.5, i -> 0.5));
    assertThat(value(proposal)).isEqualTo(0.01 * Math.sqrt(0.06 / 1.5));
  }

  @Test
  void shouldNotCutDeeperThanATenth() {
    assertThat(value(alpha.evaluate(view(30, 3, i -> 1e6, i -> 0.5)))).isEqualTo(3);
  }

  @Test
  void shouldCutByTheTenthWhenRatioIsInfinite() {
    double infinite = Double.POSITIVE_INFINITY;
    assertThat(value(alpha.evaluate(view(30, 3, i -> infinite, i -> 0.5)))).isEqualTo(3);
  }

  @Test
  void shouldIgnoreSingleOutliers() {
    assertThat(alpha.evaluate(view(1e-3, 60, i -> i % 10 == 9 ? 0.28 : 0.06, i -> 0.5))).isEmpty();
  }

  @Test
  void shouldSeeTheWorstLayerBehindAQuietMean() {
    List<StepView> steps = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      steps.add(step(i, 1e-3, List.of(0.01, 0.5, 0.01, 0.01), 0.13, 0.5));
    }
    assertThat(value(alpha.evaluate(view(steps, Map.of()))))
        .isEqualTo(1e-3 * Math.sqrt(0.06 / 0.5), org.assertj.core.data.Offset.offset(1e-12));
  }

  @Test
  void shouldLowerAlphaByTheLogitsWhenNothingElseIsMeasured() {
    List<StepView> steps = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      assertThat(alpha.evaluate(view(withLogits(steps, 0.5), Map.of()))).isEmpty();
    }
    withLogits(steps, 0.5);
    Proposal proposal = alpha.evaluate(view(steps, Map.of())).orElseThrow();
    assertThat(value(Optional.of(proposal)))
        .isEqualTo(Math.sqrt(0.03 / 0.5), org.assertj.core.data.Offset.offset(1e-12));
    assertThat(proposal.reason()).startsWith("R_z of the worst layer is 0.500, above its limit");
    assertThat(proposal.aim().metric()).isEqualTo(Metric.LOGIT_GRADIENT_RATIO);
    List<StepView> harmless = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      withLogits(harmless, i % 10 == 9 ? 2 : 0.1);
    }
    assertThat(alpha.evaluate(view(harmless, Map.of()))).isEmpty();
  }

  private static List<StepView> withLogits(List<StepView> steps, double ratio) {
    steps.add(step(steps.size(), 1, List.of(), NAN, ratio, 0.5));
    return steps;
  }

  @Test
  void shouldLeaveAlphaWhereItIsWhenTheLogitsLeaveNoRoomToRaiseIt() {
    for (double logits : new double[] {0.01, 0.11}) {
      List<StepView> steps = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        steps.add(step(i, 1e-3, List.of(0.01), 0.01, logits, 4));
      }
      assertThat(alpha.evaluate(view(steps, Map.of())).isPresent()).isEqualTo(logits < 0.05);
    }
  }

  @Test
  void shouldDoNothingWhenRatioIsNotMeasured() {
    assertThat(alpha.evaluate(view(10, 60, i -> NAN, i -> 0.5))).isEmpty();
    assertThat(alpha.evaluate(view(10, 60, i -> NAN, i -> 5))).isEmpty();
  }

  @Test
  void shouldDoNothingWhenKnobIsNotDeclaredOrNotReported() {
    RunView known = view(10, 60, i -> 100, i -> 0.5);
    assertThat(alpha.evaluate(known)).isPresent();
    assertThat(
            alpha.evaluate(
                new RunView(0, known.recent(), List.of(), Map.of(), Map.of(), List.of())))
        .isEmpty();
  }

  @Test
  void shouldNotGoUnderTheDeclaredMinimum() {
    assertThat(alpha.evaluate(view(1e-6, 60, i -> 100, i -> 0.5))).isEmpty();
    assertThat(value(alpha.evaluate(view(1.5e-6, 60, i -> 100, i -> 0.5)))).isEqualTo(1e-6);
  }

  @Test
  void shouldWaitUntilTheLastChangeIsVisible() {
    LastChange unapplied =
        new LastChange(10, LastChange.NOT_YET, 10, 1, "load-balance-alpha", Instant.EPOCH);
    LastChange fresh = new LastChange(10, 57, 10, 1, "load-balance-alpha", Instant.EPOCH);
    List<StepView> steps = view(1, 60, i -> 50, i -> 0.5).recent();
    assertThat(alpha.evaluate(view(steps, Map.of(key(Knobs.LOAD_BALANCE_ALPHA), unapplied))))
        .isEmpty();
    assertThat(alpha.evaluate(view(steps, Map.of(key(Knobs.LOAD_BALANCE_ALPHA), fresh)))).isEmpty();
  }

  @Test
  void shouldFinishItsOwnCorrectionOnly() {
    List<StepView> steps = view(2e-3, 60, i -> 0.09, i -> 0.5).recent();
    LastChange own = new LastChange(10, 12, 1, 2e-3, "load-balance-alpha", Instant.EPOCH);
    LastChange byHand = new LastChange(10, 12, 1, 2e-3, "operator:ann", Instant.EPOCH);
    assertThat(alpha.evaluate(view(steps, Map.of(key(Knobs.LOAD_BALANCE_ALPHA), own)))).isPresent();
    assertThat(alpha.evaluate(view(steps, Map.of(key(Knobs.LOAD_BALANCE_ALPHA), byHand))))
        .isEmpty();
  }

  @Test
  void shouldRaiseAlphaSlowlyWhenExpertsRunAwayAfterWarmUp() {
    assertThat(alpha.evaluate(view(1e-4, 90, i -> 0.005, i -> 4))).isEmpty();
    assertThat(value(alpha.evaluate(view(1e-4, 120, i -> 0.005, i -> 4)))).isEqualTo(1.25e-4);
    // No room under the limit: imbalance is not bought with R_g.
    assertThat(alpha.evaluate(view(1e-4, 120, i -> 0.07, i -> 4))).isEmpty();
  }

  @Test
  void shouldDecayMuToItsFloorOnlyAfterALongCalm() {
    assertThat(mu.evaluate(view(1e-3, 150, i -> 0.05, i -> 0.5))).isEmpty();
    assertThat(value(mu.evaluate(view(1e-3, 250, i -> 0.05, i -> 0.5))))
        .isCloseTo(0.01, org.assertj.core.data.Offset.offset(1e-4));
    assertThat(mu.evaluate(view(1e-3, 250, i -> 0.05, i -> 1.3))).isEmpty();
  }

  @Test
  void shouldLeaveEpsilonAloneWhenItIsFarUnderTheGradients() {
    assertThat(epsilon.evaluate(view(1e-3, 60, i -> 0.05, i -> 0.5))).isEmpty();
  }

  private static double value(Optional<Proposal> proposal) {
    return ((SetKnob) proposal.orElseThrow().change()).value();
  }

  private static KnobKey key(String knob) {
    return KnobKey.global(knob);
  }

  private static RunView view(
      double alpha, int count, IntToDoubleFunction ratio, IntToDoubleFunction violation) {
    List<StepView> steps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double r = ratio.applyAsDouble(i);
      steps.add(step(i, alpha, List.of(r), r, violation.applyAsDouble(i)));
    }
    return view(steps, Map.of());
  }

  private static RunView view(List<StepView> steps, Map<KnobKey, LastChange> changes) {
    Map<KnobKey, KnobDeclaration> knobs = new HashMap<>();
    declare(knobs, Knobs.LOAD_BALANCE_ALPHA, 1e-6, 1e-3);
    declare(knobs, Knobs.EXPERT_BIAS_MU, 0, 0.02);
    declare(knobs, Knobs.ADAM_EPSILON, 1e-16, 1e-8);
    return new RunView(0, steps, List.of(), knobs, changes, List.of());
  }

  private static void declare(
      Map<KnobKey, KnobDeclaration> knobs, String knob, double minimum, double initial) {
    knobs.put(
        key(knob),
        new KnobDeclaration(
            knob, "", minimum, 100, initial, initial, 10, 5, 100, Fallback.HOLD, ""));
  }

  private static StepView step(
      long step, double alpha, List<Double> ratios, double mean, double violation) {
    return step(step, alpha, ratios, mean, NAN, violation);
  }

  private static StepView step(
      long step,
      double alpha,
      List<Double> ratios,
      double mean,
      double logitRatio,
      double violation) {
    return new StepView(
        0,
        step,
        Instant.EPOCH,
        1,
        10,
        mean,
        ratios,
        logitRatio,
        List.of(),
        violation,
        0,
        0,
        2e-4,
        5e-5,
        20,
        2,
        1,
        0,
        0,
        Map.of(
            key(Knobs.LOAD_BALANCE_ALPHA), alpha,
            key(Knobs.EXPERT_BIAS_MU), 0.02,
            key(Knobs.ADAM_EPSILON), 1e-8),
        CommandPosition.NONE);
  }
}
