package io.evenkeel.ui.rules;

import io.evenkeel.analytics.history.Backtest;
import io.evenkeel.analytics.history.StoredSignals;
import io.evenkeel.analytics.history.StoredSteps;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.ui.chart.Point;
import io.evenkeel.ui.security.Access;
import io.evenkeel.ui.security.Role;
import io.evenkeel.ui.store.NoSuchRun;
import io.evenkeel.ui.store.StoreFault;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.stereotype.Component;

/**
 * Tries rules on stored runs, with the code that judges live ones. One at a time, on a thread of
 * its own, as each takes a processor and a connection; a few may wait.
 */
@Component
public class Backtests implements DisposableBean {
  private static final int WAITING = 8;
  private static final long PROGRESS_STEPS = 2_000;

  private final DataSource database;
  private final Access access;
  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          1,
          1,
          1,
          TimeUnit.MINUTES,
          new ArrayBlockingQueue<>(WAITING),
          Thread.ofPlatform().name("backtest").daemon().priority(Thread.MIN_PRIORITY).factory());

  Backtests(DataSource database, Access access) {
    this.database = database;
    this.access = access;
    thread.allowCoreThreadTimeOut(true);
  }

  /** How it goes; called by the thread that does it. */
  public interface Listener {
    /** So many steps were read. */
    void progress(long steps);

    /** It is done. */
    void done(BacktestResult result);

    /** It could not be done. */
    void failed(StoreFault fault);
  }

  /**
   * Begins one.
   *
   * @param rule a rule that {@link RuleChecker} calls fine
   * @param run a stored run
   * @return stops it; may be run more than once
   * @throws org.springframework.security.access.AccessDeniedException if nobody is logged in
   * @throws IllegalStateException if too many wait already
   */
  public Runnable begin(AlertRule rule, String run, Listener listener) {
    access.require(Role.VIEWER);
    var stopped = new AtomicBoolean();
    try {
      thread.execute(() -> attempt(rule, run, listener, stopped));
    } catch (RejectedExecutionException e) {
      throw new IllegalStateException(
          WAITING + " backtests wait already. Try again when one of them is done.", e);
    }
    return () -> stopped.set(true);
  }

  private void attempt(AlertRule rule, String run, Listener listener, AtomicBoolean stopped) {
    if (stopped.get()) {
      return;
    }
    try (Connection connection = database.getConnection()) {
      var backtest = new Backtest(run, List.of(rule));
      StoredSteps.walk(connection, run, new Sink(run, backtest, listener, stopped));
      if (backtest.steps() == 0) {
        listener.failed(StoreFault.of(new NoSuchRun(run)));
      } else {
        listener.done(result(rule, backtest.outcome()));
      }
    } catch (Stopped e) {
      return;
    } catch (SQLException e) {
      var translated = new SQLExceptionSubclassTranslator().translate("backtest", null, e);
      listener.failed(
          StoreFault.of(translated == null ? new IllegalStateException(e) : translated));
    } catch (IOException | RuntimeException e) {
      listener.failed(StoreFault.of(new IllegalStateException(e)));
    }
  }

  private static BacktestResult result(AlertRule rule, Backtest.Outcome outcome) {
    Backtest.Tally tally = outcome.tallies().get(0);
    return new BacktestResult(
        outcome.run(),
        outcome.steps(),
        tally.judgedSteps(),
        tally.values().stream()
            .map(
                bucket ->
                    new Point(
                        bucket.firstStep(),
                        bucket.minimum(),
                        bucket.maximum(),
                        bucket.maximum(),
                        bucket.lastStep() - bucket.firstStep() + 1))
            .toList(),
        Double.isNaN(rule.threshold()) || rule.expression().isBlank() ? null : rule.threshold(),
        outcome.incidents().stream()
            .map(
                hit ->
                    new BacktestResult.Hit(
                        hit.scope(),
                        hit.severity().name().toLowerCase(Locale.ROOT),
                        hit.firedStep(),
                        hit.resolvedStep(),
                        hit.value(),
                        hit.summary()))
            .toList());
  }

  @Override
  public void destroy() {
    thread.shutdownNow();
  }

  /** Nobody wants it any more. */
  private static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private record Sink(String run, Backtest backtest, Listener listener, AtomicBoolean stopped)
      implements StoredSteps.Sink {
    @Override
    public void step(StoredSteps.Step step) {
      if (stopped.get()) {
        throw new Stopped();
      }
      backtest.accept(StoredSignals.of(run, step));
      if (backtest.steps() % PROGRESS_STEPS == 0) {
        listener.progress(backtest.steps());
      }
    }

    @Override
    public void end() {
      // Nothing is held back.
    }
  }
}
