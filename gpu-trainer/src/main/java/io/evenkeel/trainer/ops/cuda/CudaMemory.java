package io.evenkeel.trainer.ops.cuda;

import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.ops.TensorMemory;
import io.evenkeel.trainer.tensor.IndexTensor;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;

/** Tensors on the device. Copies between host and device go through one buffer of fixed size. */
final class CudaMemory implements TensorMemory {
  private static final int STAGED = 1 << 16;
  private static final int ARENA = 1 << 16;

  private final CudaRuntime runtime;
  private final FloatBuffer staging;
  private final Pointer stagingPointer;
  private final List<StatisticsArena> arenas = new ArrayList<>();
  private long allocatedBytes;

  CudaMemory(CudaRuntime runtime) {
    this.runtime = runtime;
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(Float.BYTES * STAGED).order(ByteOrder.nativeOrder());
    staging = bytes.asFloatBuffer();
    stagingPointer = Pointer.to(bytes);
  }

  @Override
  public Tensor allocate(Shape shape) {
    return new CudaTensor(shape, zeros(shape));
  }

  @Override
  public IndexTensor allocateIndices(Shape shape) {
    return new CudaIndexTensor(shape, zeros(shape));
  }

  private CudaBuffer zeros(Shape shape) {
    long bytes = (long) Float.BYTES * shape.size();
    CudaBuffer buffer = runtime.buffer(bytes);
    allocatedBytes += bytes;
    set(buffer, 0);
    return buffer;
  }

  private void set(CudaBuffer buffer, int word) {
    runtime.bind();
    JCudaDriver.cuMemsetD32Async(buffer.pointer(), word, buffer.bytes() / Integer.BYTES, null);
    runtime.submitted();
  }

  @Override
  public Statistics allocateStatistics(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("needs at least one entry, not " + size);
    }
    if (arenas.isEmpty() || !arenas.getLast().hasRoom(size)) {
      arenas.add(new StatisticsArena(runtime, Math.max(ARENA, size)));
    }
    allocatedBytes += (long) Double.BYTES * size;
    return arenas.getLast().take(size);
  }

  @Override
  public long allocatedBytes() {
    return allocatedBytes;
  }

  @Override
  public void fill(Tensor tensor, double value) {
    set(CudaTensor.of(tensor).buffer(), Float.floatToRawIntBits((float) value));
  }

  @Override
  public void copy(Tensor source, Tensor target) {
    ShapeChecks.same("copy", source, target);
    CudaBuffer from = CudaTensor.of(source).buffer();
    runtime.bind();
    JCudaDriver.cuMemcpyDtoDAsync(
        CudaTensor.of(target).buffer().pointer(), from.pointer(), from.bytes(), null);
    runtime.submitted();
  }

  @Override
  public void write(Tensor target, double[] source) {
    ShapeChecks.length(target.shape().size(), source.length);
    CudaBuffer buffer = CudaTensor.of(target).buffer();
    runtime.bind();
    for (int start = 0; start < source.length; start += STAGED) {
      int count = Math.min(STAGED, source.length - start);
      for (int i = 0; i < count; i++) {
        staging.put(i, (float) source[start + i]);
      }
      long offset = (long) Float.BYTES * start;
      JCudaDriver.cuMemcpyHtoD(
          buffer.pointer().withByteOffset(offset), stagingPointer, (long) Float.BYTES * count);
    }
    runtime.submitted();
  }

  @Override
  public void read(Tensor source, double[] target) {
    ShapeChecks.length(source.shape().size(), target.length);
    CudaBuffer buffer = CudaTensor.of(source).buffer();
    runtime.bind();
    for (int start = 0; start < target.length; start += STAGED) {
      int count = Math.min(STAGED, target.length - start);
      long offset = (long) Float.BYTES * start;
      JCudaDriver.cuMemcpyDtoH(
          stagingPointer, buffer.pointer().withByteOffset(offset), (long) Float.BYTES * count);
      for (int i = 0; i < count; i++) {
        target[start + i] = staging.get(i);
      }
    }
  }

  @Override
  public void write(IndexTensor target, int[] source) {
    ShapeChecks.length(target.shape().size(), source.length);
    CudaBuffer buffer = CudaIndexTensor.of(target).buffer();
    runtime.bind();
    JCudaDriver.cuMemcpyHtoD(buffer.pointer(), Pointer.to(source), buffer.bytes());
    runtime.submitted();
  }

  @Override
  public void read(IndexTensor source, int[] target) {
    ShapeChecks.length(source.shape().size(), target.length);
    CudaBuffer buffer = CudaIndexTensor.of(source).buffer();
    runtime.bind();
    JCudaDriver.cuMemcpyDtoH(Pointer.to(target), buffer.pointer(), buffer.bytes());
  }

  @Override
  public void read(Statistics source, double[] target) {
    ShapeChecks.length(source.size(), target.length);
    CudaStatistics statistics = CudaStatistics.of(source);
    statistics.arena().read(statistics.first(), target);
  }
}
