// A tile of a matrix product on tensor cores: mma.sync m16n8k8 of factors rounded to tf32 (8 bits of
// exponent, 10 of mantissa, nearest, ties away from zero), summed in single precision. Needs compute
// capability 8.0: sources that include it say "architectures: sm_80".
//
// A block has 128 threads (4 warps of 32 x 32 results) for 64 x 64, or 256 (8 warps of 64 x 32) for
// 128 x 128. Factors are rounded once, on their way into shared memory, where they lie in the order
// in which global memory holds them: rows of 20 floats when depth is contiguous, of LANES + 8
// otherwise; with both strides the 32 lanes of a fragment load touch 32 different banks.
//
// Error: a product of two rounded factors is exact in single precision and off by at most
// 2^-10 + 2^-22 of |left * right| from the unrounded one; the rest is the rounding of the sums.
#pragma once
#include "tile.h"

#if !defined(GPU_EMULATED) && __CUDA_ARCH__ < 800
#error tile_tf32.h needs sm_80
#endif

#if defined(GPU_EMULATED)
// As cvt.rna.tf32.f32 does: half of the last kept bit is added to the magnitude, then the rest is
// cut off. NaN and infinity stay what they are.
static inline float tile_tf32(float x) {
  unsigned bits = (unsigned)gpu_bits(x);
  if ((bits & 0x7f800000u) != 0x7f800000u) {
    bits = (bits + 0x1000u) & 0xffffe000u;
  } else if ((bits & 0x007fffffu) != 0) {
    bits = 0x7fffffffu;
  }
  return gpu_float((int)bits);
}

// c += a b for a warp, with the fragment layout of mma.m16n8k8 (PTX ISA, "Matrix Fragments for
// mma.m16n8k8", .tf32): with g = lane / 4 and t = lane % 4, a holds (g, t), (g+8, t), (g, t+4),
// (g+8, t+4) of 16 x 8, b holds (t, g), (t+4, g) of 8 x 8, c holds (g, 2t), (g, 2t+1), (g+8, 2t),
// (g+8, 2t+1) of 16 x 8. The order of the eight additions is ascending here; hardware states none.
static inline void tile_mma(float *c, const float *a, const float *b) {
  int lane = threadIdx.x & 31;
  int row = lane & ~3;
  int column = lane % 4 * 8;
  TilePair left[8];  // of rows g and g+8, by k
  TilePair even[4];  // of column 2t, k and k+4
  TilePair odd[4];   // of column 2t+1
  for (int k = 0; k < 4; k++) {
    left[k] = __shfl_sync(GPU_ALL_LANES, (TilePair{{a[0], a[1]}}), row + k);
    left[k + 4] = __shfl_sync(GPU_ALL_LANES, (TilePair{{a[2], a[3]}}), row + k);
    even[k] = __shfl_sync(GPU_ALL_LANES, (TilePair{{b[0], b[1]}}), column + k);
    odd[k] = __shfl_sync(GPU_ALL_LANES, (TilePair{{b[0], b[1]}}), column + 4 + k);
  }
  for (int k = 0; k < 8; k++) {
    for (int i = 0; i < 2; i++) {
      c[2 * i] += left[k].value[i] * even[k % 4].value[k / 4];
      c[2 * i + 1] += left[k].value[i] * odd[k % 4].value[k / 4];
    }
  }
}
#else
TILE_INLINE float tile_tf32(float x) {
  unsigned bits;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(x));
  return gpu_float((int)bits);
}

TILE_INLINE void tile_mma(float *c, const float *a, const float *b) {
  asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 "
      "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(gpu_bits(a[0])), "r"(gpu_bits(a[1])),
        "r"(gpu_bits(a[2])), "r"(gpu_bits(a[3])),
        "r"(gpu_bits(b[0])), "r"(gpu_bits(b[1])));
}
#endif

template <int LANES, Contiguous C>
struct TileTf32Layout {
  static constexpr int DEPTH = 16;
  static constexpr int STRIDE = C == Contiguous::DEPTH ? DEPTH + 4 : LANES + 8;
  TILE_MEMBER static int at(int lane, int depth) {
    return C == Contiguous::DEPTH ? lane * STRIDE + depth : depth * STRIDE + lane;
  }
};

template <int TILE_ROWS, int TILE_COLUMNS>
struct TileTf32 {
  static constexpr int ROWS = TILE_ROWS;
  static constexpr int COLUMNS = TILE_COLUMNS;
  static constexpr int DEPTH = 16;
  static constexpr int WARP_ROWS = ROWS == 64 ? 32 : 64;
  static constexpr int WARP_COLUMNS = 32;
  static constexpr int WARPS_DOWN = ROWS / WARP_ROWS;
  static constexpr int THREADS = 32 * WARPS_DOWN * (COLUMNS / WARP_COLUMNS);
  static constexpr int FRAGMENTS_DOWN = WARP_ROWS / 16;
  static constexpr int FRAGMENTS_ACROSS = WARP_COLUMNS / 8;
  static constexpr int ROWS_EACH = 2 * FRAGMENTS_DOWN;
  static constexpr int WIDTH = 2;
  static constexpr int GROUPS = FRAGMENTS_ACROSS;
  // Room for either layout.
  static constexpr int LEFT_STAGE = ROWS * (DEPTH + 4);
  static constexpr int RIGHT_STAGE = COLUMNS * (DEPTH + 4);
  static constexpr int LEFT_SHARED = 2 * LEFT_STAGE;
  static constexpr int RIGHT_SHARED = 2 * RIGHT_STAGE;

