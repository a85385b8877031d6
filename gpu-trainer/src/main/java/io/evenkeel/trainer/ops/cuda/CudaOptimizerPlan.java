package io.evenkeel.trainer.ops.cuda;

import io.evenkeel.trainer.ops.AdamWSlot;
import io.evenkeel.trainer.ops.OptimizerPlan;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;

/**
 * What adamw.cu is told about the tensors.
 *
 * @param slots the tensors
 * @param table addresses and sizes, [slots, 5] of 64 bits
 * @param factors of the learning rate and of the decay, [slots, 2] doubles
 * @param chunks slot and first element of each block, [chunkCount, 2] ints
 * @param firstChunks first block of each slot, [slots+1] ints
 * @param chunkCount blocks of a launch
 */
record CudaOptimizerPlan(
    List<AdamWSlot> slots,
    CudaBuffer table,
    CudaBuffer factors,
    CudaBuffer chunks,
    CudaBuffer firstChunks,
    int chunkCount)
    implements OptimizerPlan {
  private static final int TABLE_ENTRIES = 5;

  /** Elements a block, as in adamw.cu. */
  private static final int CHUNK = 8192;

  /** Writes the tables to the device. */
  static CudaOptimizerPlan prepare(CudaRuntime runtime, List<AdamWSlot> slots) {
    if (slots.isEmpty()) {
      throw new IllegalArgumentException("an optimizer needs a tensor");
    }
    long[] table = new long[slots.size() * TABLE_ENTRIES];
    double[] factors = new double[slots.size() * 2];
    int[] firstChunks = new int[slots.size() + 1];
    for (int index = 0; index < slots.size(); index++) {
      AdamWSlot slot = slots.get(index);
      int at = index * TABLE_ENTRIES;
      table[at] = CudaTensor.of(slot.parameter()).buffer().address();
      table[at + 1] = CudaTensor.of(slot.gradient()).buffer().address();
      table[at + 2] = CudaTensor.of(slot.firstMoment()).buffer().address();
      table[at + 3] = CudaTensor.of(slot.secondMoment()).buffer().address();
      int size = slot.parameter().shape().size();
      table[at + 4] = size;
      factors[2 * index] = slot.learningRateFactor();
      boolean decays = slot.decay() == AdamWSlot.Decay.DECAYED;
      factors[2 * index + 1] = decays ? slot.learningRateFactor() : 0;
      firstChunks[index + 1] = Math.addExact(firstChunks[index], CudaKernel.blocks(size, CHUNK));
    }
    int[] chunks = chunks(firstChunks);
    return new CudaOptimizerPlan(
        List.copyOf(slots),
        onDevice(runtime, Pointer.to(table), (long) Long.BYTES * table.length),
        onDevice(runtime, Pointer.to(factors), (long) Double.BYTES * factors.length),
        onDevice(runtime, Pointer.to(chunks), (long) Integer.BYTES * chunks.length),
        onDevice(runtime, Pointer.to(firstChunks), (long) Integer.BYTES * firstChunks.length),
        chunks.length / 2);
  }

  private static CudaBuffer onDevice(CudaRuntime runtime, Pointer host, long bytes) {
    CudaBuffer buffer = runtime.buffer(bytes);
    JCudaDriver.cuMemcpyHtoD(buffer.pointer(), host, bytes);
    runtime.submitted();
    return buffer;
  }

  private static int[] chunks(int[] firstChunks) {
    int[] chunks = new int[2 * firstChunks[firstChunks.length - 1]];
    for (int slot = 0; slot + 1 < firstChunks.length; slot++) {
      for (int chunk = firstChunks[slot]; chunk < firstChunks[slot + 1]; chunk++) {
        chunks[2 * chunk] = slot;
        chunks[2 * chunk + 1] = (chunk - firstChunks[slot]) * CHUNK;
      }
    }
    return chunks;
  }

  /** IllegalArgumentException for a plan of another backend. */
  static CudaOptimizerPlan of(OptimizerPlan plan) {
    if (plan instanceof CudaOptimizerPlan cuda) {
      return cuda;
    }
    throw new IllegalArgumentException("not a plan of this backend: " + plan.getClass());
  }
}
