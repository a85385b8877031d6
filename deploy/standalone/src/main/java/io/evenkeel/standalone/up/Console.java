package io.evenkeel.standalone.up;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.standalone.supervisor.ServiceListener;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** What a person sees: one line for each thing worth knowing. */
final class Console implements ServiceListener {
  private final PrintStream out;
  private final Path logs;
  private volatile boolean stopping;

  Console(PrintStream out, Path logs) {
    this.out = out;
    this.logs = logs;
  }

  /** A line about one part. */
  synchronized void line(String part, String text) {
    out.printf(Locale.ROOT, "  %-11s %s%n", part, text);
    out.flush();
  }

  /** A line of its own. */
  synchronized void text(String text) {
    out.println(text);
    out.flush();
  }

  /** A service that takes longer than it should. */
  void late(String service) {
    told(
        ErrorId.START_SERVICE_FAILED,
        "%s is not ready yet; the others go on (log: %s)."
            .formatted(service, logs.resolve(service + ".log")));
  }

  /** A trouble that does not stop Evenkeel. */
  synchronized void problem(ErrorId id, String detail) {
    out.println(id.line(detail));
    out.flush();
  }

  /** The same where the detail says already where to look. */
  private synchronized void told(ErrorId id, String detail) {
    out.println(id.id() + ": " + detail);
    out.flush();
  }

  /** From now on services end because they are told to. */
  void stopping() {
    stopping = true;
  }

  @Override
  public void ready(String service, Duration startTime) {
    line(service, "ready in " + seconds(startTime));
  }

  @Override
  public void died(String service, int exitStatus, Duration restartDelay) {
    if (!stopping) {
      told(
          ErrorId.START_SERVICE_FAILED,
          "%s ended with status %d and is started again in %s (log: %s)."
              .formatted(
                  service, exitStatus, seconds(restartDelay), logs.resolve(service + ".log")));
    }
  }

  @Override
  public void notStarted(String service, String reason, Duration restartDelay) {
    told(
        ErrorId.START_SERVICE_FAILED,
        "%s cannot be started (%s) and is tried again in %s."
            .formatted(service, reason, seconds(restartDelay)));
  }

  @Override
  public void givenUp(String service, int restarts) {
    told(
        ErrorId.START_SERVICE_FAILED,
        "%s has failed %d times in a row and is not started again (log: %s)."
            .formatted(service, restarts + 1, logs.resolve(service + ".log")));
  }

  @Override
  public void finished(String service) {
    line(service, "finished");
  }

  static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }
}
