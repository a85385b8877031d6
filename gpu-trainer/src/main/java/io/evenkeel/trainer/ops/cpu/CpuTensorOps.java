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
  private final WorkerPool pool;
  private final TensorMemory memory = new CpuMemory();
  private final DenseOps dense;
  private final AttentionOps attention;
  private final MoeOps moe;
  private final LossOps losses;
  private final StatisticsOps statistics;
  private final OptimizerOps optimizer;

  private CpuTensorOps(Gemm gemm, int threads) {
    this.gemm = gemm;
    pool = new WorkerPool(threads);
    Products products = new Products(gemm);
    SquareSums squareSums = new SquareSums(pool);
    dense = new CpuDense(pool, products);
    attention = new CpuAttention(pool, gemm);
    moe = new CpuMoe(pool, products);
    losses = new CpuLosses(pool);
    statistics = new CpuStatistics(pool, squareSums);
    optimizer = new CpuOptimizer(pool, squareSums);
  }

  /**
   * With OpenBLAS where it loads, else with plain loops. Results do not depend on the number of
   * threads.
   *
   * @param threads that compute, with the caller's; at least 1
   */
  public static CpuTensorOps create(int threads) {
    return new CpuTensorOps(OpenBlasGemm.load().orElseGet(LoopGemm::new), checked(threads));
  }

  /** With as many threads as the machine has processors. */
  public static CpuTensorOps create() {
    return create(Runtime.getRuntime().availableProcessors());
  }

  /** Without any native library, on the caller's thread alone. */
  public static CpuTensorOps withPlainLoops() {
    return withPlainLoops(1);
  }

  /** Without any native library. */
  public static CpuTensorOps withPlainLoops(int threads) {
    return new CpuTensorOps(new LoopGemm(), checked(threads));
  }

  private static int checked(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be >= 1, not " + threads);
    }
    return threads;
  }

  /** What computes matrix products, for people. */
  public String gemmDescription() {
    return gemm.description() + ", threads " + pool.threads();
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
  public void close() {
    pool.close();
  }
}
