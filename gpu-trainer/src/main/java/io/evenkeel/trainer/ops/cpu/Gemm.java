package io.evenkeel.trainer.ops.cpu;

/** Row-major single-precision matrix product. */
interface Gemm {
  /**
   * {@code C = alpha op(A) op(B) + beta C}: op(A) [m,k], op(B) [k,n], C [m,n]; each matrix starts
   * at an offset of its array and has a row stride. With beta 0, C is not read. A product with m, n
   * or k of 0 is the caller's to avoid.
   */
  void multiply(
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
      int cStride);

  /**
   * Products with {@code m n k} up to this are computed straight from the operands, without copying
   * them first, and are the fastest for it; 0 where there is no such size.
   */
  long directVolume();

  /** What computes, for people. */
  String description();
}
