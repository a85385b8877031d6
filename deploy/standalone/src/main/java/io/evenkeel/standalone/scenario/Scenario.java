package io.evenkeel.standalone.scenario;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a run on one machine does.
 *
 * @param name as given to {@code --scenario}
 * @param summary a sentence for people
 * @param preset the trainer's preset
 * @param knobs initial values that differ from the preset's, by knob name
 * @param mode the controller's mode: observe, advise or auto
 * @param webhook whether notices go to a sink of the supervisor
 * @param expect what must have happened at the end, none if empty
 */
public record Scenario(
    @JsonProperty(required = true) String name,
    @JsonProperty(required = true) String summary,
    @JsonProperty(required = true) String preset,
    @JsonProperty(required = true) Map<String, Double> knobs,
    @JsonProperty(required = true) String mode,
    @JsonProperty(required = true) Webhook webhook,
    @Nullable Expectation expect) {

  /** Where notices go. */
  public enum Webhook {
    /** Nowhere, unless the environment says so. */
    @JsonProperty("none")
    NONE,
    /** To a sink in the supervisor. */
    @JsonProperty("sink")
    SINK
  }

  /** Copies and checks the components. */
  public Scenario {
    knobs = Map.copyOf(knobs);
    if (!mode.matches("observe|advise|auto")) {
      throw new IllegalArgumentException("mode: " + mode + " is none of observe, advise, auto");
    }
    knobs.forEach(
        (knob, value) -> {
          if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("knobs: " + knob + " is not finite");
          }
        });
  }

  /** What must have happened at the end. */
  public Optional<Expectation> expectation() {
    return Optional.ofNullable(expect);
  }
}
