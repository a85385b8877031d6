package io.evenkeel.controller.notify;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import java.time.Instant;
import java.util.Map;

/** The notice that tries a receiver. */
public final class TestNotice {

  private TestNotice() {}

  /** A notice of severity info that says that nothing is wrong. */
  public static Notice of(Instant now) {
    return Notice.of(
        new AlertEvent(
            "test-" + now.toEpochMilli(),
            "test-run",
            0,
            "test-notice",
            "run",
            AlertState.FIRING,
            Severity.INFO,
            1,
            1,
            1,
            1,
            "This is a test of Evenkeel's alert delivery. Nothing is wrong.",
            Map.of("test", "true"),
            now,
            now),
        now);
  }
}
