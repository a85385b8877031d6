package io.evenkeel.ui.api;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.problem.Refusal;
import io.evenkeel.ui.problem.Refusal.Flaw;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads the fields of a request's body and gathers all that is wrong: read every field, then call
 * {@link #check}. A field that nobody has read is an error too, so that a misspelt one is not
 * silently left out. For one thread.
 */
final class Fields {
  private static final String MISSING = "is required.";

  private final JsonNode body;
  private final Set<String> known = new LinkedHashSet<>();
  private final List<Flaw> flaws = new ArrayList<>();

  private Fields(JsonNode body) {
    this.body = body;
  }

  /** Fields of a body; none is as good as an empty object. */
  static Fields of(@Nullable JsonNode body) {
    JsonNode node =
        body == null ? tools.jackson.databind.node.JsonNodeFactory.instance.objectNode() : body;
    if (!node.isObject()) {
      throw Refusal.invalid(ErrorId.API_INVALID, "The body is no JSON object.");
    }
    return new Fields(node);
  }

  /** A text that must be there; empty after an error. */
  String text(String name, int longest) {
    Optional<String> text = optionalText(name, longest);
    if (text.isEmpty() && absent(name)) {
      flaw(name, MISSING);
    }
    return text.orElse("");
  }

  /** A text. */
  Optional<String> optionalText(String name, int longest) {
    known.add(name);
    if (absent(name)) {
      return Optional.empty();
    }
    JsonNode value = body.get(name);
    if (!value.isString()) {
      flaw(name, "must be a text.");
      return Optional.empty();
    }
    if (value.stringValue().length() > longest) {
      flaw(name, "has more than " + longest + " characters.");
      return Optional.empty();
    }
    if (value.stringValue().indexOf(0) >= 0) {
      flaw(name, "holds a NUL.");
      return Optional.empty();
    }
    return Optional.of(value.stringValue());
  }

  /** A finite figure that must be there; NaN after an error. */
  double figure(String name) {
    known.add(name);
    if (absent(name)) {
      flaw(name, MISSING);
      return Double.NaN;
    }
    JsonNode value = body.get(name);
    if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
      flaw(name, "must be a finite number.");
      return Double.NaN;
    }
    return value.doubleValue();
  }

  /** A whole number in a range, or {@code otherwise} where the field is not there. */
  long whole(String name, long least, long most, long otherwise) {
    known.add(name);
    if (absent(name)) {
      return otherwise;
    }
    JsonNode value = body.get(name);
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < least
        || value.longValue() > most) {
      flaw(name, "must be a whole number between " + least + " and " + most + ".");
      return otherwise;
    }
    return value.longValue();
  }

  /** True or false, which must be there; false after an error. */
  boolean flag(String name) {
    known.add(name);
    if (absent(name) || !body.get(name).isBoolean()) {
      flaw(name, absent(name) ? MISSING : "must be true or false.");
      return false;
    }
    return body.get(name).booleanValue();
  }

  /** One of an enum's names in small letters, which must be there. */
  <E extends Enum<E>> Optional<E> choice(String name, Class<E> type) {
    known.add(name);
    if (absent(name)) {
      flaw(name, MISSING);
      return Optional.empty();
    }
    String given = body.get(name).isString() ? body.get(name).stringValue() : "";
    Optional<E> chosen = choice(type, given);
    if (chosen.isEmpty()) {
      flaw(name, "must be one of " + names(type) + ".");
    }
    return chosen;
  }

  static <E extends Enum<E>> Optional<E> choice(Class<E> type, String given) {
    return Arrays.stream(type.getEnumConstants())
        .filter(value -> value.name().toLowerCase(Locale.ROOT).equals(given))
        .findFirst();
  }

  static String names(Class<? extends Enum<?>> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(value -> value.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }

  /** A list of texts; empty where the field is not there. */
  List<String> texts(String name, int most, int longest) {
    known.add(name);
    if (absent(name)) {
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    JsonNode value = body.get(name);
    if (!value.isArray() || value.size() > most) {
      flaw(name, "must be a list of at most " + most + " texts.");
      return List.of();
    }
    for (JsonNode entry : value) {
      if (!entry.isString() || entry.stringValue().length() > longest) {
        flaw(name, "must hold texts of at most " + longest + " characters.");
        return List.of();
      }
      texts.add(entry.stringValue());
    }
    return texts;
  }

  /** Whether the body has the field, and it is not null. */
  boolean has(String name) {
    known.add(name);
    return !absent(name);
  }

  /** Notes an error. */
  void flaw(String name, String message) {
    flaws.add(new Flaw(name, message));
  }

  /**
   * Ends the reading.
   *
   * @throws Refusal 400 with all errors
   */
  void check() {
    for (String name : body.propertyNames()) {
      if (!known.contains(name)) {
        flaw(name, "is no field of this request.");
      }
    }
    if (!flaws.isEmpty()) {
      throw Refusal.invalid(ErrorId.API_INVALID, flaws);
    }
  }

  private boolean absent(String name) {
    return !body.has(name) || body.get(name).isNull();
  }
}
