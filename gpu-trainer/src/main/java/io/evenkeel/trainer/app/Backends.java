package io.evenkeel.trainer.app;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.ops.cpu.CpuTensorOps;
import io.evenkeel.trainer.ops.reference.ReferenceTensorOps;

/** The backends that can be asked for by name. */
enum Backends {
  /** Plain loops in double precision. */
  REFERENCE,
  /** Single precision with OpenBLAS. */
  CPU,
  /** A GPU. */
  CUDA,
  /** The fastest that this machine has. */
  AUTO;

  /** Opens it, or tells in one line why it cannot be. */
  TensorOps create(int threads) throws UnusableException {
    return switch (this) {
      case REFERENCE -> new ReferenceTensorOps();
      case CPU, AUTO -> CpuTensorOps.create(threads);
      case CUDA ->
          throw new UnusableException(
              ErrorId.TRAINER_NO_DEVICE, "This release computes on the CPU alone.");
    };
  }
}
