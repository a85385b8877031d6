package io.evenkeel.trainer.ops.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.trainer.tensor.IndexTensor;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class CudaRuntimeTest {
  private EmulatedGpu gpu;
  private CudaRuntime runtime;
  private CudaMemory memory;

  @BeforeEach
  void open() throws CudaUnavailableException {
    gpu = EmulatedGpu.get();
    runtime = CudaRuntime.open(0);
    memory = new CudaMemory(runtime);
  }

  @AfterEach
  void close() {
    if (runtime != null) {
      runtime.close();
    }
  }

  @Test
  void shouldCopyNumbersInAndOutWhenTheyExceedTheStagingBuffer() {
    Tensor x = memory.allocate(Shape.of(3, 70_001));
    double[] values = new double[x.shape().size()];
    Arrays.setAll(values, i -> (float) Math.sin(i));
    assertThat(memory.toArray(x)).containsOnly(0);
    memory.write(x, values);
    assertThat(memory.toArray(x)).isEqualTo(values);
    Tensor y = memory.allocate(x.shape());
    memory.copy(x, y);
    memory.fill(x, Double.NaN);
    assertThat(memory.toArray(y)).isEqualTo(values);
    assertThat(memory.toArray(x)).containsOnly(Double.NaN);
    IndexTensor indices = memory.allocateIndices(Shape.of(4));
    memory.write(indices, new int[] {1, -2, Integer.MAX_VALUE, 0});
    assertThat(memory.toArray(indices)).containsExactly(1, -2, Integer.MAX_VALUE, 0);
    assertThat(memory.allocatedBytes()).isEqualTo(2L * 4 * values.length + 16);
  }

  @Test
  void shouldBringAllStatisticsByOneCopyWhenTheDeviceHasWorked() {
    Tensor x = memory.allocate(Shape.of(3));
    Statistics first = memory.allocateStatistics(7);
    Statistics second = memory.allocateStatistics(2_000);
    Statistics third = memory.allocateStatistics(5);
    long before = gpu.counter("copies-to-host");
    memory.toArray(first);
    memory.toArray(second);
    memory.toArray(third);
    assertThat(gpu.counter("copies-to-host")).isEqualTo(before + 1);
    memory.fill(x, 1);
    memory.toArray(second);
    memory.toArray(third);
    assertThat(gpu.counter("copies-to-host")).isEqualTo(before + 2);
    assertThat(memory.toArray(second)).hasSize(2_000).containsOnly(0);
  }

  @Test
  void shouldRefuseArgumentsThatTheKernelDoesNotTake() {
    Tensor x = memory.allocate(Shape.of(3));
    CudaKernel add = runtime.kernel("add");
    assertThatThrownBy(() -> add.grid(1).block(32).tensor(x).tensor(x).integer(3))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("add takes [ADDRESS, ADDRESS, ADDRESS, INTEGER], not INTEGER at 2");
    assertThatThrownBy(() -> add.grid(1).block(32).tensor(x).tensor(x).tensor(x).launch())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("add takes [ADDRESS, ADDRESS, ADDRESS, INTEGER], got 3 of them");
    assertThatThrownBy(() -> add.grid(1).tensor(x).tensor(x).tensor(x).integer(3).integer(4))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> runtime.kernel("subtract"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("subtract");
  }

  @Test
  void shouldGoOnWhenTheThreadOrTheRuntimeChanges() throws Exception {
    Tensor x = memory.allocate(Shape.of(2));
    try (CudaRuntime other = CudaRuntime.open(0);
        ExecutorService thread = Executors.newSingleThreadExecutor()) {
      Tensor y = new CudaMemory(other).allocate(Shape.of(2));
      memory.fill(x, 2);
      run(thread, () -> memory.write(x, new double[] {1, 2}));
      run(thread, () -> addToItself(other, y));
      addToItself(runtime, x);
      run(thread, () -> addToItself(runtime, x));
      assertThat(memory.toArray(x)).containsExactly(4, 8);
    }
    assertThat(memory.toArray(x)).containsExactly(4, 8);
  }

  /** As the ranks of a run do. */
  @Test
  void shouldComputeWhenSeveralThreadsHaveARuntimeEach() throws Exception {
    List<Callable<double[]>> ranks = Collections.nCopies(3, CudaRuntimeTest::powersOfTwo);
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      for (Future<double[]> rank : threads.invokeAll(ranks)) {
        assertThat(rank.get()).hasSize(1000).containsOnly(1024);
      }
    }
  }

  private static double[] powersOfTwo() throws CudaUnavailableException {
    try (CudaRuntime own = CudaRuntime.open(0)) {
      CudaMemory tensors = new CudaMemory(own);
      Tensor x = tensors.allocate(Shape.of(1000));
      tensors.fill(x, 1);
      for (int i = 0; i < 10; i++) {
        addToItself(own, x);
      }
      return tensors.toArray(x);
    }
  }

  private static void run(ExecutorService thread, Runnable task)
      throws InterruptedException, ExecutionException {
    thread.submit(task).get();
  }

  private static void addToItself(CudaRuntime on, Tensor x) {
    int size = x.shape().size();
    on.kernel("add").stride(size, 32).tensor(x).tensor(x).tensor(x).integer(size).launch();
  }

  @Test
  void shouldAllocateNothingOnTheDeviceWhenAWorkspaceIsLargeEnough() {
    long address = runtime.workspace(1000).address();
    long before = gpu.counter("allocations");
    assertThat(runtime.workspace(1000).address()).isEqualTo(address);
    assertThat(runtime.workspace(10).address()).isEqualTo(address);
    assertThat(gpu.counter("allocations")).isEqualTo(before);
    assertThat(runtime.workspace(2000).bytes()).isEqualTo(2000);
  }

  @Test
  void shouldSayHowMuchIsFreeWhenATensorDoesNotFit() {
    gpu.configure("memory", 1L << 20);
    assertThatThrownBy(() -> memory.allocate(Shape.of(1 << 28)))
        .isInstanceOf(DeviceMemoryException.class)
        .hasMessage(
            "A tensor of 1.00 GiB does not fit: 0.00 of the 4.00 GiB of Emulated GPU are free.");
  }

  @Test
  void shouldFreeEverythingWhenItIsClosed() {
    runtime.workspace(1000);
    memory.allocateStatistics(3);
    memory.allocate(Shape.of(5));
    runtime.close();
    runtime.close();
    assertThat(gpu.counter("live-allocations")).isZero();
    assertThat(gpu.counter("live-modules")).isZero();
    assertThat(gpu.counter("live-contexts")).isZero();
    assertThat(gpu.counter("leaked-allocations")).isZero();
    assertThatThrownBy(() -> memory.allocate(Shape.of(1)))
        .isInstanceOf(IllegalStateException.class);
  }
}
