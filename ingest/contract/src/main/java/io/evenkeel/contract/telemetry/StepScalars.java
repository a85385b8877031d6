package io.evenkeel.contract.telemetry;

import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.error.Check;
import io.evenkeel.contract.telemetry.KnownScalars.Field;
import io.evenkeel.contract.telemetry.KnownScalars.Known;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the named numbers of one step of a trainer that logs numbers by name, and makes telemetry
 * of them: names that {@link KnownScalars} knows fill their fields, all others are user scalars.
 * The order in which they come makes no difference. Not thread-safe.
 */
public final class StepScalars {

  /** Above this a double no longer holds every whole number; no count comes near it. */
  private static final double LARGEST_COUNT = 0x1p53;

  private record Logged(double value, @Nullable Known known) {}

  private record Winner(String name, Logged logged) {
    boolean beats(Winner other) {
      int mine = preference(logged);
      int others = preference(other.logged);
      return mine != others ? mine < others : name.compareTo(other.name) < 0;
    }

    private static int preference(Logged logged) {
      return logged.known == null ? Integer.MAX_VALUE : logged.known.preference();
    }
  }

  private final TreeMap<String, Logged> logged = new TreeMap<>();

  /** As {@link #put(String, String, double)}, for a name that comes without a unit. */
  public void put(String name, double value) {
    put(name, "", value);
  }

  /**
   * Takes a number; the same name again replaces it.
   *
   * @param name as the trainer logs it
   * @param unit of a time, see {@link KnownScalars#find(String, String)}
   * @param value any number, NaN and infinities too, except where the name stands for a count
   * @throws IllegalArgumentException if the name is no name, or stands for a count and the value is
   *     not a whole number from 0 to 2^53
   */
  public void put(String name, String unit, double value) {
    Check.name("name", name);
    Optional<Known> known = KnownScalars.find(name, unit);
    if (known.isPresent() && known.get().field().isCount()) {
      Check.that(
          value >= 0 && value <= LARGEST_COUNT && value == Math.rint(value),
          name + " must be a whole number from 0 to 2^53");
    }
    put(name, new Logged(value, known.orElse(null)));
  }

  /**
   * Takes a number as a user scalar, whatever its name.
   *
   * @throws IllegalArgumentException if the name is no name
   */
  public void putUserScalar(String name, double value) {
    Check.name("name", name);
    put(name, new Logged(value, null));
  }

  private void put(String name, Logged entry) {
    Check.that(
        logged.size() < Check.MAX_ENTRIES || logged.containsKey(name),
        "more than " + Check.MAX_ENTRIES + " scalars in one step");
    logged.put(name, entry);
  }

  /** Whether nothing was put. */
  public boolean isEmpty() {
    return logged.isEmpty();
  }

  /**
   * The step, of a dense model. Of two names for one field the one that {@link KnownScalars}
   * prefers counts, and the other stays a user scalar; a step without a step time has NaN.
   *
   * @throws IllegalArgumentException if rank and world size disagree, or the time is out of range
   */
  public StepTelemetry telemetry(ObservationKey key, int worldSize, Instant wallTime) {
    Map<Field, Winner> fields = new EnumMap<>(Field.class);
    Map<String, Winner> knobs = new TreeMap<>();
    Map<String, Double> scalars = new TreeMap<>();
    logged.forEach(
        (name, entry) -> {
          Known known = entry.known();
          Winner winner = new Winner(name, entry);
          Winner loser;
          if (known == null) {
            loser = winner;
          } else if (known.field() == Field.KNOB) {
            loser = compete(knobs, known.knob(), winner);
          } else {
            loser = compete(fields, known.field(), winner);
          }
          if (loser != null) {
            scalars.put(loser.name(), loser.logged().value());
          }
        });
    List<KnobValue> values = new ArrayList<>();
    knobs.forEach((knob, winner) -> values.add(new KnobValue(knob, "", winner.logged().value())));
    Double stepTime = value(fields, Field.STEP_TIME);
    Double telemetryTime = value(fields, Field.TELEMETRY_TIME);
    return new StepTelemetry(
        key,
        worldSize,
        wallTime,
        stepTime == null ? Double.NaN : stepTime,
        telemetryTime == null ? 0 : telemetryTime,
        count(fields, Field.TOKENS),
        new Losses(
            value(fields, Field.LANGUAGE_MODEL_LOSS),
            value(fields, Field.LOAD_BALANCE_LOSS),
            value(fields, Field.HIDDEN_Z_LOSS),
            value(fields, Field.TOTAL_LOSS)),
        value(fields, Field.GRADIENT_NORM),
        value(fields, Field.CLIP_COEFFICIENT),
        Placement.REPLICATED,
        List.of(),
        null,
        List.of(),
        List.of(),
        values,
        new CommandPosition(
            count(fields, Field.LAST_COMMAND_EPOCH), count(fields, Field.LAST_COMMAND_SEQUENCE)),
        scalars,
        count(fields, Field.DROPPED_BEFORE));
  }

  /** Puts the better of two into the map; the other. */
  private static <K> @Nullable Winner compete(Map<K, Winner> winners, K key, Winner newcomer) {
    Winner holder = winners.get(key);
    if (holder == null || newcomer.beats(holder)) {
      winners.put(key, newcomer);
      return holder;
    }
    return newcomer;
  }

  private static @Nullable Double value(Map<Field, Winner> fields, Field field) {
    Winner winner = fields.get(field);
    if (winner == null) {
      return null;
    }
    Known known = winner.logged().known();
    return winner.logged().value() * (known == null ? 1 : known.scale());
  }

  private static long count(Map<Field, Winner> fields, Field field) {
    Double value = value(fields, field);
    return value == null ? 0 : value.longValue();
  }
}
