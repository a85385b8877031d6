package io.evenkeel.replay.point;

import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.contract.telemetry.KnownScalars;
import io.evenkeel.contract.telemetry.KnownScalars.Field;
import io.evenkeel.contract.telemetry.KnownScalars.Known;
import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.Placement;
import io.evenkeel.contract.telemetry.StepTelemetry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The values of one step as they come together. A name that {@link KnownScalars} knows fills its
 * field; where two fill the same, the one of lower preference does and the other stays a user
 * scalar, as does a count that is no count and what only a live sender can tell.
 */
final class StepDraft {
  private static final double LARGEST_COUNT = 0x1p53;

  private record Claim(Known known, String name, double value) {}

  private final Map<Field, Claim> claims = new EnumMap<>(Field.class);
  private final Map<String, KnobValue> knobs = new TreeMap<>();
  private final Map<String, Double> scalars = new HashMap<>();

  void put(String name, Optional<Known> meaning, double value) {
    if (meaning.isEmpty()) {
      scalars.put(name, value);
      return;
    }
    Known known = meaning.get();
    switch (known.field()) {
      case KNOB -> putKnob(name, known, value);
      case DROPPED_BEFORE, LAST_COMMAND_EPOCH, LAST_COMMAND_SEQUENCE -> scalars.put(name, value);
      case TOKENS -> {
        if (value >= 0 && value <= LARGEST_COUNT && value == Math.rint(value)) {
          claim(new Claim(known, name, value));
        } else {
          scalars.put(name, value);
        }
      }
      default -> claim(new Claim(known, name, value));
    }
  }

  private void putKnob(String name, Known known, double value) {
    if (knobs.containsKey(known.knob())) {
      scalars.put(name, value);
    } else {
      knobs.put(known.knob(), new KnobValue(known.knob(), "", value));
    }
  }

  private void claim(Claim claim) {
    Claim before = claims.get(claim.known().field());
    if (before == null || claim.known().preference() < before.known().preference()) {
      claims.put(claim.known().field(), claim);
      if (before != null) {
        scalars.put(before.name(), before.value());
      }
    } else {
      scalars.put(claim.name(), claim.value());
    }
  }

  StepTelemetry telemetry(String run, int incarnation, long step, Instant wallTime) {
    List<KnobValue> knobValues = new ArrayList<>(knobs.values());
    return new StepTelemetry(
        new ObservationKey(run, incarnation, step, 0),
        1,
        wallTime,
        orNaN(Field.STEP_TIME),
        orZero(Field.TELEMETRY_TIME),
        (long) orZero(Field.TOKENS),
        new Losses(
            figure(Field.LANGUAGE_MODEL_LOSS),
            figure(Field.LOAD_BALANCE_LOSS),
            figure(Field.HIDDEN_Z_LOSS),
            figure(Field.TOTAL_LOSS)),
        figure(Field.GRADIENT_NORM),
        figure(Field.CLIP_COEFFICIENT),
        Placement.REPLICATED,
        List.of(),
        null,
        List.of(),
        List.of(),
        knobValues,
        CommandPosition.NONE,
        scalars,
        0);
  }

  private @Nullable Double figure(Field field) {
    Claim claim = claims.get(field);
    return claim == null ? null : Double.valueOf(claim.value() * claim.known().scale());
  }

  private double orNaN(Field field) {
    Double figure = figure(field);
    return figure == null ? Double.NaN : figure;
  }

  private double orZero(Field field) {
    Double figure = figure(field);
    return figure == null ? 0 : figure;
  }
}
