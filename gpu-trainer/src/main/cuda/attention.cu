// Causal softmax attention without a [S,S] matrix in memory: q, k, v, out [B*S,d] with the components of head h at
// [h dh, (h+1) dh), d = H dh; logSumExp, dots [B,H,S].
//
// A block owns 64 queries (or keys) of one sequence and head and walks over the keys (or queries) 64 at a time: the
// scores of a step are a 64 x 64 tile in registers, made by the tiled product of tile_fp32.h, and pass through shared
// memory to the second product. The forward pass keeps a running maximum and sum of each query (online softmax:
// Milakov and Gimelshein 2018; Dao et al. 2022); the backward pass makes the probabilities again from log-sum-exp.
// Every number is written by one thread in a fixed order of additions, without atomics.
//
// WIDTH is how many of the head's dh columns a block sums in registers, 32, 64 or 128; wider heads take several blocks
// (blockIdx.z), each making the scores again. Any dh works.
//
// Assembled for sm_80 (by ptxas; never timed): WIDTH 32 and 64: 120 to 128 registers, 34 KiB shared, 2 blocks
// on a multiprocessor, 25 % of its threads; 128: 150 to 207 registers, 42 KiB, 1 block, 12 %.
//
// Grids: x tiles of 64 positions, those with most work first, y B*H, z ceil(dh / WIDTH). Block 256.
#include "gpu.h"
#include "tile.h"
#include "tile_fp32.h"

typedef TileFp32<64, 64, 16, 2> AttentionScores;

#define ATTENTION_POSITIONS 64
// 64 lines of the left factor of the second product.
#define ATTENTION_PATCH (ATTENTION_POSITIONS * AttentionScores::LEFT_STRIDE)

// Blocks of a backward kernel that share a multiprocessor. Two leave a thread 128 registers, with which NVIDIA's
// assembler spills on compute capability 7.0.
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800
#define ATTENTION_BACKWARD_BLOCKS 1
#else
#define ATTENTION_BACKWARD_BLOCKS 2
#endif

/** Where a block's sequence and head lie. */
struct AttentionHead {
  int start;   // of position 0, in floats: a tensor has fewer than 2^31
  int row;     // of position 0, in [B,H,S]
  int stride;  // from position to position, d
  int length;  // S
  int width;   // dh
};

TILE_INLINE AttentionHead attention_head(int length, int heads, int headWidth) {
  int sequence = (int)blockIdx.y / heads;
  int head = (int)blockIdx.y % heads;
  int stride = heads * headWidth;
  return AttentionHead{sequence * length * stride + head * headWidth,
                       (int)blockIdx.y * length, stride, length, headWidth};
}

/** The positions from `first` on as lanes, the head's components as depth. */
TILE_INLINE TileOperand attention_rows(const float *x, const AttentionHead &head, int first) {
  return tile_operand<Contiguous::DEPTH>(x + head.start, head.stride, head.length, first);
}

/** The head's components from `column` on as lanes, the positions from `first` on as depth. */
TILE_INLINE TileOperand attention_columns(const float *x, const AttentionHead &head, int first, int column) {
  return tile_operand<Contiguous::LANES>(x + head.start + (long long)first * head.stride, head.stride, head.width,
                                         column);
}

/** Positions of the 64 from `first` on that exist. */
TILE_INLINE int attention_count(const AttentionHead &head, int first) {
  return head.length - first < ATTENTION_POSITIONS ? head.length - first : ATTENTION_POSITIONS;
}

/** left_m . right_n over the head's components, for 64 positions each. */
TILE_INLINE void attention_products(AttentionScores &tile, const float *left, int left0, const float *right, int right0,
                                    const AttentionHead &head, float *sharedLeft, float *sharedRight) {
  tile.clear();
  tile.multiply<Contiguous::DEPTH, Contiguous::DEPTH>(attention_rows(left, head, left0),
                                                      attention_rows(right, head, right0), 0, head.width, sharedLeft,
                                                      sharedRight);
}

