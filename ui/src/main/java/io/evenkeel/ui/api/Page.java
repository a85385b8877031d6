package io.evenkeel.ui.api;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.problem.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list, and where the next one begins. A list is read in an order that does not change
 * while it grows, and goes on after the last that was given: nothing comes twice, and what is new
 * in between comes with the next reading from the start.
 *
 * @param items at most as many as were asked for
 * @param next what to send as {@code after} for the next page; null on the last
 */
record Page<T>(List<T> items, @Nullable String next) {
  static final int MOST = 500;
  static final String DEFAULT = "50";

  private static final String SEPARATOR = "\n";

  /** Copies. */
  Page {
    items = List.copyOf(items);
  }

  /**
   * The length of a page.
   *
   * @throws Refusal 400 if it is not between 1 and {@value #MOST}
   */
  static int limit(int wanted) {
    if (wanted < 1 || wanted > MOST) {
      throw Refusal.invalid(
          ErrorId.API_INVALID,
          List.of(new Refusal.Flaw("limit", "must lie between 1 and " + MOST + ".")));
    }
    return wanted;
  }

  /**
   * A page of rows that were read one more than asked for.
   *
   * @param key names a row's place in the order
   */
  static <T> Page<T> of(List<T> oneMore, int limit, Function<T, List<String>> key) {
    if (oneMore.size() <= limit) {
      return new Page<>(oneMore, null);
    }
    List<T> items = oneMore.subList(0, limit);
    String last = String.join(SEPARATOR, key.apply(items.get(limit - 1)));
    return new Page<>(
        items,
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(last.getBytes(StandardCharsets.UTF_8)));
  }

  /** The same page of what its lines become. */
  <R> Page<R> map(Function<T, R> line) {
    return new Page<>(items.stream().map(line).toList(), next);
  }

  /**
   * The place that {@code after} names.
   *
   * @param parts of how many parts a place is
   * @return the parts; empty for the start
   * @throws Refusal 400 if it is none
   */
  static List<String> after(String after, int parts) {
    if (after.isEmpty()) {
      return List.of();
    }
    try {
      String[] read =
          new String(Base64.getUrlDecoder().decode(after), StandardCharsets.UTF_8)
              .split(SEPARATOR, -1);
      if (read.length == parts && after.indexOf(0) < 0) {
        return List.of(read);
      }
    } catch (IllegalArgumentException e) {
      throw noPlace();
    }
    throw noPlace();
  }

  static Refusal noPlace() {
    return Refusal.invalid(
        ErrorId.API_INVALID,
        List.of(new Refusal.Flaw("after", "is not the next of a page of this list.")));
  }
}
