package io.evenkeel.trainer.ops.cuda;

import io.evenkeel.trainer.tensor.Tensor;

/**
 * The three products of a linear layer, of any size: gemm.cu, gemm_tf32.cu. Shapes are checked by
 * the caller.
 */
final class CudaGemm {
  private static final int SMALL = 64;
  private static final int LARGE = 128;

  /**
   * Tiles of 128 x 128 that keep a card busy. A constant, not a property of the card, so that
   * results do not depend on the card either.
   */
  private static final int ENOUGH_LARGE_TILES = 96;

  /** Blocks that a weight gradient of few tiles is cut into, along the tokens. */
  private static final int WANTED_BLOCKS = 128;

  /** Fewest tokens of such a part, and what its size is a multiple of: the depth of a stage. */
  private static final int PART_DEPTH = 256;

  private static final int STAGE_DEPTH = 16;
  private static final int ADD_BLOCK = 256;

  private final CudaRuntime runtime;
  private final int enoughLargeTiles;
  private final Kernels small;
  private final Kernels large;
  private final CudaKernel smallParts;
  private final CudaKernel addParts;

  CudaGemm(CudaRuntime runtime, GemmPrecision precision) {
    this(runtime, precision, ENOUGH_LARGE_TILES);
  }

  /** With large tiles for results of at least that many of them. */
  CudaGemm(CudaRuntime runtime, GemmPrecision precision, int enoughLargeTiles) {
    this.runtime = runtime;
    this.enoughLargeTiles = enoughLargeTiles;
    small = Kernels.of(runtime, precision, SMALL);
    large = Kernels.of(runtime, precision, LARGE);
    smallParts = runtime.kernel("gemm_tn_parts_" + small.suffix());
    addParts = runtime.kernel("gemm_add_parts");
  }

  /** The kernels of one size of tile. */
  private record Kernels(
      String suffix, int tile, int threads, CudaKernel nt, CudaKernel nn, CudaKernel tn) {
    static Kernels of(CudaRuntime runtime, GemmPrecision precision, int tile) {
      boolean tensorCores = precision == GemmPrecision.TF32;
      String suffix = (tensorCores ? "tf32_" : "") + tile;
      return new Kernels(
          suffix,
          tile,
          tensorCores && tile == SMALL ? 128 : 256,
          runtime.kernel("gemm_nt_" + suffix),
          runtime.kernel("gemm_nn_" + suffix),
          runtime.kernel("gemm_tn_" + suffix));
    }

    int tiles(int rows, int columns) {
      return CudaKernel.blocks(rows, tile) * CudaKernel.blocks(columns, tile);
    }

    CudaKernel begin(CudaKernel kernel, int rows, int columns, int parts) {
      return kernel
          .grid(CudaKernel.blocks(columns, tile), CudaKernel.blocks(rows, tile), parts)
          .block(threads);
    }
  }

  private Kernels kernelsFor(int rows, int columns) {
    return large.tiles(rows, columns) >= enoughLargeTiles ? large : small;
  }

  /** {@code y = x W^T}: x [T,in], weight [out,in], y [T,out]. */
  void forward(Tensor x, Tensor weight, Tensor y) {
    int rows = y.shape().rows();
    int columns = y.shape().last();
    Kernels kernels = kernelsFor(rows, columns);
    kernels
        .begin(kernels.nt(), rows, columns, 1)
        .tensor(x)
        .tensor(weight)
        .tensor(y)
        .integer(rows)
        .integer(columns)
        .integer(x.shape().last())
        .launch();
  }

  /** {@code dX += dY W}. */
  void backwardInput(Tensor weight, Tensor dY, Tensor dX) {
    int rows = dX.shape().rows();
    int columns = dX.shape().last();
    Kernels kernels = kernelsFor(rows, columns);
    kernels
        .begin(kernels.nn(), rows, columns, 1)
        .tensor(dY)
        .tensor(weight)
        .tensor(dX)
        .integer(rows)
        .integer(columns)
        .integer(dY.shape().last())
        .launch();
  }

  /** {@code dWeight += dY^T x}. */
  void backwardWeight(Tensor x, Tensor dY, Tensor dWeight) {
    int rows = dWeight.shape().rows();
    int columns = dWeight.shape().last();
    int depth = x.shape().rows();
    Kernels kernels = kernelsFor(rows, columns);
    int share = kernels == small ? partDepth(small.tiles(rows, columns), depth) : depth;
    if (share < depth) {
      addParts(x, dY, dWeight, share);
    } else {
      kernels
          .begin(kernels.tn(), rows, columns, 1)
          .tensor(dY)
          .tensor(x)
          .tensor(dWeight)
          .integer(rows)
          .integer(columns)
          .integer(depth)
          .launch();
    }
  }

  /** Tokens that one block sums up when {@code tiles} blocks alone would leave the card idle. */
  static int partDepth(int tiles, int depth) {
    int parts = Math.min(CudaKernel.blocks(WANTED_BLOCKS, tiles), depth / PART_DEPTH);
    if (parts <= 1) {
      return depth;
    }
    return CudaKernel.blocks(CudaKernel.blocks(depth, parts), STAGE_DEPTH) * STAGE_DEPTH;
  }

  private void addParts(Tensor x, Tensor dY, Tensor dWeight, int share) {
    int rows = dWeight.shape().rows();
    int columns = dWeight.shape().last();
    int depth = x.shape().rows();
    int parts = CudaKernel.blocks(depth, share);
    int size = dWeight.shape().size();
    CudaBuffer sums = runtime.workspace((long) Float.BYTES * parts * size);
    small
        .begin(smallParts, rows, columns, parts)
        .tensor(dY)
        .tensor(x)
        .device(sums)
        .integer(rows)
        .integer(columns)
        .integer(depth)
        .integer(share)
        .launch();
    addParts
        .stride(size, ADD_BLOCK)
        .device(sums)
        .tensor(dWeight)
        .integer(size)
        .integer(parts)
        .launch();
  }
}