  float sum[ROWS_EACH][WIDTH * GROUPS];
  int thread;

  TILE_MEMBER void clear() {
    thread = threadIdx.x;
#pragma unroll
    for (int i = 0; i < ROWS_EACH; i++) {
#pragma unroll
      for (int j = 0; j < WIDTH * GROUPS; j++) {
        sum[i][j] = 0.0f;
      }
    }
  }

  TILE_MEMBER int warp_row() const { return thread / 32 % WARPS_DOWN * WARP_ROWS; }
  TILE_MEMBER int warp_column() const { return thread / 32 / WARPS_DOWN * WARP_COLUMNS; }

  // Row of the tile of sum[i].
  TILE_MEMBER int row(int i) const { return warp_row() + i / 2 * 16 + i % 2 * 8 + thread % 32 / 4; }

  // First column of the tile of sum[.][g * WIDTH].
  TILE_MEMBER int column(int g) const { return warp_column() + g * 8 + thread % 4 * 2; }

  // Adds the product of DEPTH staged lines.
  template <Contiguous LEFT, Contiguous RIGHT>
  TILE_MEMBER void add(const float *left, const float *right) {
    typedef TileTf32Layout<ROWS, LEFT> LeftLayout;
    typedef TileTf32Layout<COLUMNS, RIGHT> RightLayout;
    int g = thread % 32 / 4;
    int t = thread % 4;
#pragma unroll 1
    for (int k = 0; k < DEPTH; k += 8) {
      float b[FRAGMENTS_ACROSS][2];
#pragma unroll
      for (int j = 0; j < FRAGMENTS_ACROSS; j++) {
        int lane = warp_column() + j * 8 + g;
        b[j][0] = right[RightLayout::at(lane, k + t)];
        b[j][1] = right[RightLayout::at(lane, k + t + 4)];
      }
#pragma unroll
      for (int i = 0; i < FRAGMENTS_DOWN; i++) {
        int lane = warp_row() + i * 16 + g;
        float a[4] = {left[LeftLayout::at(lane, k + t)], left[LeftLayout::at(lane + 8, k + t)],
                      left[LeftLayout::at(lane, k + t + 4)],
                      left[LeftLayout::at(lane + 8, k + t + 4)]};
#pragma unroll
        for (int j = 0; j < FRAGMENTS_ACROSS; j++) {
          float c[4] = {sum[2 * i][2 * j], sum[2 * i][2 * j + 1], sum[2 * i + 1][2 * j],
                        sum[2 * i + 1][2 * j + 1]};
          tile_mma(c, a, b[j]);
          sum[2 * i][2 * j] = c[0];
          sum[2 * i][2 * j + 1] = c[1];
          sum[2 * i + 1][2 * j] = c[2];
          sum[2 * i + 1][2 * j + 1] = c[3];
        }
      }
    }
  }

  // Adds the product over depths `from` to `end - 1`. All threads of the block come here together;
  // afterwards shared memory is free.
  template <Contiguous LEFT, Contiguous RIGHT>
  TILE_MEMBER void multiply(const TileOperand &left, const TileOperand &right, int from, int end,
                            float *sharedLeft, float *sharedRight) {
    TileStage<ROWS, DEPTH, THREADS, LEFT> a;
    TileStage<COLUMNS, DEPTH, THREADS, RIGHT> b;
    a.load(left, from, end, thread);
    b.load(right, from, end, thread);
    int stage = 0;
    for (int k = from; k < end; k += DEPTH) {
      float *stagedLeft = sharedLeft + stage * LEFT_STAGE;
      float *stagedRight = sharedRight + stage * RIGHT_STAGE;
      round(a);
      round(b);
      a.template store_as_it_lies<TileTf32Layout<ROWS, LEFT>::STRIDE>(stagedLeft, thread);
      b.template store_as_it_lies<TileTf32Layout<COLUMNS, RIGHT>::STRIDE>(stagedRight, thread);
      __syncthreads();
      if (k + DEPTH < end) {
        a.load(left, k + DEPTH, end, thread);
        b.load(right, k + DEPTH, end, thread);
      }
      add<LEFT, RIGHT>(stagedLeft, stagedRight);
      stage ^= 1;
    }
    __syncthreads();
  }

  template <class Stage>
  TILE_MEMBER static void round(Stage &stage) {
#pragma unroll
    for (int s = 0; s < Stage::SHARE; s++) {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        stage.held[s].value[i] = tile_tf32(stage.held[s].value[i]);
      }
    }
  }
};
