package io.evenkeel.trainer.ops;

/** A backend: everything that touches the numbers of a tensor. */
public interface TensorOps extends AutoCloseable {
  /** Name in reports and telemetry labels, such as {@code reference} or {@code cpu}. */
  String name();

  /** Bits of one tensor element, 32 or 64. */
  int elementBits();

  /** Storage and copies. */
  TensorMemory memory();

  /** Embedding, norms, linear maps, gates. */
  DenseOps dense();

  /** Rotary positions and causal attention. */
  AttentionOps attention();

  /** Routing and experts. */
  MoeOps moe();

  /** Loss terms. */
  LossOps losses();

  /** Sums and counts for telemetry. */
  StatisticsOps statistics();

  /** Parameter updates. */
  OptimizerOps optimizer();

  /** Releases native memory and threads, if any. */
  @Override
  void close();
}
