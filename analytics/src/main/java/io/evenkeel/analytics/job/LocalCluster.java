package io.evenkeel.analytics.job;

import io.evenkeel.contract.error.ErrorId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the job in this JVM, on a MiniCluster, from the newest checkpoint that can be restored. Its
 * memory is small: the state of a run is. Not thread-safe but for {@link #stop}.
 */
final class LocalCluster {

  private static final Logger LOG = LoggerFactory.getLogger(LocalCluster.class);
  private static final long POLL_MILLIS = 50;
  private static final long LAST_CHECKPOINT_SECONDS = 2;

  private final MiniCluster cluster;
  private final CheckpointFolder checkpoints;
  private volatile JobID job = new JobID();

  private LocalCluster(MiniCluster cluster, CheckpointFolder checkpoints) {
    this.cluster = cluster;
    this.checkpoints = checkpoints;
  }

  /** What a MiniCluster on {@code config}'s folder needs, on top of the job's own settings. */
  static Configuration settings(AnalyticsConfig config) throws IOException {
    Path temporary = config.data().resolve("tmp");
    CheckpointFolder.delete(temporary);
    Configuration settings = StabilityJob.settings(config.checkpointInterval());
    settings.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints(config).path().toUri().toString());
    settings.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    settings.set(StateBackendOptions.STATE_BACKEND, "hashmap");
    settings.set(CoreOptions.TMP_DIRS, java.nio.file.Files.createDirectories(temporary).toString());
    settings.set(CoreOptions.DEFAULT_PARALLELISM, config.slots());
    settings.set(RestOptions.BIND_PORT, "0");
    settings.set(RestOptions.ADDRESS, "localhost");
    MemorySize network = MemorySize.ofMebiBytes(16L * config.slots());
    settings.set(TaskManagerOptions.NETWORK_MEMORY_MIN, network);
    settings.set(TaskManagerOptions.NETWORK_MEMORY_MAX, network);
    settings.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(8));
    settings.set(TaskManagerOptions.TASK_HEAP_MEMORY, MemorySize.ofMebiBytes(128));
    settings.set(TaskManagerOptions.TASK_OFF_HEAP_MEMORY, MemorySize.ofMebiBytes(16));
    return settings;
  }

  /** A cluster that runs and has no job yet. */
  static LocalCluster start(AnalyticsConfig config, Configuration settings) throws Exception {
    CheckpointFolder checkpoints = checkpoints(config);
    checkpoints.prune();
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(settings)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(config.slots())
                .build());
    cluster.start();
    return new LocalCluster(cluster, checkpoints);
  }

  /**
   * Submits the job, from the newest checkpoint that can be restored, and waits until all its tasks
   * run.
   */
  void run(StreamExecutionEnvironment env) throws Exception {
    JobGraph graph = env.getStreamGraph(false).getJobGraph();
    List<Path> candidates = checkpoints.complete();
    for (Path candidate : candidates) {
      if (runFrom(
          graph,
          SavepointRestoreSettings.forPath(
              candidate.toUri().toString(), false, RecoveryClaimMode.CLAIM))) {
        LOG.info("Restored from {}.", candidate.getFileName());
        return;
      }
      LOG.error(
          ErrorId.ANALYTICS_STATE.line(
              "The checkpoint " + candidate.getFileName() + " cannot be restored."));
    }
    if (!runFrom(graph, SavepointRestoreSettings.none())) {
      throw new IllegalStateException("the job cannot be started");
    }
  }

  private boolean runFrom(JobGraph graph, SavepointRestoreSettings from) throws Exception {
    graph.setJobID(new JobID());
    graph.setSavepointRestoreSettings(from);
    job = graph.getJobID();
    try {
      cluster.submitJob(graph).get();
      while (!allTasksRun()) {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      }
      return true;
    } catch (ExecutionException | JobFailed e) {
      LOG.debug("The job could not be started.", e);
      return false;
    }
  }

  /** Waits for the end of the job, which a healthy one never comes to. */
  JobResult awaitEnd() throws ExecutionException, InterruptedException {
    return cluster.requestJobResult(job).get();
  }

  /** Takes a last checkpoint, ends the job and keeps the checkpoint; within some four seconds. */
  void stop() {
    try {
      cluster
          .triggerCheckpoint(job, CheckpointType.FULL)
          .get(LAST_CHECKPOINT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException | IllegalStateException e) {
      LOG.info("No last checkpoint: the next start goes on from the one before.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      cluster.cancelJob(job).get(1, TimeUnit.SECONDS);
      cluster.requestJobResult(job).get(1, TimeUnit.SECONDS);
      cluster.closeAsync().get(1, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException | IllegalStateException e) {
      LOG.info("The job did not end in time.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean allTasksRun() throws ExecutionException, InterruptedException, JobFailed {
    AccessExecutionGraph graph = cluster.getExecutionGraph(job).get();
    if (graph.getState() == JobStatus.FAILED || graph.getFailureInfo() != null) {
      throw new JobFailed(String.valueOf(graph.getFailureInfo()));
    }
    int tasks = 0;
    for (AccessExecutionVertex vertex : graph.getAllExecutionVertices()) {
      tasks++;
      if (vertex.getExecutionState() != ExecutionState.RUNNING) {
        return false;
      }
    }
    return tasks > 0;
  }

  private static CheckpointFolder checkpoints(AnalyticsConfig config) {
    return new CheckpointFolder(config.data().resolve("checkpoints"));
  }

  /** The job failed before it ran. */
  private static final class JobFailed extends Exception {
    private static final long serialVersionUID = 1L;

    JobFailed(String message) {
      super(message);
    }
  }
}
