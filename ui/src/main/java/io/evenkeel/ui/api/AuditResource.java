package io.evenkeel.ui.api;

import com.fasterxml.jackson.annotation.JsonRawValue;
import io.evenkeel.ui.control.AuditLine;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A line of the audit trail as the API tells it; fields as in {@link AuditLine}.
 *
 * @param evidence signals and thresholds that it rests on, as they were stored; null where the list
 *     leaves them out
 */
record AuditResource(
    String auditId,
    String run,
    int incarnation,
    long step,
    @Nullable Instant at,
    String actor,
    String decision,
    String mode,
    String knob,
    String scope,
    @Nullable Double from,
    @Nullable Double to,
    String reason,
    String errorId,
    @JsonRawValue @Nullable String evidence) {

  static AuditResource of(AuditLine line, String evidence) {
    return new AuditResource(
        line.auditId(),
        line.run(),
        line.incarnation(),
        line.step(),
        line.at(),
        line.actor(),
        line.decision(),
        line.mode(),
        line.knob(),
        line.scope(),
        line.from(),
        line.to(),
        line.reason(),
        line.errorId(),
        evidence.isEmpty() ? null : evidence);
  }
}
