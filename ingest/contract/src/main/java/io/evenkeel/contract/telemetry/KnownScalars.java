package io.evenkeel.contract.telemetry;

import io.evenkeel.contract.run.Knobs;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names under which trainers log what {@link StepTelemetry} has a field for: {@code loss},
 * {@code train/loss}, {@code grad_norm}, {@code lr}, {@code step_time_ms}, ... A name is read
 * without regard to case; space, {@code -}, {@code /}, {@code .} and {@code :} count as {@code _};
 * a leading {@code evenkeel}, {@code train}, {@code training}, {@code optim} or {@code metrics}
 * segment is left out. Every other name is a user scalar.
 *
 * <p>Only names that mean the same wherever they are used are here: {@code aux_loss}, say, is
 * scaled by one framework and summed over layers by another, and stays a user scalar.
 */
public final class KnownScalars {

  /** The field of {@link StepTelemetry} that a name fills. */
  public enum Field {
    /** {@link Losses#languageModel}. */
    LANGUAGE_MODEL_LOSS,
    /** {@link Losses#loadBalance}. */
    LOAD_BALANCE_LOSS,
    /** {@link Losses#hiddenZ}. */
    HIDDEN_Z_LOSS,
    /** {@link Losses#total}. */
    TOTAL_LOSS,
    /** {@link StepTelemetry#gradientNorm}. */
    GRADIENT_NORM,
    /** {@link StepTelemetry#clipCoefficient}. */
    CLIP_COEFFICIENT,
    /** {@link StepTelemetry#stepTimeMillis}. */
    STEP_TIME,
    /** {@link StepTelemetry#telemetryTimeMillis}. */
    TELEMETRY_TIME,
    /** {@link StepTelemetry#tokens}. */
    TOKENS,
    /** {@link StepTelemetry#droppedBefore}. */
    DROPPED_BEFORE,
    /** The epoch of {@link StepTelemetry#lastCommand}. */
    LAST_COMMAND_EPOCH,
    /** The sequence of {@link StepTelemetry#lastCommand}. */
    LAST_COMMAND_SEQUENCE,
    /** A knob of the whole model in {@link StepTelemetry#knobs}. */
    KNOB;

    /** Whether the field holds whole numbers that are not negative. */
    public boolean isCount() {
      return switch (this) {
        case TOKENS, DROPPED_BEFORE, LAST_COMMAND_EPOCH, LAST_COMMAND_SEQUENCE -> true;
        default -> false;
      };
    }

    private boolean isTime() {
      return this == STEP_TIME || this == TELEMETRY_TIME;
    }
  }

  /**
   * What a name stands for.
   *
   * @param field the field
   * @param knob the knob's name if the field is {@link Field#KNOB}, otherwise empty
   * @param scale what a value is multiplied by to be in the field's unit
   * @param preference of two names for one field in one step the lower counts
   */
  public record Known(Field field, String knob, double scale, int preference) {}

  private static final double MILLIS_A_SECOND = 1_000;

  private static final Pattern SEPARATORS = Pattern.compile("[\\s/.:-]+");

  private static final List<String> GROUPS =
      List.of("evenkeel_", "train_", "training_", "optim_", "metrics_");

  /** Endings of names that give a time's unit, as factors to milliseconds. */
  private static final Map<String, Double> ENDINGS =
      Map.ofEntries(
          Map.entry("_ns", 1e-6),
          Map.entry("_us", 1e-3),
          Map.entry("_micros", 1e-3),
          Map.entry("_ms", 1.0),
          Map.entry("_millis", 1.0),
          Map.entry("_milliseconds", 1.0),
          Map.entry("_s", MILLIS_A_SECOND),
          Map.entry("_sec", MILLIS_A_SECOND),
          Map.entry("_secs", MILLIS_A_SECOND),
          Map.entry("_seconds", MILLIS_A_SECOND));

  /** Units of time, as OpenTelemetry writes them (UCUM), as factors to milliseconds. */
  private static final Map<String, Double> UNITS =
      Map.of("ns", 1e-6, "us", 1e-3, "ms", 1.0, "s", MILLIS_A_SECOND, "min", 60 * MILLIS_A_SECOND);

  private static final Map<String, Known> NAMES = new HashMap<>();