/** Puts a tile into shared memory as the left factor of the next product: [column of the tile][row of the tile]. */
TILE_INLINE void attention_patch(const AttentionScores &tile, float *patch) {
#pragma unroll
  for (int j = 0; j < 4; j++) {
    TileQuad quad = {{tile.sum[0][j], tile.sum[1][j], tile.sum[2][j], tile.sum[3][j]}};
    *(TileQuad *)(patch + (tile.column(0) + j) * AttentionScores::LEFT_STRIDE + tile.row(0)) = quad;
  }
}

// Over the 16 threads that share a row of a tile.
TILE_INLINE float attention_row_max(float value) {
#pragma unroll
  for (int lanes = 8; lanes > 0; lanes >>= 1) {
    value = fmaxf(value, __shfl_xor_sync(GPU_ALL_LANES, value, lanes));
  }
  return value;
}
TILE_INLINE float attention_row_sum(float value) {
#pragma unroll
  for (int lanes = 8; lanes > 0; lanes >>= 1) {
    value += __shfl_xor_sync(GPU_ALL_LANES, value, lanes);
  }
  return value;
}

/** The running softmax of the four rows of a thread. */
struct AttentionRunning {
  float largest[4];
  float total[4];  // of this thread's columns, relative to e^largest

  TILE_MEMBER void clear() {
#pragma unroll
    for (int i = 0; i < 4; i++) {
      largest[i] = -GPU_INFINITY;
      total[i] = 0.0f;
    }
  }

  /** Turns products into e^(score - largest) and scales what was summed before to the new maximum. */
  template <class Output>
  TILE_MEMBER void take(AttentionScores &s, Output &o, int query0, int key0, float scale) {
#pragma unroll
    for (int i = 0; i < 4; i++) {
      int query = query0 + s.row(i);
      float peak = largest[i];
#pragma unroll
      for (int j = 0; j < 4; j++) {
        int key = key0 + s.column(0) + j;
        s.sum[i][j] = key <= query ? s.sum[i][j] * scale : -GPU_INFINITY;
        peak = fmaxf(peak, s.sum[i][j]);
      }
      peak = attention_row_max(peak);
      // Nothing but -infinity so far: any finite number serves.
      float reference = peak == -GPU_INFINITY ? 0.0f : peak;
      float before = gpu_exp(largest[i] - reference);
      largest[i] = peak;
      total[i] *= before;
#pragma unroll
      for (int j = 0; j < 4; j++) {
        s.sum[i][j] = gpu_exp(s.sum[i][j] - reference);
        total[i] += s.sum[i][j];
      }
#pragma unroll
      for (int j = 0; j < Output::COLUMNS_EACH; j++) {
        o.sum[i][j] *= before;
      }
    }
  }
};

template <int WIDTH>
TILE_INLINE void attention_forward_tile(const float *q, const float *k, const float *v, float *logSumExp, float *out,
                                        int length, int heads, int headWidth, float scale, float *left, float *right,
                                        float *patch) {
  typedef TileFp32<64, WIDTH, 16, 4> Output;
  AttentionHead head = attention_head(length, heads, headWidth);
  int query0 = (int)(gridDim.x - 1 - blockIdx.x) * ATTENTION_POSITIONS;
  int column0 = blockIdx.z * WIDTH;
  AttentionRunning running;
  running.clear();
  Output o;
  o.clear();
  for (int key0 = 0; key0 <= query0; key0 += ATTENTION_POSITIONS) {
    AttentionScores s;
    attention_products(s, q, query0, k, key0, head, left, right);
    running.take(s, o, query0, key0, scale);
    attention_patch(s, patch);
    o.template multiply_shared<Contiguous::LANES>(patch, attention_columns(v, head, key0, column0),
                                                  attention_count(head, key0), right);
  }
#pragma unroll
  for (int i = 0; i < 4; i++) {
    float total = attention_row_sum(running.total[i]);
    int query = query0 + o.row(i);
#pragma unroll
    for (int j = 0; j < Output::COLUMNS_EACH; j++) {
      o.sum[i][j] /= total;
    }
    if (o.thread % 16 == 0 && blockIdx.z == 0 && query < length) {
      logSumExp[head.row + query] = running.largest[i] + gpu_log(total);
    }
  }
  tile_results<false>(o, out + head.start, head.stride, length, headWidth, query0, column0);
}

