package io.evenkeel.trainer.app;

import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.ops.cpu.CpuTensorOps;
import io.evenkeel.trainer.ops.reference.ReferenceTensorOps;

/** The backends that can be asked for by name. */
enum Backends {
  /** Plain loops in double precision. */
  REFERENCE,
  /** Single precision with OpenBLAS. */
  CPU,
  /** The fastest that this machine has. */
  AUTO;

  TensorOps create(int threads) {
    return switch (this) {
      case REFERENCE -> new ReferenceTensorOps();
      case CPU, AUTO -> CpuTensorOps.create(threads);
    };
  }
}
