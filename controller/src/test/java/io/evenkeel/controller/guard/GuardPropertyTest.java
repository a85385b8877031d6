package io.evenkeel.controller.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.run.Fallback;
import io.evenkeel.contract.run.KnobDeclaration;
import io.evenkeel.controller.guard.Facts.Switch;
import io.evenkeel.controller.guard.Verdict.Allowed;
import io.evenkeel.controller.guard.Verdict.Denied;
import io.evenkeel.testing.SeededCases;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Whatever is asked and whatever holds, nothing that the guard allows breaks a limit. */
class GuardPropertyTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private final Guard guard = new Guard(GuardSettings.DEFAULT);
  private int allowed;
  private int denied;

  @Test
  void shouldNeverAllowWhatBreaksALimit() {
    SeededCases.forEach(
        300,
        random -> {
          for (int i = 0; i < 100; i++) {
            check(random);
          }
        });
    // A guard that says no to everything, or yes to everything, would pass unnoticed.
    assertThat(allowed).isPositive();
    assertThat(denied).isPositive();
  }

  private void check(RandomGenerator random) {
    KnobDeclaration knob = anyKnob(random);
    Facts.OfKnob facts =
        new Facts.OfKnob(
            random.nextInt(20) == 0 ? null : knob,
            random.nextInt(10) == 0 ? 0 : anyValue(random),
            rarely(random),
            rarely(random),
            random.nextInt(4) == 0 ? -1 : random.nextInt(100),
            random.nextInt(12));
    Facts.OfRun run =
        new Facts.OfRun(
            NOW,
            rarely(random),
            rarely(random),
            100,
            NOW.minusMillis(random.nextInt(14_000)),
            random.nextInt(5) == 0 ? random.nextDouble() : 1,
            random.nextInt(10) == 0 ? Set.of("policy") : Set.of(),
            List.of());
    double wanted =
        switch (random.nextInt(12)) {
          case 0 -> Double.NaN;
          case 1 -> Double.POSITIVE_INFINITY;
          case 2 -> 0;
          default -> anyValue(random);
        };
    SetKnob change = new SetKnob("knob", "", wanted, null);
    Verdict policy = guard.policy("policy", change, run, facts);
    if (policy instanceof Allowed ok) {
      allowed++;
      assertLimits(ok.change().value(), knob, facts, run);
      assertThat(run.stoodDown()).isEmpty();
      assertThat(run.signalTime())
          .isAfterOrEqualTo(NOW.minus(GuardSettings.DEFAULT.maxSignalAge()));
      assertThat(run.ranksShare()).isGreaterThanOrEqualTo(GuardSettings.DEFAULT.minRanksShare());
      assertThat(facts.changesLastHour()).isLessThan(knob.maxChangesPerHour());
      if (facts.lastChangeStep() >= 0) {
        assertThat(run.step() - facts.lastChangeStep())
            .isGreaterThanOrEqualTo(knob.cooldownSteps());
      }
    } else {
      denied++;
      assertThat(((Denied) policy).errorId().id()).startsWith("EVK-");
    }
    if (guard.operator(change, run, facts) instanceof Allowed ok) {
      assertLimits(ok.change().value(), knob, facts, run);
      assertThat(ok.change().value()).isEqualTo(wanted);
    }
    if (guard.undo(change, run, facts) instanceof Allowed ok) {
      assertLimits(ok.change().value(), knob, facts, run);
    }
  }

  private static void assertLimits(
      double value, KnobDeclaration knob, Facts.OfKnob facts, Facts.OfRun run) {
    assertThat(run.killSwitch()).isEqualTo(Switch.OFF);
    assertThat(run.ended()).isEqualTo(Switch.OFF);
    assertThat(facts.held()).isEqualTo(Switch.OFF);
    assertThat(facts.inFlight()).isEqualTo(Switch.OFF);
    assertThat(facts.declaration()).isNotNull();
    assertThat(value).isFinite().isBetween(knob.minimum(), knob.maximum());
    if (facts.value() != 0 && value != 0) {
      double factor = Math.max(value / facts.value(), facts.value() / value);
      assertThat(factor).isLessThanOrEqualTo(knob.maxFactor() * (1 + 1e-8));
    }
  }

  private static KnobDeclaration anyKnob(RandomGenerator random) {
    double minimum = random.nextInt(3) == 0 ? 0 : anyValue(random);
    double maximum = minimum + anyValue(random);
    return new KnobDeclaration(
        "knob",
        "",
        minimum,
        maximum,
        minimum,
        minimum,
        1 + random.nextDouble() * 9 + 1e-3,
        random.nextInt(50),
        1 + random.nextInt(20),
        Fallback.HOLD,
        "");
  }

  private static double anyValue(RandomGenerator random) {
    return Math.pow(10, -6 + 8 * random.nextDouble());
  }

  private static Switch rarely(RandomGenerator random) {
    return random.nextInt(15) == 0 ? Switch.ON : Switch.OFF;
  }
}