template <int WIDTH>
TILE_INLINE void attention_backward_query_tile(const float *q, const float *k, const float *v, const float *logSumExp,
                                               const float *dots, const float *dOut, float *dQ, int length, int heads,
                                               int headWidth, float scale, float *left, float *right, float *patch) {
  typedef TileFp32<64, WIDTH, 16, 4> Output;
  AttentionHead head = attention_head(length, heads, headWidth);
  int query0 = (int)(gridDim.x - 1 - blockIdx.x) * ATTENTION_POSITIONS;
  int column0 = blockIdx.z * WIDTH;
  Output gradient;
  gradient.clear();
  for (int key0 = 0; key0 <= query0; key0 += ATTENTION_POSITIONS) {
    AttentionScores s;
    AttentionScores g;
    attention_products(s, q, query0, k, key0, head, left, right);
    attention_products(g, dOut, query0, v, key0, head, left, right);
#pragma unroll
    for (int i = 0; i < 4; i++) {
      int query = query0 + s.row(i);
      float lse = query < length ? logSumExp[head.row + query] : 0.0f;
      float dot = query < length ? dots[head.row + query] : 0.0f;
#pragma unroll
      for (int j = 0; j < 4; j++) {
        // The first query sees one key, with weight 1 whatever the score: what is left of its gradient is rounding.
        bool counts = query > 0 && query < length && key0 + s.column(0) + j <= query;
        float p = gpu_exp(s.sum[i][j] * scale - lse);
        s.sum[i][j] = counts ? p * (g.sum[i][j] - dot) * scale : 0.0f;
      }
    }
    attention_patch(s, patch);
    gradient.template multiply_shared<Contiguous::LANES>(patch, attention_columns(k, head, key0, column0),
                                                         attention_count(head, key0), right);
  }
  tile_results<true>(gradient, dQ + head.start, head.stride, length, headWidth, query0, column0);
}

template <int WIDTH>
TILE_INLINE void attention_backward_key_tile(const float *q, const float *k, const float *v, const float *logSumExp,
                                             const float *dots, const float *dOut, float *dK, float *dV, int length,
                                             int heads, int headWidth, float scale, float *left, float *right,
                                             float *patch) {
  typedef TileFp32<64, WIDTH, 16, 4> Output;
  AttentionHead head = attention_head(length, heads, headWidth);
  int key0 = blockIdx.x * ATTENTION_POSITIONS;
  int column0 = blockIdx.z * WIDTH;
  Output keyGradient;
  Output valueGradient;
  keyGradient.clear();
  valueGradient.clear();
  for (int query0 = key0; query0 < length; query0 += ATTENTION_POSITIONS) {
    int count = attention_count(head, query0);
    // Transposed: rows are keys, columns queries.
    AttentionScores p;
    AttentionScores g;
    attention_products(p, k, key0, q, query0, head, left, right);
#pragma unroll
    for (int j = 0; j < 4; j++) {
      int query = query0 + p.column(0) + j;
      float lse = query < length ? logSumExp[head.row + query] : 0.0f;
#pragma unroll
      for (int i = 0; i < 4; i++) {
        bool seen = query < length && key0 + p.row(i) <= query;
        p.sum[i][j] = seen ? gpu_exp(p.sum[i][j] * scale - lse) : 0.0f;
      }
    }
    attention_patch(p, patch);
    valueGradient.template multiply_shared<Contiguous::LANES>(patch, attention_columns(dOut, head, query0, column0),
                                                              count, right);
    attention_products(g, v, key0, dOut, query0, head, left, right);
#pragma unroll
    for (int j = 0; j < 4; j++) {
      int query = query0 + p.column(0) + j;
      float dot = query < length ? dots[head.row + query] : 0.0f;
#pragma unroll
      for (int i = 0; i < 4; i++) {
        bool counts = query > 0 && query < length && key0 + p.row(i) <= query;
        p.sum[i][j] = counts ? p.sum[i][j] * (g.sum[i][j] - dot) * scale : 0.0f;
      }
    }
    attention_patch(p, patch);
    keyGradient.template multiply_shared<Contiguous::LANES>(patch, attention_columns(q, head, query0, column0), count,
                                                            right);
  }
  tile_results<true>(keyGradient, dK + head.start, head.stride, length, headWidth, key0, column0);
  tile_results<true>(valueGradient, dV + head.start, head.stride, length, headWidth, key0, column0);
}

