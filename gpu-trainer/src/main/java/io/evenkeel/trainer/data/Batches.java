package io.evenkeel.trainer.data;

/**
 * Batches by index: the same index gives the same batch whenever it is asked for, so that a resumed
 * run sees what an unbroken one does.
 */
@FunctionalInterface
public interface Batches {
  /**
   * The batch at an index.
   *
   * @param index at least 0; with R ranks and A micro-batches a step takes R*A of them
   */
  Batch batch(long index);
}
