package io.evenkeel.trainer.ops.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;

/**
 * Where the statistics of a backend lie together, so that however many of them are read after a
 * step, one small copy brings them all to the host.
 */
final class StatisticsArena {
  private final CudaRuntime runtime;
  private final CudaBuffer buffer;
  private final int capacity;
  private final DoubleBuffer host;
  private final Pointer hostPointer;
  private int used;
  private long copiedAt = -1;

  StatisticsArena(CudaRuntime runtime, int capacity) {
    this.runtime = runtime;
    this.capacity = capacity;
    buffer = runtime.buffer((long) Double.BYTES * capacity);
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(Double.BYTES * capacity).order(ByteOrder.nativeOrder());
    host = bytes.asDoubleBuffer();
    hostPointer = Pointer.to(bytes);
    JCudaDriver.cuMemsetD32Async(buffer.pointer(), 0, 2L * capacity, null);
    runtime.submitted();
  }

  CudaBuffer buffer() {
    return buffer;
  }

  boolean hasRoom(int entries) {
    return entries <= capacity - used;
  }

  CudaStatistics take(int entries) {
    CudaStatistics taken = new CudaStatistics(this, used, entries);
    used += entries;
    copiedAt = -1;
    return taken;
  }

  /** Copies entries to the host array, bringing the arena here if the device has worked since. */
  void read(int first, double[] target) {
    if (copiedAt != runtime.submissions()) {
      runtime.bind();
      JCudaDriver.cuMemcpyDtoH(hostPointer, buffer.pointer(), (long) Double.BYTES * used);
      copiedAt = runtime.submissions();
    }
    host.get(first, target);
  }
}