// The right factors of both products pass through the same stages.
#define ATTENTION_RIGHT(WIDTH) \
  (WIDTH > 64 ? TileFp32<64, WIDTH, 16, 4>::RIGHT_SHARED : AttentionScores::RIGHT_SHARED)

/** out = softmax(q k^T scale) v, logSumExp of each query's scores. */
extern "C" __global__ void __launch_bounds__(256, 2) attention_forward_32(
    const float *q, const float *k, const float *v, float *logSumExp, float *out, int length, int heads, int headWidth,
    float scale) {
  TILE_SHARED(left, AttentionScores::LEFT_SHARED);
  TILE_SHARED(right, ATTENTION_RIGHT(32));
  TILE_SHARED(patch, ATTENTION_PATCH);
  attention_forward_tile<32>(
      q, k, v, logSumExp, out, length, heads, headWidth, scale, left, right, patch);
}

/** out = softmax(q k^T scale) v, logSumExp of each query's scores. */
extern "C" __global__ void __launch_bounds__(256, 2) attention_forward_64(
    const float *q, const float *k, const float *v, float *logSumExp, float *out, int length, int heads, int headWidth,
    float scale) {
  TILE_SHARED(left, AttentionScores::LEFT_SHARED);
  TILE_SHARED(right, ATTENTION_RIGHT(64));
  TILE_SHARED(patch, ATTENTION_PATCH);
  attention_forward_tile<64>(
      q, k, v, logSumExp, out, length, heads, headWidth, scale, left, right, patch);
}

/** out = softmax(q k^T scale) v, logSumExp of each query's scores. */
extern "C" __global__ void __launch_bounds__(256, 1) attention_forward_128(
    const float *q, const float *k, const float *v, float *logSumExp, float *out, int length, int heads, int headWidth,
    float scale) {
  TILE_SHARED(left, AttentionScores::LEFT_SHARED);
  TILE_SHARED(right, ATTENTION_RIGHT(128));
  TILE_SHARED(patch, ATTENTION_PATCH);
  attention_forward_tile<128>(
      q, k, v, logSumExp, out, length, heads, headWidth, scale, left, right, patch);
}

/** dQ += dS k, dS = p (dOut v^T - dots) scale. */
extern "C" __global__ void __launch_bounds__(256, ATTENTION_BACKWARD_BLOCKS) attention_backward_query_32(
    const float *q, const float *k, const float *v, const float *logSumExp, const float *dots, const float *dOut,
    float *dQ, int length, int heads, int headWidth, float scale) {
  TILE_SHARED(left, AttentionScores::LEFT_SHARED);
  TILE_SHARED(right, ATTENTION_RIGHT(32));
  TILE_SHARED(patch, ATTENTION_PATCH);
  attention_backward_query_tile<32>(
      q, k, v, logSumExp, dots, dOut, dQ, length, heads, headWidth, scale, left, right, patch);
}

/** dQ += dS k, dS = p (dOut v^T - dots) scale. */
extern "C" __global__ void __launch_bounds__(256, ATTENTION_BACKWARD_BLOCKS) attention_backward_query_64(
    const float *q, const float *k, const float *v, const float *logSumExp, const float *dots, const float *dOut,
    float *dQ, int length, int heads, int headWidth, float scale) {
  TILE_SHARED(left, AttentionScores::LEFT_SHARED);
  TILE_SHARED(right, ATTENTION_RIGHT(64));
  TILE_SHARED(patch, ATTENTION_PATCH);
  attention_backward_query_tile<64>(
      q, k, v, logSumExp, dots, dOut, dQ, length, heads, headWidth, scale, left, right, patch);
}

