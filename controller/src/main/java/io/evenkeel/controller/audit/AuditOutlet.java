package io.evenkeel.controller.audit;

import io.evenkeel.contract.audit.AuditEntry;
import java.io.IOException;
import java.util.List;

/** Where audit entries go that must not be lost on the way. The edge; waits. */
public interface AuditOutlet {

  /**
   * Writes entries, and waits until they are safe.
   *
   * @throws IOException if one may not be; some of them may have been written
   */
  void write(List<AuditEntry> entries) throws IOException, InterruptedException;
}
