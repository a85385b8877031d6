package io.evenkeel.trainer.ops.cpu;

import java.util.Arrays;

/**
 * Matrix products in blocks that one thread computes each. The cuts depend on the shapes and on the
 * library's kernels alone, never on the number of threads, and so do the results.
 *
 * <p>On processors with AVX-512 OpenBLAS has kernels for small products that read their operands in
 * place. For the narrow matrices of a model they are 10 to 40 % faster than the ordinary ones,
 * which copy both operands into panels first: large products are therefore cut into small ones.
 */
final class Products {
  private static final int DIRECT_COLUMNS = 128;
  private static final int LEAST_DIRECT_COLUMNS = 32;
  private static final int LEAST_DIRECT_ROWS = 16;
  private static final int MOST_DIRECT_ROWS = 64;
  private static final int ROW_STEP = 8;
  private static final int ORDINARY_ROWS = 256;

  /** Floats that are worth copying into the second cache. */
  private static final int MOST_STAGED = 65_536;

  private static final int DIRECT_TILE_ROWS = 64;
  private static final int DIRECT_TILE_COLUMNS = 32;
  private static final int DIRECT_DEPTH = 256;
  private static final int ORDINARY_TILE = 256;

  /** Edge of the squares in which a matrix is transposed: both sides stay in the first cache. */
  private static final int TRANSPOSED = 16;

  private final Gemm gemm;
  private final boolean direct;

  Products(Gemm gemm) {
    this.gemm = gemm;
    this.direct =
        gemm.directVolume() >= (long) DIRECT_TILE_ROWS * DIRECT_TILE_COLUMNS * DIRECT_DEPTH;
  }

  Gemm gemm() {
    return gemm;
  }

  /** Columns of one product with inner extent {@code k}. */
  private int columns(int k, int n) {
    if (!direct) {
      return n;
    }
    int columns = DIRECT_COLUMNS;
    while (columns > LEAST_DIRECT_COLUMNS && directRows(k, Math.min(columns, n)) == 0) {
      columns /= 2;
    }
    return directRows(k, Math.min(columns, n)) == 0 ? n : Math.min(columns, n);
  }

  /** 0 where so many would be too few. */
  private int directRows(int k, int columns) {
    long rows = gemm.directVolume() / ((long) k * columns) / ROW_STEP * ROW_STEP;
    return rows < LEAST_DIRECT_ROWS ? 0 : (int) Math.min(rows, MOST_DIRECT_ROWS);
  }

  /** Rows of C that one block of {@code C = A B} should have: A [m,k], B [k,n]. */
  int rowBlock(int k, int n) {
    int rows = direct ? directRows(k, columns(k, n)) : 0;
    return rows == 0 ? ORDINARY_ROWS : rows;
  }

  /**
   * {@code C = A B + beta C} for some rows, at most {@link #rowBlock}: A [rows,k], B [k,n], C
   * [rows,n], all without gaps.
   */
  void rows(
      int rows,
      int k,
      int n,
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      float beta,
      float[] c,
      int cAt) {
    int step = columns(k, n);
    for (int column = 0; column < n; column += step) {
      gemm.multiply(
          Transpose.NO,
          Transpose.NO,
          rows,
          Math.min(step, n - column),
          k,
          1,
          a,
          aAt,
          k,
          b,
          bAt + column,
          n,
          beta,
          c,
          cAt + column,
          n);
    }
  }

  /**
   * The same for operands that lie in memory rather than in a cache: the kernels wait for each line
   * of theirs, where a copy has it fetched ahead.
   */
  void stagedRows(
      int rows,
      int k,
      int n,
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      float beta,
      float[] c,
      int cAt,
      Scratch scratch) {
    int whole = rowBlock(k, n) * (k + n);
    if (!direct || whole > MOST_STAGED) {
      rows(rows, k, n, a, aAt, b, bAt, beta, c, cAt);
      return;
    }
    float[] stage = scratch.floats(whole);
    int product = rowBlock(k, n) * k;
    System.arraycopy(a, aAt, stage, 0, rows * k);
    rows(rows, k, n, stage, 0, b, bAt, 0, stage, product);
    if (beta == 0) {
      System.arraycopy(stage, product, c, cAt, rows * n);
    } else {
      Rows.add(stage, product, c, cAt, rows * n);
    }
  }

