package io.evenkeel.gateway.otlp;

import io.evenkeel.contract.error.ErrorId;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Counts the data points of one export that were refused, and why. Thread-safe. */
final class Tally {

  /** Most reasons that an answer names. */
  private static final int MAX_REASONS = 5;

  private record Reason(ErrorId id, String sentence) {}

  private final Map<Reason, Long> reasons = new LinkedHashMap<>();
  private final Map<ErrorId, Long> refusedById = new EnumMap<>(ErrorId.class);
  private long points;
  private long refused;
  private long unnamed;

  /** Counts a point, refused or not. */
  synchronized void seen() {
    points++;
  }

  /** Refuses a point that was seen. */
  synchronized void refuse(ErrorId id, String sentence) {
    refused++;
    refusedById.merge(id, 1L, Long::sum);
    Reason reason = new Reason(id, sentence);
    if (reasons.containsKey(reason) || reasons.size() < MAX_REASONS) {
      reasons.merge(reason, 1L, Long::sum);
    } else {
      unnamed++;
    }
  }

  /** Points seen, refused ones too. */
  synchronized long points() {
    return points;
  }

  /** Points refused. */
  synchronized long refused() {
    return refused;
  }

  /** Points refused, by the reason's id. */
  synchronized Map<ErrorId, Long> refusedById() {
    return new EnumMap<>(refusedById);
  }

  /** Whether points came, and not one was accepted. */
  synchronized boolean isAllRefused() {
    return refused > 0 && refused == points;
  }

  /** The id of the first reason. */
  synchronized ErrorId firstReason() {
    return reasons.keySet().stream().findFirst().map(Reason::id).orElse(ErrorId.OTLP_POINT);
  }

  /** Why points were refused, for the sender's log; empty if none was. */
  synchronized String sentences() {
    StringBuilder text = new StringBuilder();
    reasons.forEach(
        (reason, count) -> {
          if (!text.isEmpty()) {
            text.append(' ');
          }
          text.append(reason.id().id()).append(": ").append(reason.sentence());
          text.append(" (").append(count).append(count == 1 ? " point)" : " points)");
        });
    if (unnamed > 0) {
      text.append(" And ").append(unnamed).append(" points for other reasons.");
    }
    return text.toString();
  }
}
