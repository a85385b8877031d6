package io.evenkeel.standalone.replay;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.replay.LogIdentity;
import io.evenkeel.replay.ReplayException;
import io.evenkeel.replay.RunLog;
import io.evenkeel.replay.send.ReplaySender;
import io.evenkeel.replay.send.ReplayedRun;
import io.evenkeel.replay.send.SendReport;
import io.evenkeel.replay.tally.Skipped;
import io.evenkeel.standalone.up.Pipeline;
import io.evenkeel.standalone.up.SignalGuard;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** One run of {@code ./evenkeel replay}. */
final class Replay {
  private static final Duration STALL_LIMIT = Duration.ofSeconds(120);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);
  private static final Duration QUIET = Duration.ofMillis(3_000);
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final int MAX_NAMES = 1_000;

  private final ReplayOptions options;
  private final Clock clock;
  private final PrintStream out;
  private final Ticker ticker;
  private final Stopwatch watch = new Stopwatch();

  Replay(ReplayOptions options, Clock clock, PrintStream out) {
    this.options = options;
    this.clock = clock;
    this.out = out;
    this.ticker = new Ticker(out);
  }

  /** The exit status. */
  int run() {
    try (SignalGuard guard = SignalGuard.ofThisThread()) {
      return replay();
    } catch (ReplayException e) {
      out.println(e.errorId().line(String.valueOf(e.getMessage())));
    } catch (SQLException e) {
      out.println(ErrorId.DB_UNAVAILABLE.line(e.getMessage() + "."));
    } catch (ExecutionException | TimeoutException e) {
      out.println(ErrorId.KAFKA_UNAVAILABLE.line(String.valueOf(e.getMessage()) + "."));
    } catch (IOException e) {
      out.println(e.getMessage());
    } catch (InterruptedException e) {
      return SignalGuard.STOPPED_BY_SIGNAL;
    }
    return 1;
  }

  private int replay()
      throws ReplayException,
          SQLException,
          ExecutionException,
          TimeoutException,
          IOException,
          InterruptedException {
    // Read before anything is started: most mistakes show here.
    LogIdentity identity = identity();
    try (RunLog log = RunLog.open(options.file(), Pipeline.temporary(options.data()), clock)) {
      double reading = watch.lap();
      try (Pipeline pipeline = Pipeline.open(options.data(), Pipeline.Parts.STREAM, out)) {
        ReplayedRuns runs = new ReplayedRuns(pipeline.database());
        ReplayedRun run = new ReplayedRun(name(identity, runs), identity, log.format());
        ticker.line("replay", options.file().getFileName() + " as run " + run.run());
        double startUp = watch.lap();
        return through(
            pipeline, runs, run, log, new Before(reading, startUp, runs.stored(run.run())));
      }
    }
  }

  /** What was before the sending: seconds of reading and of start-up, observations stored. */
  private record Before(double reading, double startUp, long stored) {}

  private LogIdentity identity() throws ReplayException {
    try {
      return LogIdentity.of(options.file());
    } catch (IOException e) {
      throw new ReplayException(
          ErrorId.REPLAY_FILE, options.file() + " cannot be read (" + e.getMessage() + ").");
    }
  }

  /** The run's id: one that this log has already, or that nobody has. */
  private String name(LogIdentity identity, ReplayedRuns runs)
      throws SQLException, ReplayException {
    if (options.run().isPresent()) {
      String wanted = options.run().get();
      if (!isFreeOrTheSame(wanted, identity, runs)) {
        throw new ReplayException(
            ErrorId.REPLAY_OTHER_LOG, "There is a run " + wanted + " that is not this log.");
      }
      return wanted;
    }
    String suggested = identity.suggestedRun();
    String name = suggested;
    for (int i = 2; i < MAX_NAMES && !isFreeOrTheSame(name, identity, runs); i++) {
      name = suggested + "-" + i;
    }
    return name;
  }

  private static boolean isFreeOrTheSame(String run, LogIdentity identity, ReplayedRuns runs)
      throws SQLException {
    return runs.digestOf(run, ReplayedRun.DIGEST_LABEL).map(identity.sha256()::equals).orElse(true);
  }

  private int through(
      Pipeline pipeline, ReplayedRuns runs, ReplayedRun run, RunLog log, Before before)
      throws ReplayException,
          SQLException,
          ExecutionException,
          TimeoutException,
          IOException,
          InterruptedException {
    final SendReport sent;
    final double sending;
    Optional<String> missing;
    try (DrainBarrier barrier =
            new DrainBarrier(
                pipeline.bootstrap(),
                STALL_LIMIT,
                left -> ticker.now("draining", "%,d records to go", left));
        ReplaySender sender =
            ReplaySender.over(
                pipeline.bootstrap(),
                options.pace(),
                clock,
                STALL_LIMIT,
                (count, step) ->
                    ticker.now("sending", "%,d observations, step %,d", count, step))) {
      sent = sender.send(log, run);
      sending = watch.lap();
      missing =
          barrier.await(() -> runs.isJudged(run.run(), sent.lastIncarnation(), sent.lastStep()));
      if (missing.isEmpty()) {
        sender.finish(run);
        awaitClosed(runs, run.run());
        missing = barrier.await(() -> true);
      }
    }
    double draining = watch.lap();
    ReplayReport report =
        new ReplayReport(
            run.run(),
            String.valueOf(options.file().getFileName()),
            log.format().id(),
            sent.lastIncarnation() + 1,
            new ReplayReport.Observations(
                log.tally().values(),
                sent.observations(),
                runs.stored(run.run()),
                runs.stored(run.run()) - before.stored(),
                runs.signalSteps(run.run())),
            log.tally().skipped().stream().map(Replay::skip).toList(),
            new ReplayReport.Seconds(
                watch.total(), before.startUp(), before.reading(), sending, draining),
            runs.alerts(run.run()));
    return conclude(report, missing);
  }

  /**
   * Analytics resolves the open incidents of an ended run two seconds after it has judged its last
   * step: until then more may come.
   */
  private static void awaitClosed(ReplayedRuns runs, String run)
      throws SQLException, InterruptedException {
    long deadline = System.nanoTime() + CLOSE_LIMIT.toNanos();
    long quietSince = System.nanoTime();
    ReplayedRuns.Incidents last = runs.incidents(run);
    while (System.nanoTime() < deadline
        && (last.open() > 0 || System.nanoTime() - quietSince < QUIET.toNanos())) {
      LockSupport.parkNanos(LOOK.toNanos());
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      ReplayedRuns.Incidents now = runs.incidents(run);
      if (!now.equals(last)) {
        last = now;
        quietSince = System.nanoTime();
      }
    }
  }

  private static ReplayReport.Skip skip(Skipped skipped) {
    return new ReplayReport.Skip(
        skipped.reason().id(),
        skipped.reason().errorId().map(ErrorId::id).orElse(null),
        skipped.count(),
        skipped.examples());
  }

  private int conclude(ReplayReport report, Optional<String> missing) throws IOException {
    new ReportText(out).print(report);
    if (options.report().isPresent()) {
      report.write(options.report().get());
      ticker.line("report", options.report().get().toString());
    }
    if (missing.isPresent()) {
      out.println(
          ErrorId.REPLAY_INCOMPLETE.line("Not all has come through: " + missing.get() + "."));
      return 1;
    }
    return 0;
  }
}
