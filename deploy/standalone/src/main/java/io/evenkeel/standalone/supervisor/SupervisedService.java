package io.evenkeel.standalone.supervisor;

import io.evenkeel.embedded.ChildLauncher;
import io.evenkeel.embedded.ChildLauncher.DeathSignal;
import io.evenkeel.embedded.PortTakenException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One child process, kept running until it is stopped.
 *
 * <p>Its output goes to {@code LOGS/<name>.log}, its process id to {@code RUN/<name>.pid} while it
 * runs.
 */
public final class SupervisedService {
  private static final long LOG_LIMIT_BYTES = 8L << 20;

  private final ServiceSpec spec;
  private final Backoff backoff;
  private final ServiceListener listener;
  private final PidFile pidFile;
  private final BoundedLog log;
  private final CompletableFuture<Duration> ready = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable Process process;
  private volatile boolean workDone;
  private volatile boolean portTaken;
  private int failuresInARow;

  /**
   * Does not start it yet.
   *
   * @param spec what to run
   * @param logs folder of the log files; must exist
   * @param run folder of the pid files; must exist
   * @param backoff delays between restarts
   * @param listener hears what happens
   */
  public SupervisedService(
      ServiceSpec spec, Path logs, Path run, Backoff backoff, ServiceListener listener) {
    this.spec = spec;
    this.backoff = backoff;
    this.listener = listener;
    this.pidFile = new PidFile(run.resolve(spec.name() + ".pid"));
    this.log = new BoundedLog(logs.resolve(spec.name() + ".log"), LOG_LIMIT_BYTES);
    this.thread =
        Thread.ofPlatform().daemon().name("service-" + spec.name()).unstarted(this::keepRunning);
  }

  /** Name of the service. */
  public String name() {
    return spec.name();
  }

  /** Starts it; to be called once. */
  public void start() {
    thread.start();
  }

  /** Completes with the time the first start took, when the first ready line comes. */
  public CompletableFuture<Duration> ready() {
    return ready.copy();
  }

  /** Waits until it has ended for good: its work is done, it was given up, or it was stopped. */
  public void awaitEnd() throws InterruptedException {
    thread.join();
  }

  /** Whether it has ended because its work is done. */
  public boolean isWorkDone() {
    return workDone;
  }

  /**
   * Whether it has ended for good because somebody else has its port, before it was ever ready:
   * nobody knows its port yet, so that one on another port can take its place.
   */
  public boolean isPortTaken() {
    return portTaken;
  }

  /** Process id while a process runs. */
  public Optional<Long> pid() {
    Process running = process;
    return running == null || !running.isAlive() ? Optional.empty() : Optional.of(running.pid());
  }

  /**
   * Waits for the first ready line, as long as the service's limit says.
   *
   * @return whether it came
   */
  public boolean awaitReady() throws InterruptedException {
    long deadline = System.nanoTime() + spec.readyLimit().toNanos();
    while (!ready.isDone() && !ended.isDone() && System.nanoTime() < deadline) {
      try {
        CompletableFuture.anyOf(ready, ended)
            .get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (java.util.concurrent.TimeoutException | java.util.concurrent.ExecutionException e) {
        break;
      }
    }
    return ready.isDone();
  }

  /**
   * Stops it: SIGTERM, and SIGKILL when that does not do within the grace time. Returns when it has
   * ended.
   *
   * @param grace time for a clean stop
   */
  public void stop(Duration grace) {
    stopping.countDown();
    Process running = process;
    if (running != null) {
      running.toHandle().destroy();
    }
    if (thread.getState() == Thread.State.NEW) {
      ended.complete(null);
      return;
    }
    try {
      if (!thread.join(grace)) {
        Process stubborn = process;
        if (stubborn != null) {
          log.line("does not stop within " + grace.toMillis() + " ms: killed");
          stubborn.destroyForcibly();
        }
        thread.join(Duration.ofSeconds(5));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    log.close();
  }

  private void keepRunning() {
    Duration delay = Duration.ZERO;
    try {
      while (stopping.getCount() > 0) {
        long started = System.nanoTime();
        Exit exit = runOnce(started);
        if (stopping.getCount() == 0) {
          return;
        }
        if (exit.done(spec.restart())) {
          workDone = true;
          listener.finished(spec.name());
          return;
        }
        if (exit.portTaken() && !ready.isDone()) {
          portTaken = true;
          return;
        }
        if (Duration.ofNanos(System.nanoTime() - started).compareTo(backoff.healthy()) >= 0) {
          failuresInARow = 0;
        }
        if (failuresInARow++ >= spec.restartLimit()) {
          listener.givenUp(spec.name(), spec.restartLimit());
          return;
        }
        delay = backoff.next(delay, Duration.ofNanos(System.nanoTime() - started));
        exit.tell(listener, spec.name(), delay);
        if (stopping.await(delay.toNanos(), TimeUnit.NANOSECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      pidFile.remove();
      ended.complete(null);
    }
  }

  private Exit runOnce(long started) throws InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(ChildLauncher.bound(DeathSignal.TERM, spec.command()));
    builder.environment().putAll(spec.environment());
    builder.redirectErrorStream(true);
    Process child;
    try {
      child = ChildLauncher.start(builder);
    } catch (IOException e) {
      return new Exit(null, String.valueOf(e.getMessage()));
    }
    process = child;
    if (stopping.getCount() == 0) {
      child.toHandle().destroy();
    }
    pidFile.write(child);
    copyOutput(child, started);
    int status = child.waitFor();
    process = null;
    log.line("ended with status " + status);
    return new Exit(status, "");
  }

  private void copyOutput(Process child, long started) {
    try (BufferedInputStream output = new BufferedInputStream(child.getInputStream())) {
      LineReader lines = new LineReader(output);
      for (var line = lines.next(); line.isPresent(); line = lines.next()) {
        log.line(line.get());
        if (line.get().equals(spec.readyLine())) {
          failuresInARow = 0;
          Duration time = Duration.ofNanos(System.nanoTime() - started);
          listener.ready(spec.name(), time);
          ready.complete(time);
        }
      }
    } catch (IOException e) {
      // The pipe of a killed child may break instead of ending; the exit status says the rest.
      log.line("output lost: " + e.getMessage());
    }
  }

  /** How one life ended: with a status, or before it began. */
  private record Exit(@Nullable Integer status, String reason) {
    boolean done(ServiceSpec.Restart restart) {
      return restart == ServiceSpec.Restart.ON_FAILURE
          && status != null
          && (status == 0 || status == ServiceSpec.DONE_UNREPORTED);
    }

    boolean portTaken() {
      return status != null && status == PortTakenException.EXIT_STATUS;
    }

    void tell(ServiceListener listener, String service, Duration delay) {
      if (status == null) {
        listener.notStarted(service, reason, delay);
      } else {
        listener.died(service, status, delay);
      }
    }
  }

  /**
   * Removes what an earlier supervisor, killed together with its means to stop children, has left
   * running.
   */
  public static void stopOrphans(Path run) throws IOException {
    if (!Files.isDirectory(run)) {
      return;
    }
    try (var files = Files.newDirectoryStream(run, "*.pid")) {
      for (Path file : files) {
        new PidFile(file).stopOrphan();
      }
    }
  }
}
