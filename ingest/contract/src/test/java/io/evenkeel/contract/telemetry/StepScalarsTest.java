package io.evenkeel.contract.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.evenkeel.contract.run.Knobs;
import io.evenkeel.contract.telemetry.KnownScalars.Field;
import io.evenkeel.contract.telemetry.KnownScalars.Known;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StepScalarsTest {

  private static final ObservationKey KEY = new ObservationKey("r", 0, 7, 0);

  private final StepScalars scalars = new StepScalars();

  private StepTelemetry telemetry() {
    return scalars.telemetry(KEY, 1, Instant.EPOCH);
  }

  @ParameterizedTest
  @CsvSource({
    "loss, LANGUAGE_MODEL_LOSS",
    "train/loss, LANGUAGE_MODEL_LOSS",
    "Train Loss, LANGUAGE_MODEL_LOSS",
    "lm loss, LANGUAGE_MODEL_LOSS",
    "evenkeel.loss, LANGUAGE_MODEL_LOSS",
    "grad-norm, GRADIENT_NORM",
    "optim/total_grad_norm, GRADIENT_NORM",
    "evenkeel.train.grad_norm, GRADIENT_NORM",
    "load_balancing_loss, LOAD_BALANCE_LOSS",
    "tokens, TOKENS",
    "lr, KNOB",
    "learning-rate, KNOB",
    "load_balance.alpha, KNOB"
  })
  void shouldKnowTheFieldWhenANameIsUsual(String name, Field field) {
    assertThat(KnownScalars.find(name)).map(Known::field).contains(field);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "val_loss",
        "eval/loss",
        "eval_loss",
        "aux_loss",
        "loss_scale",
        "tokens_per_s",
        "tok/s",
        "loss_ms",
        "step",
        "",
        "_",
        "_ms",
        "train_",
        "mem_allocated_bytes"
      })
  void shouldLeaveAUserScalarWhenANameMeansSomethingElse(String name) {
    assertThat(KnownScalars.find(name)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "step_time_ms, '', 2",
    "step_time_s, '', 2000",
    "dt_ms, s, 2",
    "step_time, '', 2000",
    "step_time, ms, 2",
    "iteration-time, s, 2000",
    "step_time, us, 0.002",
    "evenkeel.step_time_millis, '', 2"
  })
  void shouldReadATimesUnitFromNameThenUnit(String name, String unit, double millis) {
    scalars.put(name, unit, 2);

    assertThat(telemetry().stepTimeMillis()).isEqualTo(millis);
  }

  @Test
  void shouldFillFieldsAndKeepTheRestWhenAStepIsMade() {
    scalars.put("loss", 2.5);
    scalars.put("train_loss", 2.75);
    scalars.put("grad_norm", Double.NaN);
    scalars.put("lr", 1e-3);
    scalars.put("tokens", 4096);
    scalars.put("eval_loss", 3);
    scalars.putUserScalar("total_loss", 4);

    StepTelemetry step = telemetry();

    assertThat(step.key()).isEqualTo(KEY);
    assertThat(step.losses()).isEqualTo(new Losses(2.5, null, null, null));
    assertThat(step.gradientNorm()).isNaN();
    assertThat(step.tokens()).isEqualTo(4096);
    assertThat(step.stepTimeMillis()).isNaN();
    assertThat(step.knobs()).containsExactly(new KnobValue(Knobs.LEARNING_RATE, "", 1e-3));
    assertThat(step.scalars())
        .isEqualTo(Map.of("train_loss", 2.75, "eval_loss", 3.0, "total_loss", 4.0));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, 0.5, 1e300, Double.NaN, Double.POSITIVE_INFINITY})
  void shouldRefuseACountWhenItIsNoWholeNumber(double value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> scalars.put("tokens", value))
        .withMessageContaining("tokens");
    assertThat(scalars.isEmpty()).isTrue();
  }

  @Test
  void shouldMakeTheSameStepWhateverTheOrder() {
    List<String> names =
        List.of("loss", "LOSS", "train/loss", "lm_loss", "lr", "learning_rate", "dt", "a", "b");
    for (long seed = 0; seed < 50; seed++) {
      List<String> shuffled = new ArrayList<>(names);
      Collections.shuffle(shuffled, new Random(seed));
      StepScalars ordered = new StepScalars();
      StepScalars other = new StepScalars();
      names.forEach(name -> ordered.put(name, name.hashCode()));
      shuffled.forEach(name -> other.put(name, name.hashCode()));

      assertThat(other.telemetry(KEY, 1, Instant.EPOCH))
          .as("seed %d", seed)
          .isEqualTo(ordered.telemetry(KEY, 1, Instant.EPOCH));
    }
  }
}