/** dQ += dS k, dS = p (dOut v^T - dots) scale. */
extern "C" __global__ void __launch_bounds__(256, 1) attention_backward_query_128(
    const float *q, const float *k, const float *v, const float *logSumExp, const float *dots, const float *dOut,
    float *dQ, int length, int heads, int headWidth, float scale) {
  TILE_SHARED(left, AttentionScores::LEFT_SHARED);
  TILE_SHARED(right, ATTENTION_RIGHT(128));
  TILE_SHARED(patch, ATTENTION_PATCH);
  attention_backward_query_tile<128>(
      q, k, v, logSumExp, dots, dOut, dQ, length, heads, headWidth, scale, left, right, patch);
}

/** dV += p^T dOut, dK += dS^T q. */
extern "C" __global__ void __launch_bounds__(256, ATTENTION_BACKWARD_BLOCKS) attention_backward_key_32(
    const float *q, const float *k, const float *v, const float *logSumExp, const float *dots, const float *dOut,
    float *dK, float *dV, int length, int heads, int headWidth, float scale) {
  TILE_SHARED(left, AttentionScores::LEFT_SHARED);
  TILE_SHARED(right, ATTENTION_RIGHT(32));
  TILE_SHARED(patch, ATTENTION_PATCH);
  attention_backward_key_tile<32>(
      q, k, v, logSumExp, dots, dOut, dK, dV, length, heads, headWidth, scale, left, right, patch);
}

/** dV += p^T dOut, dK += dS^T q. */
extern "C" __global__ void __launch_bounds__(256, ATTENTION_BACKWARD_BLOCKS) attention_backward_key_64(
    const float *q, const float *k, const float *v, const float *logSumExp, const float *dots, const float *dOut,
    float *dK, float *dV, int length, int heads, int headWidth, float scale) {
  TILE_SHARED(left, AttentionScores::LEFT_SHARED);
  TILE_SHARED(right, ATTENTION_RIGHT(64));
  TILE_SHARED(patch, ATTENTION_PATCH);
  attention_backward_key_tile<64>(
      q, k, v, logSumExp, dots, dOut, dK, dV, length, heads, headWidth, scale, left, right, patch);
}

/** dV += p^T dOut, dK += dS^T q. */
extern "C" __global__ void __launch_bounds__(256, 1) attention_backward_key_128(
    const float *q, const float *k, const float *v, const float *logSumExp, const float *dots, const float *dOut,
    float *dK, float *dV, int length, int heads, int headWidth, float scale) {
  TILE_SHARED(left, AttentionScores::LEFT_SHARED);
  TILE_SHARED(right, ATTENTION_RIGHT(128));
  TILE_SHARED(patch, ATTENTION_PATCH);
  attention_backward_key_tile<128>(
      q, k, v, logSumExp, dots, dOut, dK, dV, length, heads, headWidth, scale, left, right, patch);
}

/** dots[b,h,s] = sum over the head's components of dOut out. Grid: one block of 4 warps for 4 of the B*H*S rows. */
extern "C" __global__ void __launch_bounds__(128) attention_dots(
    const float *out, const float *dOut, float *dots, int rows, int length, int heads, int headWidth) {
  int row = blockIdx.x * 4 + threadIdx.x / 32;
  int lane = threadIdx.x % 32;
  if (row >= rows) return;
  int position = row % length;
  int head = row / length % heads;
  int sequence = row / length / heads;
  long long start = (((long long)sequence * length + position) * heads + head) * headWidth;
  float dot = 0.0f;
  for (int i = lane; i < headWidth; i += 32) dot = fmaf(out[start + i], dOut[start + i], dot);
  dot = gpu_warp_sum(dot);
  if (lane == 0) dots[row] = dot;
}
