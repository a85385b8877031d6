// Operands of tiled matrix products and how a block stages them in shared memory.
//
// Both factors of C[m][n] = sum_k left(m, k) right(n, k) are seen alike: as `lanes` (rows m of C for
// the left one, columns n for the right one) times `depth` (k). Memory holds either of the two
// contiguously, which gives the three products that a linear layer needs without a transposition:
//   nt  y  = x W^T     left depth-contiguous, right depth-contiguous
//   nn  dX = dY W      left depth-contiguous, right lane-contiguous
//   tn  dW = dY^T x    left lane-contiguous,  right lane-contiguous
// What lies outside an operand is staged as zero, so every size works with every tile.
#pragma once
#include "gpu.h"

#define TILE_INLINE static __device__ inline __attribute__((always_inline))
#define TILE_MEMBER __device__ inline __attribute__((always_inline))
// Static shared memory that is read four floats at a time.
#define TILE_SHARED(name, count) __shared__ __attribute__((aligned(16))) float name[count]

struct __attribute__((aligned(16))) TileQuad {
  float value[4];
};

struct __attribute__((aligned(8))) TilePair {
  float value[2];
};

enum class Contiguous { LANES, DEPTH };

// A factor from the tile's first lane on.
struct TileOperand {
  const float *data;
  int stride;    // floats between neighbours of the dimension that is not contiguous
  int lanes;     // how many there are from the tile's first lane on; at most 0: none
  bool aligned;  // groups of four may be loaded at once
};

TILE_INLINE bool tile_aligned(const float *data, int stride) {
  return ((unsigned long long)data & 15) == 0 && (stride & 3) == 0;
}

// line * stride + at. A tensor has fewer than 2^31 elements, so 32 bits serve, which spares registers; unsigned, since
// what lies outside it, and is not touched, may come out beyond.
TILE_INLINE unsigned tile_offset(int line, int stride, int at) {
  return (unsigned)line * (unsigned)stride + (unsigned)at;
}

// The factor `data`, whose lanes are `lanes` in all, from lane `first` on.
template <Contiguous C>
TILE_INLINE TileOperand tile_operand(const float *data, int stride, int lanes, int first) {
  const float *start =
      data + (C == Contiguous::DEPTH ? (long long)first * stride : (long long)first);
  return TileOperand{start, stride, lanes - first, tile_aligned(start, stride)};
}

// One thread's share of LANES x DEPTH elements, held in registers between global and shared memory.
template <int LANES, int DEPTH, int THREADS, Contiguous C>
struct TileStage {
  static constexpr int QUADS = LANES * DEPTH / 4;
  static constexpr int SHARE = (QUADS + THREADS - 1) / THREADS;
  static constexpr int ACROSS = (C == Contiguous::DEPTH ? DEPTH : LANES) / 4;
  TileQuad held[SHARE];

  // Elements of depths `from` to `from + DEPTH - 1`; those at `end` and beyond are zero.
  TILE_MEMBER void load(const TileOperand &operand, int from, int end, int thread) {
#pragma unroll
    for (int s = 0; s < SHARE; s++) {
      int quad = thread + s * THREADS;
      int along = quad % ACROSS * 4;
      int other = quad / ACROSS;
      int line = C == Contiguous::DEPTH ? other : from + other;
      int lines = C == Contiguous::DEPTH ? operand.lanes : end;
      int at = C == Contiguous::DEPTH ? from + along : along;
      int bound = C == Contiguous::DEPTH ? end : operand.lanes;
      bool mine = QUADS % THREADS == 0 || quad < QUADS;
      const float *source = operand.data + tile_offset(line, operand.stride, at);
      if (mine && line < lines && at + 3 < bound && operand.aligned) {
        held[s] = *(const TileQuad *)source;
      } else {
#pragma unroll
        for (int i = 0; i < 4; i++) {
          held[s].value[i] = mine && line < lines && at + i < bound ? source[i] : 0.0f;
        }
      }
    }
  }

  // Writes to [DEPTH][STRIDE], whatever the order in global memory.
  template <int STRIDE>
  TILE_MEMBER void store_by_depth(float *shared, int thread) const {
#pragma unroll
    for (int s = 0; s < SHARE; s++) {
      int quad = thread + s * THREADS;
      int along = quad % ACROSS * 4;
      int other = quad / ACROSS;
      if (QUADS % THREADS == 0 || quad < QUADS) {
        if (C == Contiguous::LANES) {
          *(TileQuad *)(shared + other * STRIDE + along) = held[s];
        } else {
#pragma unroll
          for (int i = 0; i < 4; i++) {
            shared[(along + i) * STRIDE + other] = held[s].value[i];
          }
        }
      }
    }
  }

  // Writes in the order of global memory: [lane][STRIDE] or [depth][STRIDE].
  template <int STRIDE>
  TILE_MEMBER void store_as_it_lies(float *shared, int thread) const {
#pragma unroll
    for (int s = 0; s < SHARE; s++) {
      int quad = thread + s * THREADS;
      if (QUADS % THREADS == 0 || quad < QUADS) {
        *(TileQuad *)(shared + quad / ACROSS * STRIDE + quad % ACROSS * 4) = held[s];
      }
    }
  }
};

// Writes W neighbouring results of one row, of which `left` exist, over or onto what is there.
template <int W, bool ADD>
TILE_INLINE void tile_write(float *target, const float *results, int left) {
#pragma unroll
  for (int i = 0; i < W; i++) {
    if (i < left) {
      target[i] = ADD ? target[i] + results[i] : results[i];
    }
  }
}

// The same at once where the address allows it.
template <int W, bool ADD>
TILE_INLINE void tile_write_aligned(float *target, const float *results, int left) {
  if (W == 4 && left >= 4) {
    TileQuad quad = {{0.0f, 0.0f, 0.0f, 0.0f}};
    if (ADD) {
      quad = *(const TileQuad *)target;
    }
#pragma unroll
    for (int i = 0; i < 4; i++) {
      quad.value[i] = ADD ? quad.value[i] + results[i % W] : results[i % W];
    }
    *(TileQuad *)target = quad;
  } else if (W == 2 && left >= 2) {
    TilePair pair = {{0.0f, 0.0f}};
    if (ADD) {
      pair = *(const TilePair *)target;
    }
#pragma unroll
    for (int i = 0; i < 2; i++) {
      pair.value[i] = ADD ? pair.value[i] + results[i] : results[i];
    }
    *(TilePair *)target = pair;
  } else {
    tile_write<W, ADD>(target, results, left);
  }
}

// Writes a tile's results over or onto C from row and column `row0`, `column0` on: C is [rows][columns], its rows
// `stride` floats apart.
template <bool ADD, class Tile>
TILE_INLINE void tile_results(const Tile &tile, float *c, int stride, int rows, int columns, int row0, int column0) {
  bool aligned = tile_aligned(c, stride);
#pragma unroll
  for (int i = 0; i < Tile::ROWS_EACH; i++) {
    int row = row0 + tile.row(i);
    if (row < rows) {
#pragma unroll
      for (int g = 0; g < Tile::GROUPS; g++) {
        int column = column0 + tile.column(g);
        float *target = c + tile_offset(row, stride, column);
        const float *results = &tile.sum[i][g * Tile::WIDTH];
        if (aligned) {
          tile_write_aligned<Tile::WIDTH, ADD>(target, results, columns - column);
        } else {
          tile_write<Tile::WIDTH, ADD>(target, results, columns - column);
        }
      }
    }
  }
}
