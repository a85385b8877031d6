package io.evenkeel.trainer.ops.cuda;

import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.ops.reference.ReferenceTensorOps;
import jcuda.CudaException;

/**
 * Runs in a process of its own, for a process can load one stand-in driver only: exits with 0 when
 * the kernels agree with the reference in both thread orders, with 3 when they do not.
 */
final class BarrierProbe {
  static final int DISAGREES = 3;

  private BarrierProbe() {}

  public static void main(String[] arguments) throws CudaUnavailableException {
    for (int backwards = 0; backwards <= 1; backwards++) {
      EmulatedGpu gpu = EmulatedGpu.get();
      gpu.configure("backwards", backwards);
      gpu.configure("accept-stale", 1);
      try (TensorOps ops = CudaTensorOps.open(GemmPrecision.FP32, 0);
          TensorOps reference = new ReferenceTensorOps()) {
        CudaDenseTest.close(
            CudaDenseTest.embedding(reference, 300, 40, 3),
            CudaDenseTest.embedding(ops, 300, 40, 3));
        CudaDenseTest.close(
            CudaDenseTest.norm(reference, 150, 200), CudaDenseTest.norm(ops, 150, 200));
      } catch (AssertionError | CudaException e) {
        System.out.println("backwards " + backwards + ": " + e.getMessage());
        System.exit(DISAGREES);
      }
    }
    System.exit(0);
  }
}
