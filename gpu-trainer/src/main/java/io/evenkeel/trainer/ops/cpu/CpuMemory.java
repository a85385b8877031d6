package io.evenkeel.trainer.ops.cpu;

import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.ops.TensorMemory;
import io.evenkeel.trainer.ops.host.HostIndexTensor;
import io.evenkeel.trainer.ops.host.HostStatistics;
import io.evenkeel.trainer.tensor.IndexTensor;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.Arrays;

final class CpuMemory implements TensorMemory {
  private long allocated;

  @Override
  public Tensor allocate(Shape shape) {
    allocated += (long) Float.BYTES * shape.size();
    return new CpuTensor(shape);
  }

  @Override
  public IndexTensor allocateIndices(Shape shape) {
    allocated += (long) Integer.BYTES * shape.size();
    return new HostIndexTensor(shape);
  }

  @Override
  public Statistics allocateStatistics(int size) {
    allocated += (long) Double.BYTES * size;
    return new HostStatistics(size);
  }

  @Override
  public long allocatedBytes() {
    return allocated;
  }

  @Override
  public void fill(Tensor tensor, double value) {
    if (Double.doubleToRawLongBits(value) == 0) { // not -0.0
      CpuTensor.zero(tensor);
    } else {
      Arrays.fill(CpuTensor.overwritten(tensor), (float) value);
    }
  }

  @Override
  public void copy(Tensor source, Tensor target) {
    ShapeChecks.same("copy", source, target);
    float[] from = CpuTensor.of(source);
    System.arraycopy(from, 0, CpuTensor.overwritten(target), 0, from.length);
  }

  @Override
  public void write(Tensor target, double[] source) {
    ShapeChecks.length(target.shape().size(), source.length);
    float[] data = CpuTensor.overwritten(target);
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) source[i];
    }
  }

  @Override
  public void write(IndexTensor target, int[] source) {
    ShapeChecks.length(target.shape().size(), source.length);
    System.arraycopy(source, 0, HostIndexTensor.of(target), 0, source.length);
  }

  @Override
  public void read(Tensor source, double[] target) {
    float[] data = CpuTensor.of(source);
    ShapeChecks.length(data.length, target.length);
    for (int i = 0; i < data.length; i++) {
      target[i] = data[i];
    }
  }

  @Override
  public void read(IndexTensor source, int[] target) {
    ShapeChecks.length(source.shape().size(), target.length);
    System.arraycopy(HostIndexTensor.of(source), 0, target, 0, target.length);
  }

  @Override
  public void read(Statistics source, double[] target) {
    ShapeChecks.length(source.size(), target.length);
    System.arraycopy(HostStatistics.of(source), 0, target, 0, target.length);
  }
}
