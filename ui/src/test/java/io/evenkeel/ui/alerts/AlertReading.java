package io.evenkeel.ui.alerts;

import java.util.concurrent.Executors;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads incidents as their page does. */
public final class AlertReading {
  private AlertReading() {}

  /** Those of a run, or of all. */
  public static AlertBook of(JdbcClient database, String run) {
    var executor = Executors.newSingleThreadScheduledExecutor();
    try {
      return new AlertFeed(database, new AlertReader(database), executor).read(run);
    } finally {
      executor.shutdownNow();
    }
  }
}
