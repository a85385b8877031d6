package io.evenkeel.bench.detection.shipped;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.evenkeel.bench.detection.DetectionCase;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A made-up run of a dense model, as described: loss, gradient norm and step time.
 *
 * @param name of the case, before its seed
 * @param why what it is to show
 * @param seeds one case each
 * @param steps logged
 * @param every steps between two that are logged; missing: 1
 * @param round digits after the point that the log keeps; missing: all
 * @param loss missing: none
 * @param gradientNorm missing: none
 * @param stepTime missing: none
 * @param events what happens, in order
 * @param resumes log indices at which the run begins again from a checkpoint
 * @param expect missing: nothing may fire
 */
record SyntheticRun(
    @JsonProperty("name") String name,
    @JsonProperty("why") String why,
    @JsonProperty("seeds") List<Long> seeds,
    @JsonProperty("steps") int steps,
    @JsonProperty("every") @Nullable Integer every,
    @JsonProperty("round") @Nullable Integer round,
    @JsonProperty("loss") @Nullable Curve loss,
    @JsonProperty("gradient_norm") @Nullable Curve gradientNorm,
    @JsonProperty("step_time") @Nullable Curve stepTime,
    @JsonProperty("events") @Nullable List<Event> events,
    @JsonProperty("resumes") @Nullable List<Resume> resumes,
    @JsonProperty("expect") @Nullable List<Expected> expect) {

  /** Which series. */
  enum Which {
    /** Nats. */
    LOSS,
    /** Before clipping. */
    GRADIENT_NORM,
    /** Milliseconds. */
    STEP_TIME
  }

  /**
   * A healthy series: {@code floor + amplitude (1 + i/scale)^-exponent}, times {@code exp(noise
   * z)}.
   *
   * @param floor where it tends
   * @param amplitude above the floor at the start; missing: 0
   * @param exponent how fast it falls; missing: 0.5
   * @param scale log indices over which it begins to fall; missing: 10
   * @param noise standard deviation relative to the value
   * @param tails degrees of freedom of Student's t; missing: Gaussian
   * @param memory correlation of the noise with that of the index before, in [0, 1); missing: 0
   * @param warmUp log indices over which it rises to {@code overshoot} times first; missing: 0
   * @param overshoot missing: 1
   * @param drift relative change over the whole run; missing: 0
   */
  record Curve(
      @JsonProperty("floor") double floor,
      @JsonProperty("amplitude") double amplitude,
      @JsonProperty("exponent") @Nullable Double exponent,
      @JsonProperty("scale") @Nullable Double scale,
      @JsonProperty("noise") double noise,
      @JsonProperty("tails") int tails,
      @JsonProperty("memory") double memory,
      @JsonProperty("warm_up") int warmUp,
      @JsonProperty("overshoot") @Nullable Double overshoot,
      @JsonProperty("drift") double drift) {}

  /**
   * Something that happens to a series: it is multiplied by {@code factor * growth^(i - from)},
   * {@code add} is added, or {@code value} stands in its place.
   *
   * @param series which
   * @param from first log index
   * @param length log indices; missing: to the end
   * @param every it comes again after as many; missing: once
   * @param factor missing: 1
   * @param growth missing: 1
   * @param limit largest of factor and growth together; missing: none
   * @param fades log indices over which it wanes by a factor e; missing: not at all
   * @param add missing: 0
   * @param value a number, NaN or Infinity; missing: none
   */
  record Event(
      @JsonProperty("series") Which series,
      @JsonProperty("from") int from,
      @JsonProperty("length") @Nullable Integer length,
      @JsonProperty("every") @Nullable Integer every,
      @JsonProperty("factor") @Nullable Double factor,
      @JsonProperty("growth") @Nullable Double growth,
      @JsonProperty("limit") @Nullable Double limit,
      @JsonProperty("fades") @Nullable Double fades,
      @JsonProperty("add") double add,
      @JsonProperty("value") @Nullable Double value) {}

  /**
   * A new incarnation, or, with no steps repeated, a gap in the steps.
   *
   * @param at log index
   * @param back steps that are trained again; 0: none, the log goes on
   * @param skip steps that are not in the log
   * @param pauseSeconds wall time in which nothing is sent
   */
  record Resume(
      @JsonProperty("at") int at,
      @JsonProperty("back") long back,
      @JsonProperty("skip") long skip,
      @JsonProperty("pause_seconds") long pauseSeconds) {}

  List<DetectionCase> cases(long offset) {
    long lastStep = (long) (steps - 1) * (every == null ? 1 : every);
    List<DetectionCase> cases = new ArrayList<>();
    for (long described : seeds) {
      long seed = described + offset;
      cases.add(
          new DetectionCase(
              name + "-" + seed,
              new SyntheticTelemetry(this, seed),
              expect == null
                  ? List.of()
                  : expect.stream().map(each -> each.of(lastStep)).toList()));
    }
    return cases;
  }
}