  static {
    names(
        Field.LANGUAGE_MODEL_LOSS,
        "lm_loss",
        "language_model_loss",
        "cross_entropy_loss",
        "ce_loss",
        "cross_entropy",
        "loss",
        // After the others: HuggingFace logs the mean over the whole run so, beside the last loss.
        "train_loss");
    names(Field.LOAD_BALANCE_LOSS, "load_balance_loss", "load_balancing_loss", "lb_loss");
    names(Field.HIDDEN_Z_LOSS, "hidden_z_loss");
    names(Field.TOTAL_LOSS, "total_loss", "loss_total");
    names(
        Field.GRADIENT_NORM,
        "gradient_norm",
        "grad_norm",
        "global_grad_norm",
        "total_grad_norm",
        "gradnorm",
        "gnorm");
    names(Field.CLIP_COEFFICIENT, "clip_coefficient", "clip_coef", "gradient_clip_coefficient");
    names(
        Field.STEP_TIME,
        "step_time",
        "step_duration",
        "time_per_step",
        "iteration_time",
        "iter_time",
        "time_per_iteration",
        "elapsed_time_per_iteration",
        "batch_time",
        "dt");
    names(Field.TELEMETRY_TIME, "telemetry_time");
    names(Field.TOKENS, "tokens", "tokens_per_step", "step_tokens", "batch_tokens");
    names(Field.DROPPED_BEFORE, "dropped_before");
    names(Field.LAST_COMMAND_EPOCH, "last_command_epoch");
    names(Field.LAST_COMMAND_SEQUENCE, "last_command_sequence");
    knob(Knobs.LEARNING_RATE, "learning_rate", "lr");
    for (String knob :
        List.of(
            Knobs.LOAD_BALANCE_ALPHA,
            Knobs.EXPERT_BIAS_MU,
            Knobs.EXPERT_BIAS_MU_DECAY,
            Knobs.HIDDEN_Z_LAMBDA,
            Knobs.ADAM_EPSILON,
            Knobs.ADAM_BETA2,
            Knobs.LEARNING_RATE_SCALE,
            Knobs.GRADIENT_CLIP_NORM)) {
      knob(knob, SEPARATORS.matcher(knob).replaceAll("_"));
    }
  }

  private KnownScalars() {}

  /** The known names, in lower case and with {@code _} between their parts. */
  public static Set<String> names() {
    return Collections.unmodifiableSet(NAMES.keySet());
  }

  /** What {@code name} stands for; a time without a unit in its name is in seconds. */
  public static Optional<Known> find(String name) {
    return find(name, "");
  }

  /**
   * What {@code name} stands for; empty for a user scalar.
   *
   * @param name as logged, such as {@code train/loss}
   * @param unit of a time that has none in its name: ns, us, ms, s, min; anything else, such as the
   *     empty text, means seconds
   */
  public static Optional<Known> find(String name, String unit) {
    String plain = SEPARATORS.matcher(name.strip().toLowerCase(Locale.ROOT)).replaceAll("_");
    Known known = lookUp(plain, unit);
    for (String group : GROUPS) {
      if (known == null && plain.startsWith(group)) {
        plain = plain.substring(group.length());
        known = lookUp(plain, unit);
      }
    }
    return Optional.ofNullable(known);
  }

  private static @Nullable Known lookUp(String plain, String unit) {
    Known known = NAMES.get(plain);
    if (known != null) {
      return known.field().isTime()
          ? scaled(known, UNITS.getOrDefault(unit, MILLIS_A_SECOND))
          : known;
    }
    int ending = plain.lastIndexOf('_');
    Double scale = ending < 0 ? null : ENDINGS.get(plain.substring(ending));
    Known time = scale == null ? null : NAMES.get(plain.substring(0, ending));
    return scale != null && time != null && time.field().isTime() ? scaled(time, scale) : null;
  }

  private static Known scaled(Known known, double scale) {
    return new Known(known.field(), known.knob(), scale, known.preference());
  }

  private static void names(Field field, String... names) {
    for (int i = 0; i < names.length; i++) {
      NAMES.put(names[i], new Known(field, "", 1, i));
    }
  }

  private static void knob(String knob, String... names) {
    for (int i = 0; i < names.length; i++) {
      NAMES.put(names[i], new Known(Field.KNOB, knob, 1, i));
    }
  }
}
