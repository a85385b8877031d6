package io.evenkeel.trainer.ops.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.ops.TensorOpsContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;

/**
 * The contract of all backends on the emulated GPU, with the threads of a block run forwards and
 * backwards: a missing barrier gives wrong numbers in one of the two.
 */
final class EmulatedCudaTensorOpsTest {
  private abstract static class Emulated extends TensorOpsContract {
    private final int backwards;
    private CudaTensorOps ops;
    private long allocatedBefore;

    Emulated(int backwards) {
      this.backwards = backwards;
    }

    @BeforeEach
    void open() throws CudaUnavailableException {
      EmulatedGpu gpu = EmulatedGpu.get();
      gpu.configure("backwards", backwards);
      allocatedBefore = gpu.counter("live-allocations");
      ops = CudaTensorOps.open(GemmPrecision.FP32, 0);
    }

    @AfterEach
    void closeWithoutLeaks() {
      if (ops != null) {
        ops.close();
        assertThat(EmulatedGpu.get().counter("live-allocations")).isEqualTo(allocatedBefore);
        assertThat(EmulatedGpu.get().counter("leaked-allocations")).isZero();
      }
    }

    @Override
    protected TensorOps ops() {
      return ops;
    }
  }

  @Nested
  final class Forwards extends Emulated {
    Forwards() {
      super(0);
    }
  }

  @Nested
  final class Backwards extends Emulated {
    Backwards() {
      super(1);
    }
  }
}
