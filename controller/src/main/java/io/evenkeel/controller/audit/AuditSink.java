package io.evenkeel.controller.audit;

import io.evenkeel.contract.audit.AuditEntry;

/** Where audit entries go. The edge; must not block. */
public interface AuditSink {

  /** Records. Returns at once. */
  void record(AuditEntry entry);
}
