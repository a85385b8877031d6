package io.evenkeel.trainer.ops.cuda;

import io.evenkeel.trainer.ops.AttentionOps;
import io.evenkeel.trainer.ops.DenseOps;
import io.evenkeel.trainer.ops.LossOps;
import io.evenkeel.trainer.ops.MoeOps;
import io.evenkeel.trainer.ops.OptimizerOps;
import io.evenkeel.trainer.ops.StatisticsOps;
import io.evenkeel.trainer.ops.TensorMemory;
import io.evenkeel.trainer.ops.TensorOps;
import java.nio.file.Path;

/** The backend for an NVIDIA GPU: floats on the device, sums for statistics in double. */
public final class CudaTensorOps implements TensorOps {
  private final CudaRuntime runtime;
  private final GemmPrecision precision;
  private final CudaMemory memory;
  private final CudaDense dense;
  private final CudaAttention attention;
  private final CudaMoe moe;
  private final CudaLosses losses;
  private final CudaStatisticsOps statistics;
  private final CudaOptimizer optimizer;

  private CudaTensorOps(CudaRuntime runtime, GemmPrecision precision) {
    this.runtime = runtime;
    this.precision = precision;
    memory = new CudaMemory(runtime);
    dense = new CudaDense(runtime, precision);
    attention = new CudaAttention(runtime);
    moe = new CudaMoe(runtime, precision);
    losses = new CudaLosses(runtime);
    statistics = new CudaStatisticsOps(runtime);
    optimizer = new CudaOptimizer(runtime);
  }

  /**
   * Opens the first card.
   *
   * @param precision of matrix products; TF32 is quietly FP32 on a card without tensor cores for it
   * @param neededBytes device memory that must be free, 0 if that is not known
   * @throws CudaUnavailableException if there is no card that can do it
   */
  public static CudaTensorOps open(GemmPrecision precision, long neededBytes)
      throws CudaUnavailableException {
    CudaRuntime runtime = CudaRuntime.open(neededBytes);
    try {
      return new CudaTensorOps(
          runtime, runtime.device().isAmpereOrNewer() ? precision : GemmPrecision.FP32);
    } catch (RuntimeException e) {
      runtime.close();
      throw e;
    }
  }

  /**
   * Puts the stand-in driver of src/test/emulator in the place of NVIDIA's, for this whole process.
   * Before anything else of this package is used.
   *
   * @param library its libcuda.so.1
   * @throws CudaUnavailableException if it cannot be loaded
   */
  public static void useEmulator(Path library) throws CudaUnavailableException {
    try {
      // JCuda's library asks for libcuda.so.1 by name, and that is what this one is called.
      System.load(library.toAbsolutePath().toString());
    } catch (UnsatisfiedLinkError e) {
      throw new CudaUnavailableException(
          CudaUnavailableException.Reason.NO_DRIVER, e.getMessage() + ".");
    }
  }

  /** The card. */
  public CudaDevice device() {
    return runtime.device();
  }

  /** How matrix products are computed. */
  public GemmPrecision precision() {
    return precision;
  }

  @Override
  public String name() {
    return runtime.device().isEmulated() ? "cuda-emulated" : "cuda";
  }

  @Override
  public int elementBits() {
    return Float.SIZE;
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
    runtime.close();
  }
}
