package io.evenkeel.ui.runs;

import io.evenkeel.ui.labels.RunLabels;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A feed that never ticks: its threads have ended. */
public final class QuietFeed {
  private QuietFeed() {}

  /** The feed. */
  public static RunFeed of(RunLabels labels) {
    ScheduledExecutorService pollers = Executors.newScheduledThreadPool(1);
    ((java.util.concurrent.ScheduledThreadPoolExecutor) pollers)
        .setRejectedExecutionHandler((task, executor) -> {});
    pollers.shutdown();
    var nowhere = new DriverManagerDataSource("jdbc:postgresql://127.0.0.1:1/none");
    return new RunFeed(new RunsReader(JdbcClient.create(nowhere)), labels, pollers);
  }
}
