package io.evenkeel.controller.audit;

import io.evenkeel.contract.audit.AuditEntry;
import io.evenkeel.contract.audit.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Records decisions, and keeps the trail readable: of the same refusal for the same knob one entry
 * a minute, which says how many it stands for.
 */
public final class AuditTrail {

  private static final Duration REPEAT = Duration.ofSeconds(60);
  private static final int MAX_REASONS = 10_000;

  private record Key(String run, String actor, String knob, String scope, String errorId) {}

  private record Seen(Instant at, long suppressed) {}

  private final AuditSink sink;
  private final Map<Key, Seen> blocked =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Seen> eldest) {
          return size() > MAX_REASONS;
        }
      };

  /** Records into {@code sink}. */
  public AuditTrail(AuditSink sink) {
    this.sink = sink;
  }

  /** Records an entry, or counts it when it repeats a refusal. */
  public void record(AuditEntry entry) {
    if (entry.decision() != Decision.BLOCKED) {
      sink.record(entry);
      return;
    }
    Key key = new Key(entry.run(), entry.actor(), entry.knob(), entry.scope(), entry.errorId());
    Seen seen = blocked.get(key);
    if (seen != null && entry.wallTime().isBefore(seen.at().plus(REPEAT))) {
      blocked.put(key, new Seen(seen.at(), seen.suppressed() + 1));
      return;
    }
    blocked.put(key, new Seen(entry.wallTime(), 0));
    sink.record(
        seen == null || seen.suppressed() == 0 ? entry : withRepeats(entry, seen.suppressed()));
  }

  private static AuditEntry withRepeats(AuditEntry entry, long repeats) {
    Map<String, Double> evidence = new LinkedHashMap<>(entry.evidence());
    evidence.put("repeats_not_shown", (double) repeats);
    return new AuditEntry(
        entry.auditId(),
        entry.run(),
        entry.incarnation(),
        entry.step(),
        entry.wallTime(),
        entry.actor(),
        entry.decision(),
        entry.mode(),
        entry.knob(),
        entry.scope(),
        entry.from(),
        entry.to(),
        entry.reason(),
        entry.errorId(),
        evidence,
        entry.command());
  }
}
