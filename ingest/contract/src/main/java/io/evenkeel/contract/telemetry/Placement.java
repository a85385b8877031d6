package io.evenkeel.contract.telemetry;

/** Where a tensor's gradient statistics live among the data-parallel ranks. */
public enum Placement {
  /** Every rank reports the same figures: one rank's count. */
  REPLICATED,
  /** Every rank reports its own shard: figures add up. */
  SHARDED
}