  /** Tiles of {@code C = A^T B}, C [m,n]. */
  int tiles(int m, int n) {
    return blocks(m, tileRows()) * blocks(n, tileColumns());
  }

  /** Bands of {@code C = A^T B}, C [m,n]: rows of tiles. */
  int bands(int m) {
    return blocks(m, tileRows());
  }

  /** One band of {@link #tile tiles}, all of them over some rows before the next rows. */
  void band(int band, int rows, int m, int n, float[] a, float[] b, float beta, float[] c) {
    int row = band * tileRows();
    int depth = direct ? DIRECT_DEPTH : rows;
    for (int from = 0; from < rows; from += depth) {
      for (int column = 0; column < n; column += tileColumns()) {
        gemm.multiply(
            Transpose.YES,
            Transpose.NO,
            Math.min(tileRows(), m - row),
            Math.min(tileColumns(), n - column),
            Math.min(depth, rows - from),
            1,
            a,
            from * m + row,
            m,
            b,
            from * n + column,
            n,
            from == 0 ? beta : 1,
            c,
            row * n + column,
            n);
      }
    }
  }

  /**
   * One tile of {@code C = A^T B + beta C}, with the sum over the rows in order: A [rows,m], B
   * [rows,n], C [m,n], all without gaps.
   */
  void tile(
      int tile,
      int rows,
      int m,
      int n,
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      float beta,
      float[] c,
      int cAt) {
    int across = blocks(n, tileColumns());
    int row = tile / across * tileRows();
    int column = tile % across * tileColumns();
    int depth = direct ? DIRECT_DEPTH : rows;
    for (int from = 0; from < rows; from += depth) {
      gemm.multiply(
          Transpose.YES,
          Transpose.NO,
          Math.min(tileRows(), m - row),
          Math.min(tileColumns(), n - column),
          Math.min(depth, rows - from),
          1,
          a,
          aAt + from * m + row,
          m,
          b,
          bAt + from * n + column,
          n,
          from == 0 ? beta : 1,
          c,
          cAt + row * n + column,
          n);
    }
  }

  /** Writes zeros into one tile. */
  void clearTile(int tile, int m, int n, float[] c, int cAt) {
    int across = blocks(n, tileColumns());
    int row = tile / across * tileRows();
    int column = tile % across * tileColumns();
    for (int i = row; i < Math.min(row + tileRows(), m); i++) {
      int from = cAt + i * n + column;
      Arrays.fill(c, from, from + Math.min(tileColumns(), n - column), 0);
    }
  }

  private int tileRows() {
    return direct ? DIRECT_TILE_ROWS : ORDINARY_TILE;
  }

  private int tileColumns() {
    return direct ? DIRECT_TILE_COLUMNS : ORDINARY_TILE;
  }

  /** Blocks of that size that cover the extent. */
  static int blocks(int extent, int size) {
    return (extent + size - 1) / size;
  }

  /** {@code to = from^T}: from [rows,columns] with a row stride, to [columns,rows] with its own. */
  static void transpose(
      float[] from,
      int fromAt,
      int stride,
      int rows,
      int columns,
      float[] to,
      int toAt,
      int toStride) {
    for (int row = 0; row < rows; row += TRANSPOSED) {
      int rowEnd = Math.min(row + TRANSPOSED, rows);
      for (int column = 0; column < columns; column += TRANSPOSED) {
        int columnEnd = Math.min(column + TRANSPOSED, columns);
        for (int j = column; j < columnEnd; j++) {
          int target = toAt + j * toStride;
          int source = fromAt + j;
          for (int i = row; i < rowEnd; i++) {
            to[target + i] = from[source + i * stride];
          }
        }
      }
    }
  }
}
