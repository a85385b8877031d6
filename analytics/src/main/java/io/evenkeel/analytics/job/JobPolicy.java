package io.evenkeel.analytics.job;

import io.evenkeel.analytics.detect.WatchPolicy;
import io.evenkeel.analytics.signal.MergePolicy;

/**
 * How long the job waits.
 *
 * @param merge for ranks
 * @param watch for runs
 */
public record JobPolicy(MergePolicy merge, WatchPolicy watch) {

  /** The defaults of both. */
  public static final JobPolicy DEFAULT = new JobPolicy(MergePolicy.DEFAULT, WatchPolicy.DEFAULT);
}
