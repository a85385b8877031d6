package io.evenkeel.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Scenarios of the gym through everything that {@code ./evenkeel up} starts: the trainer is hurt,
 * an alert fires, commands leave, the trainer applies them, and the signal comes back into its
 * band.
 */
@ExtendWith(SharedStack.class)
@Order(36)
class SteeredST {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final int STEPS = 260;

  /** Slow enough for a command to arrive before the next dozen of steps. */
  private static final String STEP_MILLIS = "40";

  /** A scenario of the gym of the same name. */
  enum Scenario {
    ALPHA_10("alpha=10@0", "load_balance.alpha", "gradient-norm-ratio", "gradient_norm_ratio_max"),
    EPSILON_1E_3("epsilon=1e-3@60", "adam.epsilon", "epsilon-over-rms", "epsilon_over_rms_max");

    private final String fault;
    private final String knob;
    private final String rule;
    private final String signal;

    Scenario(String fault, String knob, String rule, String signal) {
      this.fault = fault;
      this.knob = knob;
      this.rule = rule;
      this.signal = signal;
    }

    String run() {
      return "steered-" + name().toLowerCase(java.util.Locale.ROOT);
    }

    String of() {
      return " where run = '" + run() + "'";
    }
  }

  @TempDir Path dir;

  @ParameterizedTest
  @EnumSource
  void shouldAlertCommandAndCure(Scenario scenario, Evenkeel evenkeel) throws Exception {
    Evenkeel.run(
        "train",
        "--preset",
        "calibration",
        "--run",
        scenario.run(),
        "--steps",
        Integer.toString(STEPS),
        "--inject",
        scenario.fault,
        "--min-step-millis",
        STEP_MILLIS,
        "--data",
        dir.toString(),
        "--bootstrap",
        evenkeel.bootstrap());
    evenkeel.awaitNumber(
        "select count(*) from ui_v1_run_steps" + scenario.of(), n -> n == STEPS, LIMIT);

    evenkeel.awaitNumber(
        "select count(*) from ui_v1_alerts"
            + scenario.of()
            + " and rule = '%s' and fired_step is not null and resolved_step > fired_step"
                .formatted(scenario.rule),
        n -> n >= 1,
        LIMIT);
    String commands =
        " from ui_v1_commands" + scenario.of() + " and knob = '" + scenario.knob + "'";
    evenkeel.awaitNumber(
        "select count(*)" + commands + " and status = 'applied'", n -> n >= 1, LIMIT);
    assertThat(evenkeel.number("select max(applied_step - issued_step)" + commands)).isPositive();
    assertThat(
            evenkeel.number(
                "select count(*) from ui_v1_audit"
                    + scenario.of()
                    + " and error_id in ('EVK-CONTROL-ACK-UNTRUE', 'EVK-CONTROL-NO-ACK')"))
        .isZero();
    String lastSteps = scenario.of() + " and step >= " + (STEPS - 20);
    double level =
        evenkeel.number(
            "select percentile_cont(0.5) within group (order by %s) from ui_v1_run_steps"
                    .formatted(scenario.signal)
                + lastSteps);
    assertThat(level).isBetween(0.0, 0.1);
  }
}
