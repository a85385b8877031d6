package io.evenkeel.writer.app;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.writer.metrics.WriterMetrics;
import io.evenkeel.writer.upkeep.UpkeepListener;
import java.util.Optional;

/** What upkeep tells, in the writer's metrics. */
record UpkeepMetrics(WriterMetrics metrics) implements UpkeepListener {

  @Override
  public void failed(String task, ErrorId errorId) {
    metrics.upkeepFailed(task, errorId);
  }

  @Override
  public void backlog(Optional<Backlog> backlog) {
    backlog.ifPresentOrElse(
        known -> metrics.rollupBacklog(known.blocks(), known.overdue().toMillis() / 1e3),
        metrics::rollupBacklogUnknown);
  }
}
