package io.evenkeel.trainer.ops;

import io.evenkeel.trainer.tensor.IndexTensor;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;

/**
 * Allocates tensors and copies numbers in and out. Nothing here is called inside a step but fill,
 * copy and reads.
 */
public interface TensorMemory {
  /** A new tensor of zeros. */
  Tensor allocate(Shape shape);

  /** A new index tensor of zeros. */
  IndexTensor allocateIndices(Shape shape);

  /** A new statistics vector of zeros; size at least 1. */
  Statistics allocateStatistics(int size);

  /** Bytes of all tensors, index tensors and statistics vectors allocated so far. */
  long allocatedBytes();

  /** Sets every element to {@code value}. */
  void fill(Tensor tensor, double value);

  /** Copies all elements; the shapes must be equal. */
  void copy(Tensor source, Tensor target);

  /**
   * Overwrites the tensor, rounding to its precision; {@code source} holds exactly shape().size()
   * numbers.
   */
  void write(Tensor target, double[] source);

  /** Overwrites the index tensor; {@code source} holds exactly shape().size() numbers. */
  void write(IndexTensor target, int[] source);

  /** Reads all elements, exactly; {@code target} holds exactly shape().size() numbers. */
  void read(Tensor source, double[] target);

  /** Reads all elements; {@code target} holds exactly shape().size() numbers. */
  void read(IndexTensor source, int[] target);

  /** Reads all entries; {@code target} holds exactly size() numbers. */
  void read(Statistics source, double[] target);

  /** A new array with the elements of a tensor. */
  default double[] toArray(Tensor source) {
    double[] target = new double[source.shape().size()];
    read(source, target);
    return target;
  }

  /** A new array with the elements of an index tensor. */
  default int[] toArray(IndexTensor source) {
    int[] target = new int[source.shape().size()];
    read(source, target);
    return target;
  }

  /** A new array with the entries of a statistics vector. */
  default double[] toArray(Statistics source) {
    double[] target = new double[source.size()];
    read(source, target);
    return target;
  }
}
