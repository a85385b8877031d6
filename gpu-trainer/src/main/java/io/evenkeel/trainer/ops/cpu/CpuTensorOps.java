package io.evenkeel.trainer.ops.cpu;

import io.evenkeel.trainer.ops.AttentionOps;
import io.evenkeel.trainer.ops.DenseOps;
import io.evenkeel.trainer.ops.LossOps;
import io.evenkeel.trainer.ops.MoeOps;
import io.evenkeel.trainer.ops.OptimizerOps;
import io.evenkeel.trainer.ops.StatisticsOps;
import io.evenkeel.trainer.ops.TensorMemory;
import io.evenkeel.trainer.ops.TensorOps;

/** The single-precision backend for ordinary processors. */
public final class CpuTensorOps implements TensorOps {
  private final Gemm gemm;
  private final TensorMemory memory = new CpuMemory();
  private final DenseOps dense;
  private final AttentionOps attention;
  private final MoeOps moe;
  private final LossOps losses = new CpuLosses();
  private final StatisticsOps statistics = new CpuStatistics();
  private final OptimizerOps optimizer = new CpuOptimizer();

  private CpuTensorOps(Gemm gemm) {
    this.gemm = gemm;
    dense = new CpuDense(gemm);
    attention = new CpuAttention(gemm);
    moe = new CpuMoe(gemm);
  }

  /**
   * With OpenBLAS where it loads, else with plain loops.
   *
   * @param threads of OpenBLAS, at least 1
   */
  public static CpuTensorOps create(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be >= 1, not " + threads);
    }
    return new CpuTensorOps(OpenBlasGemm.load(threads).orElseGet(LoopGemm::new));
  }

  /** Without any native library. */
  public static CpuTensorOps withPlainLoops() {
    return new CpuTensorOps(new LoopGemm());
  }

  /** What computes matrix products, for people. */
  public String gemmDescription() {
    return gemm.description();
  }

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public int elementBits() {
    return 32;
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
