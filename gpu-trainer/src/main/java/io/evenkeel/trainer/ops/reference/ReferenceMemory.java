package io.evenkeel.trainer.ops.reference;

import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.ops.TensorMemory;
import io.evenkeel.trainer.ops.host.HostIndexTensor;
import io.evenkeel.trainer.ops.host.HostStatistics;
import io.evenkeel.trainer.tensor.IndexTensor;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.Arrays;

final class ReferenceMemory implements TensorMemory {
  private long allocated;

  @Override
  public Tensor allocate(Shape shape) {
    allocated += (long) Double.BYTES * shape.size();
    return new ReferenceTensor(shape);
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
    Arrays.fill(ReferenceTensor.of(tensor), value);
  }

  @Override
  public void copy(Tensor source, Tensor target) {
    ShapeChecks.same("copy", source, target);
    write(target, ReferenceTensor.of(source));
  }

  @Override
  public void write(Tensor target, double[] source) {
    copy(source, ReferenceTensor.of(target));
  }

  @Override
  public void write(IndexTensor target, int[] source) {
    ShapeChecks.length(target.shape().size(), source.length);
    System.arraycopy(source, 0, HostIndexTensor.of(target), 0, source.length);
  }

  @Override
  public void read(Tensor source, double[] target) {
    copy(ReferenceTensor.of(source), target);
  }

  @Override
  public void read(IndexTensor source, int[] target) {
    ShapeChecks.length(source.shape().size(), target.length);
    System.arraycopy(HostIndexTensor.of(source), 0, target, 0, target.length);
  }

  @Override
  public void read(Statistics source, double[] target) {
    copy(HostStatistics.of(source), target);
  }

  private static void copy(double[] source, double[] target) {
    ShapeChecks.length(source.length, target.length);
    System.arraycopy(source, 0, target, 0, source.length);
  }
}
