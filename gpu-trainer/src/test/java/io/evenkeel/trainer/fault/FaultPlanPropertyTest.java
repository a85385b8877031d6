package io.evenkeel.trainer.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.testing.SeededCases;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

final class FaultPlanPropertyTest {
  private static StepRange anyRange(RandomGenerator random) {
    long from = random.nextInt(100);
    return new StepRange(from, from + 1 + random.nextInt(100));
  }

  private static Course anyCourse(RandomGenerator random) {
    double value = Math.exp(random.nextGaussian() * 4);
    return switch (random.nextInt(3)) {
      case 0 -> new Course.Constant(value);
      case 1 -> new Course.Ramp(value, Math.exp(random.nextGaussian()), Course.RampShape.GEOMETRIC);
      default -> new Course.Ramp(value, random.nextDouble(), Course.RampShape.LINEAR);
    };
  }

  private static KnobFault anyFault(RandomGenerator random, KnobFault.Mode mode) {
    return new KnobFault(
        FaultKnob.ALPHA,
        mode,
        random.nextBoolean() ? KnobFault.Change.SET : KnobFault.Change.SCALE,
        anyCourse(random),
        anyRange(random));
  }

  @Test
  void shouldLeaveTheValueAloneOutsideTheRange() {
    SeededCases.forEach(
        200,
        random -> {
          KnobFault fault = anyFault(random, KnobFault.Mode.OVERRIDE);
          FaultPlan plan = new FaultPlan(List.of(fault));
          for (long step = 0; step < 220; step++) {
            double effective = plan.effective(FaultKnob.ALPHA, step, 0.25);
            if (!fault.range().contains(step)) {
              assertThat(effective).isEqualTo(0.25);
            } else if (fault.change() == KnobFault.Change.SET) {
              assertThat(effective).isEqualTo(fault.course().at(step, fault.range()));
            }
            assertThat(plan.effective(FaultKnob.MU, step, 0.5)).isEqualTo(0.5);
            assertThat(plan.misSettings(step)).isEmpty();
          }
        });
  }

  /** Moving step by step must reach what the course says, whatever the shape of the ramp. */
  @Test
  void shouldMoveAKnobAlongItsCourseWhenNobodyCorrectsIt() {
    SeededCases.forEach(
        200,
        random -> {
          KnobFault fault = anyFault(random, KnobFault.Mode.MIS_SET);
          FaultPlan plan = new FaultPlan(List.of(fault));
          double start = 0.5;
          double knob = start;
          for (long step = 0; step < 220; step++) {
            for (KnobMove move : plan.misSettings(step)) {
              knob = move.apply(knob);
            }
            double expected = expected(fault, step, start);
            assertThat(knob).isCloseTo(expected, within(1e-9 * Math.max(1, expected)));
          }
        });
  }

  private static double expected(KnobFault fault, long step, double start) {
    StepRange range = fault.range();
    if (step < range.from()) {
      return start;
    }
    double value = fault.course().at(Math.min(step, range.until() - 1), range);
    return fault.change() == KnobFault.Change.SET ? value : start * value;
  }

  /** A command half-way: the rest of a geometric ramp multiplies what the command has set. */
  @Test
  void shouldGoOnFromWhereACommandHasPutTheKnob() {
    KnobFault ramp =
        new KnobFault(
            FaultKnob.ALPHA,
            KnobFault.Mode.MIS_SET,
            KnobFault.Change.SCALE,
            new Course.Ramp(1, 30_000, Course.RampShape.GEOMETRIC),
            new StepRange(50, 450));
    FaultPlan plan = new FaultPlan(List.of(ramp));
    double uncontrolled = 1e-3;
    double controlled = 1e-3;
    for (long step = 0; step < 500; step++) {
      for (KnobMove move : plan.misSettings(step)) {
        uncontrolled = move.apply(uncontrolled);
        controlled = move.apply(controlled);
      }
      if (step == 100 || step == 300) {
        controlled *= 0.1;
      }
    }
    assertThat(uncontrolled).isCloseTo(30, within(1e-9));
    assertThat(controlled).isCloseTo(0.3, within(1e-9));
  }

  @Test
  void shouldAnswerTheSameWhateverWasAskedBefore() {
    SeededCases.forEach(
        50,
        random -> {
          FaultPlan plan =
              new FaultPlan(
                  List.of(
                      anyFault(random, KnobFault.Mode.OVERRIDE),
                      anyFault(random, KnobFault.Mode.MIS_SET)));
          long step = random.nextInt(220);
          double effective = plan.effective(FaultKnob.ALPHA, step, 1);
          List<KnobMove> moves = plan.misSettings(step);
          for (int i = 0; i < 20; i++) {
            plan.misSettings(random.nextInt(220));
            plan.effective(FaultKnob.ALPHA, random.nextInt(220), 1);
          }
          assertThat(plan.effective(FaultKnob.ALPHA, step, 1)).isEqualTo(effective);
          assertThat(plan.misSettings(step)).isEqualTo(moves);
        });
  }

  @Test
  void shouldRefuseStepsThatAreNoRange() {
    SeededCases.forEach(
        100,
        random -> {
          long from = random.nextInt(1000);
          long until = from - random.nextInt(1000);
          FaultException refused =
              catchThrowableOfType(FaultException.class, () -> new StepRange(from, until));
          assertThat(refused.id()).isEqualTo(ErrorId.TRAINER_FAULT_STEPS);
        });
  }

  @Test
  void shouldAddUpDelaysOfARankAndOfNoOther() {
    FaultPlan plan =
        new FaultPlan(
            List.of(
                new ProcessFault.SlowRank(1, 50, new StepRange(3, 8)),
                new ProcessFault.SlowRank(1, 20, StepRange.at(4))));

    assertThat(plan.delayMillis(4, 1)).isEqualTo(70);
    assertThat(plan.delayMillis(7, 1)).isEqualTo(50);
    assertThat(plan.delayMillis(8, 1)).isZero();
    assertThat(plan.delayMillis(4, 0)).isZero();
    assertThat(catchThrowableOfType(FaultException.class, () -> plan.requireRanks(1)).id())
        .isEqualTo(ErrorId.TRAINER_FAULT_RANK);
  }
}
