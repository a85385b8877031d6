package io.evenkeel.gateway.alert;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.gateway.problem.GatewayException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How far a caller has read: the next offset of each partition of the topic, so that every gateway
 * understands it. Written as {@code 0-17_1-3}.
 *
 * @param next next offset by partition; partitions that are not there count as 0
 */
record Cursor(SortedMap<Integer, Long> next) {

  private static final Pattern LEGAL =
      Pattern.compile("(\\d{1,5}-\\d{1,18}(_\\d{1,5}-\\d{1,18}){0,999})?");

  Cursor {
    next = new TreeMap<>(next);
  }

  /**
   * Reads one.
   *
   * @throws GatewayException 400 if it is none
   */
  static Cursor of(String text) {
    if (text.length() > 1 << 14 || !LEGAL.matcher(text).matches()) {
      throw GatewayException.unreadable(
          ErrorId.GATEWAY_REQUEST, "The parameter after is no cursor of this gateway's.");
    }
    SortedMap<Integer, Long> next = new TreeMap<>();
    for (String part : text.isEmpty() ? new String[0] : text.split("_", -1)) {
      int hyphen = part.indexOf('-');
      next.put(
          Integer.parseInt(part.substring(0, hyphen)), Long.parseLong(part.substring(hyphen + 1)));
    }
    return new Cursor(next);
  }

  /** Whether a record lies before it. */
  boolean isBeyond(int partition, long offset) {
    return offset < next.getOrDefault(partition, 0L);
  }

  /** The same, where it is further, as {@code positions}. */
  Cursor advancedTo(Map<Integer, Long> positions) {
    SortedMap<Integer, Long> further = new TreeMap<>(next);
    positions.forEach((partition, offset) -> further.merge(partition, offset, Math::max));
    return new Cursor(further);
  }

  @Override
  public String toString() {
    return next.entrySet().stream()
        .map(entry -> entry.getKey() + "-" + entry.getValue())
        .collect(Collectors.joining("_"));
  }
}
