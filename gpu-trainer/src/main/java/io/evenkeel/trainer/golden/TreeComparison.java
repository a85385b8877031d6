package io.evenkeel.trainer.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.trainer.golden.Actual.Array;
import io.evenkeel.trainer.golden.Actual.Group;
import io.evenkeel.trainer.golden.Actual.Items;
import io.evenkeel.trainer.golden.Actual.Nothing;
import io.evenkeel.trainer.golden.Actual.Number;
import io.evenkeel.trainer.golden.Actual.Numbers;
import io.evenkeel.trainer.golden.Actual.Unchecked;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares a golden file's tree with what was computed. Every leaf of either side is visited. */
final class TreeComparison {
  private final List<Mismatch> mismatches = new ArrayList<>();
  private long compared;

  List<Mismatch> mismatches() {
    return Collections.unmodifiableList(mismatches);
  }

  /** Numbers compared so far. */
  long compared() {
    return compared;
  }

  void compare(String place, @Nullable JsonNode expected, Actual actual) {
    if (expected == null) {
      differ(place, "a value", "no such key in the file");
      return;
    }
    switch (actual) {
      case Group group -> compareGroup(place, expected, group);
      case Items items -> compareItems(place, expected, items);
      case Number number -> compareNumber(place, expected, number);
      case Numbers numbers -> compareNumbers(place, expected, numbers.values, numbers.tolerance);
      case Array array -> compareArray(place, expected, array);
      case Nothing nothing -> {
        if (!expected.isNull()) {
          differ(place, expected.toString(), "null");
        }
      }
      case Unchecked unchecked -> {}
    }
  }

  private void compareGroup(String place, JsonNode expected, Group group) {
    if (!expected.isObject()) {
      differ(place, kind(expected), "an object");
      return;
    }
    String prefix = place.isEmpty() ? "" : place + "/";
    for (String name : (Iterable<String>) expected::fieldNames) {
      if (!group.members().containsKey(name)) {
        differ(prefix + name, "a key that this check does not know", "nothing to compare");
      }
    }
    group.members().forEach((name, member) -> compare(prefix + name, expected.get(name), member));
  }

  private void compareItems(String place, JsonNode expected, Items items) {
    if (!hasLength(place, expected, items.members().size())) {
      return;
    }
    for (int i = 0; i < items.members().size(); i++) {
      compare(place + "[" + i + "]", expected.get(i), items.members().get(i));
    }
  }

  private void compareArray(String place, JsonNode expected, Array array) {
    Group shell =
        new Group()
            .with("shape", Actual.integers(array.shape.extents()))
            .with("data", new Numbers(array.values, array.tolerance));
    compareGroup(place, expected, shell);
  }

  private void compareNumber(String place, JsonNode expected, Number number) {
    if (!expected.isNumber()) {
      differ(place, expected.toString(), Double.toString(number.value()));
      return;
    }
    compareValue(
        place,
        expected.doubleValue(),
        number.value(),
        number.tolerance(),
        Math.abs(expected.doubleValue()));
  }

  private void compareNumbers(
      String place, JsonNode expected, double[] values, Tolerance tolerance) {
    if (!hasLength(place, expected, values.length)) {
      return;
    }
    double max = 0;
    for (JsonNode entry : expected) {
      double magnitude = Math.abs(entry.doubleValue());
      max = Double.isFinite(magnitude) ? Math.max(max, magnitude) : max;
    }
    for (int i = 0; i < values.length; i++) {
      String at = place + "[" + i + "]";
      JsonNode entry = expected.get(i);
      if (entry.isNumber()) {
        compareValue(at, entry.doubleValue(), values[i], tolerance, max);
      } else {
        differ(at, entry.toString(), Double.toString(values[i]));
      }
    }
  }

  private void compareValue(
      String place, double expected, double found, Tolerance tolerance, double max) {
    compared++;
    // Double.compare: NaN equals NaN, and an infinity itself.
    if (Double.compare(expected, found) == 0) {
      return;
    }
    double allowed = tolerance.allowed(expected, max);
    if (!(Math.abs(expected - found) <= allowed)) {
      mismatches.add(
          new Mismatch(
              place, Double.toString(expected), Double.toString(found), Double.toString(allowed)));
    }
  }

  private boolean hasLength(String place, JsonNode expected, int length) {
    if (!expected.isArray() || expected.size() != length) {
      differ(place, kind(expected), "a list of " + length);
      return false;
    }
    return true;
  }

  private static String kind(JsonNode node) {
    return node.isArray() ? "a list of " + node.size() : node.getNodeType().toString();
  }

  private void differ(String place, String expected, String found) {
    mismatches.add(new Mismatch(place, expected, found, ""));
  }
}
