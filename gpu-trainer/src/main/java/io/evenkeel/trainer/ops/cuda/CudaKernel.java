package io.evenkeel.trainer.ops.cuda;

import io.evenkeel.trainer.ops.cuda.PtxEntry.Kind;
import io.evenkeel.trainer.tensor.IndexTensor;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;

/**
 * A kernel and its next launch: {@code kernel.grid(x).block(256).tensor(a).integer(n).launch()},
 * one call an argument, in the order of the kernel's parameters. The arguments are held against the
 * types that the PTX declares. Launching allocates nothing on the Java heap.
 */
final class CudaKernel {
  private static final int SLOT = 8;

  /** Most blocks along x that a grid-stride kernel is given: enough to fill any card. */
  private static final int STRIDE_BLOCKS = 4096;

  private final CudaRuntime runtime;
  private final CUfunction function;
  private final PtxEntry entry;
  private final ByteBuffer arguments;
  private final Pointer argumentPointers;
  private final @Nullable CUstream onlyStream = null;
  private int next;
  private int gridX = 1;
  private int gridY = 1;
  private int gridZ = 1;
  private int blockX = 1;
  private int blockY = 1;
  private int blockZ = 1;

  CudaKernel(CudaRuntime runtime, CUfunction function, PtxEntry entry) {
    this.runtime = runtime;
    this.function = function;
    this.entry = entry;
    int parameters = entry.parameters().size();
    arguments = ByteBuffer.allocateDirect(SLOT * parameters).order(ByteOrder.nativeOrder());
    ByteBuffer pointers =
        ByteBuffer.allocateDirect(SLOT * parameters).order(ByteOrder.nativeOrder());
    long start = MemorySegment.ofBuffer(arguments).address();
    for (int i = 0; i < parameters; i++) {
      pointers.putLong(SLOT * i, start + (long) SLOT * i);
    }
    argumentPointers = Pointer.to(pointers);
  }

  /** Begins a launch of that many blocks. */
  CudaKernel grid(int x, int y, int z) {
    gridX = x;
    gridY = y;
    gridZ = z;
    next = 0;
    return this;
  }

  /** Begins a launch of that many blocks. */
  CudaKernel grid(int x, int y) {
    return grid(x, y, 1);
  }

  /** Begins a launch of that many blocks. */
  CudaKernel grid(int x) {
    return grid(x, 1, 1);
  }

  /** Threads a block; at most 1024 in all. */
  CudaKernel block(int x, int y, int z) {
    blockX = x;
    blockY = y;
    blockZ = z;
    return this;
  }

  /** Threads a block; at most 1024 in all. */
  CudaKernel block(int x, int y) {
    return block(x, y, 1);
  }

  /** Threads a block; at most 1024. */
  CudaKernel block(int x) {
    return block(x, 1, 1);
  }

  /**
   * Begins a launch of a grid-stride kernel over {@code elements}, in blocks of {@code threads}.
   */
  CudaKernel stride(int elements, int threads) {
    return grid(Math.min(STRIDE_BLOCKS, blocks(elements, threads))).block(threads);
  }

  /** Blocks of {@code size} that cover {@code elements}. */
  static int blocks(int elements, int size) {
    return Math.ceilDiv(elements, size);
  }

  /** A {@code float*}. */
  CudaKernel tensor(Tensor tensor) {
    return address(CudaTensor.of(tensor).buffer().address());
  }

  /** An {@code int*}. */
  CudaKernel indices(IndexTensor tensor) {
    return address(CudaIndexTensor.of(tensor).buffer().address());
  }

  /** A {@code double*} to the entry {@code at}. */
  CudaKernel statistics(Statistics statistics, int at) {
    return address(CudaStatistics.of(statistics).address(at));
  }

  /** A pointer to device memory. */
  CudaKernel device(CudaBuffer buffer) {
    return address(buffer.address());
  }

  /** A pointer into device memory. */
  CudaKernel device(CudaBuffer buffer, long offsetBytes) {
    return address(buffer.address() + offsetBytes);
  }

  private CudaKernel address(long value) {
    arguments.putLong(slot(Kind.ADDRESS), value);
    return this;
  }

  /** An {@code int}. */
  CudaKernel integer(int value) {
    arguments.putInt(slot(Kind.INTEGER), value);
    return this;
  }

  /** A {@code float}; rounded. */
  CudaKernel real(double value) {
    arguments.putFloat(slot(Kind.FLOAT), (float) value);
    return this;
  }

  /** A {@code double}. */
  CudaKernel precise(double value) {
    arguments.putDouble(slot(Kind.DOUBLE), value);
    return this;
  }

  private int slot(Kind given) {
    if (next >= entry.parameters().size() || entry.parameters().get(next) != given) {
      throw new IllegalStateException(
          entry.name() + " takes " + entry.parameters() + ", not " + given + " at " + next);
    }
    return SLOT * next++;
  }

  /** Gives the launch to the device and does not wait for it. */
  void launch() {
    if (next != entry.parameters().size()) {
      throw new IllegalStateException(
          entry.name() + " takes " + entry.parameters() + ", got " + next + " of them");
    }
    runtime.bind();
    JCudaDriver.cuLaunchKernel(
        function,
        gridX,
        gridY,
        gridZ,
        blockX,
        blockY,
        blockZ,
        0,
        onlyStream,
        argumentPointers,
        null);
    runtime.submitted();
  }
}
