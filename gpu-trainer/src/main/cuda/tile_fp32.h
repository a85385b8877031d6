// A tile of a matrix product in single precision: 256 threads, 16 x 16, each with a patch of the
// tile in registers; both factors pass through shared memory, double-buffered, DEPTH at a time, so
// that the next loads from global memory are under way while the present ones are multiplied and one
// barrier a round suffices.
//
// Each sum is taken in ascending depth by one thread with fused multiply-add: the result depends on
// neither the tile nor the order of threads.
#pragma once
#include "tile.h"

// UNROLL: of the loop over a stage's depth.
template <int TILE_ROWS, int TILE_COLUMNS, int DEPTH, int UNROLL>
struct TileFp32 {
  static constexpr int ROWS = TILE_ROWS;
  static constexpr int COLUMNS = TILE_COLUMNS;
  static constexpr int THREADS = 256;
  static constexpr int HEIGHT = 4;                          // neighbouring rows of one thread
  static constexpr int WIDTH = COLUMNS < 64 ? COLUMNS / 16 : 4;  // neighbouring columns of one thread
  static constexpr int ROWS_EACH = ROWS / 16;
  static constexpr int COLUMNS_EACH = COLUMNS / 16;
  static constexpr int GROUPS = COLUMNS_EACH / WIDTH;
  // Padding by four keeps rows aligned for quads and spreads transposed stores over the banks.
  static constexpr int LEFT_STRIDE = ROWS + 4;
  static constexpr int RIGHT_STRIDE = COLUMNS + 4;
  static constexpr int LEFT_STAGE = DEPTH * LEFT_STRIDE;
  static constexpr int RIGHT_STAGE = DEPTH * RIGHT_STRIDE;
  static constexpr int LEFT_SHARED = 2 * LEFT_STAGE;
  static constexpr int RIGHT_SHARED = 2 * RIGHT_STAGE;

  float sum[ROWS_EACH][COLUMNS_EACH];
  int thread;

  TILE_MEMBER void clear() {
    thread = threadIdx.x;
#pragma unroll
    for (int i = 0; i < ROWS_EACH; i++) {
#pragma unroll
      for (int j = 0; j < COLUMNS_EACH; j++) {
        sum[i][j] = 0.0f;
      }
    }
  }

  // Row of the tile of sum[i].
  TILE_MEMBER int row(int i) const {
    return i / HEIGHT * (16 * HEIGHT) + thread / 16 * HEIGHT + i % HEIGHT;
  }

  // First column of the tile of sum[.][g * WIDTH].
  TILE_MEMBER int column(int g) const { return g * (16 * WIDTH) + thread % 16 * WIDTH; }

  // Adds the product of DEPTH staged lines: left [DEPTH][LEFT_STRIDE], right [DEPTH][RIGHT_STRIDE].
  TILE_MEMBER void add(const float *left, const float *right) {
#pragma unroll UNROLL
    for (int k = 0; k < DEPTH; k++) {
      float a[ROWS_EACH];
      float b[COLUMNS_EACH];
#pragma unroll
      for (int i = 0; i < ROWS_EACH; i += HEIGHT) {
        TileQuad quad = *(const TileQuad *)(left + k * LEFT_STRIDE + row(i));
#pragma unroll
        for (int e = 0; e < HEIGHT; e++) {
          a[i + e] = quad.value[e];
        }
      }
#pragma unroll
      for (int g = 0; g < GROUPS; g++) {
        const float *source = right + k * RIGHT_STRIDE + column(g);
        if (WIDTH == 4) {
          TileQuad quad = *(const TileQuad *)source;
#pragma unroll
          for (int e = 0; e < WIDTH; e++) {
            b[g * WIDTH + e] = quad.value[e];
          }
        } else {
#pragma unroll
          for (int e = 0; e < WIDTH; e++) {
            b[g * WIDTH + e] = source[e];
          }
        }
      }
#pragma unroll
      for (int i = 0; i < ROWS_EACH; i++) {
#pragma unroll
        for (int j = 0; j < COLUMNS_EACH; j++) {
          sum[i][j] += a[i] * b[j];
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
      a.template store_by_depth<LEFT_STRIDE>(stagedLeft, thread);
      b.template store_by_depth<RIGHT_STRIDE>(stagedRight, thread);
      __syncthreads();
      if (k + DEPTH < end) {
        a.load(left, k + DEPTH, end, thread);
        b.load(right, k + DEPTH, end, thread);
      }
      add(stagedLeft, stagedRight);
      stage ^= 1;
    }
    __syncthreads();
  }

  // The same with a left factor that lies in shared memory as [depth][LEFT_STRIDE], zero from `end`
  // up to the next multiple of DEPTH.
  template <Contiguous RIGHT>
  TILE_MEMBER void multiply_shared(const float *sharedLeft, const TileOperand &right, int end,
                                   float *sharedRight) {
    TileStage<COLUMNS, DEPTH, THREADS, RIGHT> b;
    b.load(right, 0, end, thread);
    int stage = 0;
    for (int k = 0; k < end; k += DEPTH) {
      float *stagedRight = sharedRight + stage * RIGHT_STAGE;
      b.template store_by_depth<RIGHT_STRIDE>(stagedRight, thread);
      __syncthreads();
      if (k + DEPTH < end) {
        b.load(right, k + DEPTH, end, thread);
      }
      add(sharedLeft + k * LEFT_STRIDE, stagedRight);
      stage ^= 1;
    }
    __syncthreads();
  }
};
