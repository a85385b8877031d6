package io.evenkeel.trainer.ops.reference;

import io.evenkeel.trainer.ops.AttentionOps;
import io.evenkeel.trainer.ops.DenseOps;
import io.evenkeel.trainer.ops.LossOps;
import io.evenkeel.trainer.ops.MoeOps;
import io.evenkeel.trainer.ops.OptimizerOps;
import io.evenkeel.trainer.ops.StatisticsOps;
import io.evenkeel.trainer.ops.TensorMemory;
import io.evenkeel.trainer.ops.TensorOps;

/** The backend of plain loops in double precision. */
public final class ReferenceTensorOps implements TensorOps {
  private final TensorMemory memory = new ReferenceMemory();
  private final DenseOps dense = new ReferenceDense();
  private final AttentionOps attention = new ReferenceAttention();
  private final MoeOps moe = new ReferenceMoe();
  private final LossOps losses = new ReferenceLosses();
  private final StatisticsOps statistics = new ReferenceStatistics();
  private final OptimizerOps optimizer = new ReferenceOptimizer();

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public int elementBits() {
    return 64;
  }

  @Override
  public TensorMemory memory() {
    return memory;
  }

  @Override
  public DenseOps dense() {
    return dense;
  }

  @Override
  public AttentionOps attention() {
    return attention;
  }

  @Override
  public MoeOps moe() {
    return moe;
  }

  @Override
  public LossOps losses() {
    return losses;
  }

  @Override
  public StatisticsOps statistics() {
    return statistics;
  }

  @Override
  public OptimizerOps optimizer() {
    return optimizer;
  }

  @Override
  public void close() {}
}
