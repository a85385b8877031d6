package io.evenkeel.trainer.checkpoint;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A configuration record as names and texts, so that two can be compared and their differences
 * told.
 */
public final class Fingerprint {
  private Fingerprint() {}

  /**
   * Every leaf of a record by its dotted path, such as {@code optimizer.beta1}.
   *
   * @param passedOver paths, with all below them, that are left out
   */
  public static Map<String, String> of(Record configuration, Set<String> passedOver) {
    Map<String, String> leaves = new LinkedHashMap<>();
    flatten("", configuration, passedOver, leaves);
    return leaves;
  }

  private static void flatten(
      String path, @Nullable Object value, Set<String> passedOver, Map<String, String> into) {
    if (passedOver.contains(path)) {
      return;
    }
    switch (value) {
      case Record nested -> {
        if (!path.isEmpty()) {
          // One alternative of several may have the same components as another.
          into.put(path, nested.getClass().getSimpleName());
        }
        for (RecordComponent component : nested.getClass().getRecordComponents()) {
          String child = path.isEmpty() ? component.getName() : path + "." + component.getName();
          flatten(child, read(nested, component), passedOver, into);
        }
      }
      case List<?> list -> {
        for (int i = 0; i < list.size(); i++) {
          flatten(path + "[" + i + "]", list.get(i), passedOver, into);
        }
      }
      case null, default -> into.put(path, String.valueOf(value));
    }
  }

  private static @Nullable Object read(Record record, RecordComponent component) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(record);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("a component of a record cannot be read", e);
    }
  }

  /** What differs between two, one entry each such as {@code optimizer.beta1 0.9, not 0.8}. */
  public static List<String> differences(Map<String, String> now, Map<String, String> then) {
    Set<String> names = new TreeSet<>(now.keySet());
    names.addAll(then.keySet());
    return names.stream()
        .filter(name -> !now.getOrDefault(name, "").equals(then.getOrDefault(name, "")))
        .map(
            name ->
                name
                    + " "
                    + now.getOrDefault(name, "unset")
                    + ", not "
                    + then.getOrDefault(name, "unset"))
        .toList();
  }

  /** SHA-256 over both, in hexadecimal. */
  static String digest(Map<String, String> model, Map<String, String> course) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Map<String, String> part : List.of(model, course)) {
        part.forEach(
            (name, value) ->
                digest.update((name + "=" + value + "\n").getBytes(StandardCharsets.UTF_8)));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
