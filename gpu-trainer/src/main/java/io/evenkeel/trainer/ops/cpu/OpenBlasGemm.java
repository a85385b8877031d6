package io.evenkeel.trainer.ops.cpu;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Matrix products by OpenBLAS, called through the foreign-function interface on Java arrays in
 * place: no copy, no native memory of ours. OpenBLAS computes every product on the calling thread:
 * the threads are those of {@link WorkerPool}.
 */
final class OpenBlasGemm implements Gemm {
  private static final Logger LOG = LoggerFactory.getLogger(OpenBlasGemm.class);
  private static final int REHEARSALS = 100_000;
  private static final int ROW_MAJOR = 101;
  private static final int NO_TRANSPOSE = 111;
  private static final int TRANSPOSE = 112;

  /**
   * Cores for which OpenBLAS has kernels for small products, and up to which m n k it uses them.
   */
  private static final Set<String> DIRECT_CORES =
      Set.of("SkylakeX", "Cooperlake", "SapphireRapids");

  private static final long DIRECT_VOLUME = 1_000_000;

  private final String description;
  private final long directVolume;

  private OpenBlasGemm(String core) {
    this.description = "OpenBLAS " + core;
    this.directVolume = DIRECT_CORES.contains(core) ? DIRECT_VOLUME : 0;
  }

  /** Loads the library; empty, with a line in the log, where that cannot be done. */
  static Optional<Gemm> load() {
    try {
      OpenBlasLibrary.setThreads(1);
      rehearse();
      return Optional.of(new OpenBlasGemm(OpenBlasLibrary.core()));
    } catch (LinkageError e) { // no classifier for this machine, an old libc, a read-only home
      Throwable cause = e.getCause() == null ? e : e.getCause();
      LOG.warn("OpenBLAS does not load, matrix products run as plain loops: {}", cause.toString());
      return Optional.empty();
    }
  }

  /**
   * Lets the just-in-time compiler see how often segments are sliced, before it decides which calls
   * of a product to take in: one that it leaves out makes every product allocate.
   */
  private static void rehearse() {
    float[] array = new float[2];
    long bytes = 0;
    for (int i = 0; i < REHEARSALS; i++) {
      bytes += from(array, i & 1).byteSize();
    }
    LOG.trace("rehearsed {} bytes", bytes);
  }

  @Override
  public void multiply(
      Transpose transposeA,
      Transpose transposeB,
      int m,
      int n,
      int k,
      float alpha,
      float[] a,
      int aAt,
      int aStride,
      float[] b,
      int bAt,
      int bStride,
      float beta,
      float[] c,
      int cAt,
      int cStride) {
    try {
      OpenBlasLibrary.SGEMM.invokeExact(
          ROW_MAJOR,
          transposeA == Transpose.NO ? NO_TRANSPOSE : TRANSPOSE,
          transposeB == Transpose.NO ? NO_TRANSPOSE : TRANSPOSE,
          m,
          n,
          k,
          alpha,
          from(a, aAt),
          aStride,
          from(b, bAt),
          bStride,
          beta,
          from(c, cAt),
          cStride);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static MemorySegment from(float[] array, int at) {
    return MemorySegment.ofArray(array).asSlice((long) at * Float.BYTES);
  }

  @Override
  public long directVolume() {
    return directVolume;
  }

  @Override
  public String description() {
    return description;
  }
}
