package io.evenkeel.bench.detection.shipped;

import io.evenkeel.bench.detection.DetectionCase;
import io.evenkeel.bench.detection.TelemetrySource;
import io.evenkeel.bench.detection.shipped.SyntheticRun.Curve;
import io.evenkeel.bench.detection.shipped.SyntheticRun.Event;
import io.evenkeel.bench.detection.shipped.SyntheticRun.Resume;
import io.evenkeel.bench.detection.shipped.SyntheticRun.Which;
import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.StepScalars;
import io.evenkeel.contract.telemetry.StepTelemetry;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * A described run, made up with a seed.
 *
 * @param run the description
 * @param seed of all noise
 */
record SyntheticTelemetry(SyntheticRun run, long seed) implements TelemetrySource {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final double UNTIMED_MILLIS = 1_000;
  private static final Map<Which, String> NAMES =
      Map.of(
          Which.LOSS, "loss",
          Which.GRADIENT_NORM, "grad_norm",
          Which.STEP_TIME, "step_time_ms");

  @Override
  public void giveTo(Consumer<StepTelemetry> to) {
    Map<Which, Noise> noises = new EnumMap<>(Which.class);
    for (Which which : Which.values()) {
      noises.put(which, new Noise(new SplittableRandom(seed * 31 + which.ordinal())));
    }
    int every = run.every() == null ? 1 : run.every();
    long step = -every;
    int incarnation = 0;
    double millis = 0;
    for (int index = 0; index < run.steps(); index++) {
      step += every;
      for (Resume resume : Objects.requireNonNullElse(run.resumes(), List.<Resume>of())) {
        if (resume.at() == index) {
          incarnation += resume.back() > 0 ? 1 : 0;
          step += resume.skip() - resume.back();
          millis += 1_000.0 * resume.pauseSeconds();
        }
      }
      StepScalars scalars = new StepScalars();
      double stepMillis = UNTIMED_MILLIS;
      for (Which which : Which.values()) {
        Curve curve = curve(which);
        if (curve != null) {
          double value = rounded(value(which, curve, index, noises));
          scalars.put(NAMES.getOrDefault(which, ""), value);
          stepMillis = which == Which.STEP_TIME ? value : stepMillis;
        }
      }
      millis += stepMillis;
      to.accept(
          scalars.telemetry(
              new ObservationKey(DetectionCase.RUN, incarnation, step, 0),
              1,
              START.plusMillis(Math.round(millis))));
    }
  }

  private @org.jspecify.annotations.Nullable Curve curve(Which which) {
    return switch (which) {
      case LOSS -> run.loss();
      case GRADIENT_NORM -> run.gradientNorm();
      case STEP_TIME -> run.stepTime();
    };
  }

  private double value(Which which, Curve curve, int index, Map<Which, Noise> noises) {
    double scale = Objects.requireNonNullElse(curve.scale(), 10.0);
    double exponent = Objects.requireNonNullElse(curve.exponent(), 0.5);
    double level =
        curve.floor()
            + curve.amplitude()
                * (index < curve.warmUp()
                    ? 1
                    : Math.pow(1 + (index - curve.warmUp()) / scale, -exponent));
    if (index < curve.warmUp()) {
      double peak = Objects.requireNonNullElse(curve.overshoot(), 1.0);
      double way = (double) index / curve.warmUp();
      level *= 1 + (peak - 1) * (1 - Math.abs(2 * way - 1));
    }
    level *= 1 + curve.drift() * index / run.steps();
    Noise noise = Objects.requireNonNull(noises.get(which));
    double value = level * Math.exp(curve.noise() * noise.next(curve));
    for (Event event : Objects.requireNonNullElse(run.events(), List.<Event>of())) {
      value = event.series() == which ? struck(value, event, index) : value;
    }
    return value;
  }

  private static double struck(double value, Event event, int index) {
    if (index < event.from()) {
      return value;
    }
    int since = index - event.from();
    since = event.every() == null ? since : since % event.every();
    if (event.length() != null && since >= event.length()) {
      return value;
    }
    if (event.value() != null) {
      return event.value();
    }
    double wane = event.fades() == null ? 1 : Math.exp(-since / event.fades());
    double factor =
        Objects.requireNonNullElse(event.factor(), 1.0)
            * Math.pow(Objects.requireNonNullElse(event.growth(), 1.0), since);
    factor = event.limit() == null ? factor : Math.min(factor, event.limit());
    return value * (1 + (factor - 1) * wane) + event.add() * wane;
  }

  private double rounded(double value) {
    if (run.round() == null || !Double.isFinite(value)) {
      return value;
    }
    double unit = Math.pow(10, run.round());
    return Math.rint(value * unit) / unit;
  }

  /** Noise of variance one, or that of Student's t, with a memory. */
  private static final class Noise {
    private final SplittableRandom random;
    private double before;

    Noise(SplittableRandom random) {
      this.random = random;
    }

    double next(Curve curve) {
      double fresh = curve.tails() == 0 ? random.nextGaussian() : student(curve.tails());
      before = curve.memory() * before + Math.sqrt(1 - curve.memory() * curve.memory()) * fresh;
      return before;
    }

    private double student(int degrees) {
      double squares = 0;
      for (int i = 0; i < degrees; i++) {
        double z = random.nextGaussian();
        squares += z * z;
      }
      return random.nextGaussian() / Math.sqrt(squares / degrees);
    }
  }
}
