package io.evenkeel.trainer.ops.cpu;

/** Matrix products by plain loops: used where OpenBLAS has no library for the machine. */
final class LoopGemm implements Gemm {
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
    int aRow = transposeA == Transpose.NO ? aStride : 1;
    int aColumn = transposeA == Transpose.NO ? 1 : aStride;
    for (int i = 0; i < m; i++) {
      int row = cAt + i * cStride;
      for (int j = 0; j < n; j++) {
        c[row + j] = beta == 0 ? 0 : beta * c[row + j];
      }
      if (transposeB == Transpose.NO) {
        for (int l = 0; l < k; l++) {
          float factor = alpha * a[aAt + i * aRow + l * aColumn];
          int from = bAt + l * bStride;
          for (int j = 0; j < n; j++) {
            c[row + j] += factor * b[from + j];
          }
        }
      } else {
        for (int j = 0; j < n; j++) {
          float sum = 0;
          int from = bAt + j * bStride;
          for (int l = 0; l < k; l++) {
            sum += a[aAt + i * aRow + l * aColumn] * b[from + l];
          }
          c[row + j] += alpha * sum;
        }
      }
    }
  }

  @Override
  public long directVolume() {
    return 0;
  }

  @Override
  public String description() {
    return "plain loops";
  }
}
