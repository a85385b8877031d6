// Matrix products in single precision: y = x W^T, dX += dY W, dW += dY^T x, of any size.
//
// Tiles: 64 x 64 for results of few tiles, 128 x 128 (8 x 8 results a thread) where there are enough to fill a card.
// Assembled for sm_80 (by ptxas; never timed): 64: 80 registers, 17 KiB shared, 3 blocks of 256
// threads on a multiprocessor, 38 % of its threads; 128: 126 registers, 16.5 KiB, 2 blocks, 25 %.
#include "gpu.h"
#include "tile.h"
#include "tile_fp32.h"
#include "gemm_tile.h"

typedef TileFp32<64, 64, 16, 4> GemmTile64;
typedef TileFp32<128, 128, 8, 2> GemmTile128;

/** c[m,n] = sum_k a[m,k] b[n,k]. */
extern "C" __global__ void __launch_bounds__(GemmTile64::THREADS, 3) gemm_nt_64(
    const float *a, const float *b, float *c, int m, int n, int k) {
  TILE_SHARED(left, GemmTile64::LEFT_SHARED);
  TILE_SHARED(right, GemmTile64::RIGHT_SHARED);
  gemm_tile<GemmTile64, Contiguous::DEPTH, Contiguous::DEPTH, false>(a, k, b, k, c, m, n, 0, k, left, right);
}

/** c[m,n] += sum_k a[m,k] b[k,n]. */
extern "C" __global__ void __launch_bounds__(GemmTile64::THREADS, 3) gemm_nn_64(
    const float *a, const float *b, float *c, int m, int n, int k) {
  TILE_SHARED(left, GemmTile64::LEFT_SHARED);
  TILE_SHARED(right, GemmTile64::RIGHT_SHARED);
  gemm_tile<GemmTile64, Contiguous::DEPTH, Contiguous::LANES, true>(a, k, b, n, c, m, n, 0, k, left, right);
}

/** c[m,n] += sum_k a[k,m] b[k,n]. */
extern "C" __global__ void __launch_bounds__(GemmTile64::THREADS, 3) gemm_tn_64(
    const float *a, const float *b, float *c, int m, int n, int k) {
  TILE_SHARED(left, GemmTile64::LEFT_SHARED);
  TILE_SHARED(right, GemmTile64::RIGHT_SHARED);
  gemm_tile<GemmTile64, Contiguous::LANES, Contiguous::LANES, true>(a, m, b, n, c, m, n, 0, k, left, right);
}

/** parts[z][m,n] = sum_k a[k,m] b[k,n] over k from z share up to (z+1) share. */
extern "C" __global__ void __launch_bounds__(GemmTile64::THREADS, 3) gemm_tn_parts_64(
    const float *a, const float *b, float *parts, int m, int n, int k, int share) {
  TILE_SHARED(left, GemmTile64::LEFT_SHARED);
  TILE_SHARED(right, GemmTile64::RIGHT_SHARED);
  int from = blockIdx.z * share;
  int end = from + share < k ? from + share : k;
  float *part = parts + (long long)blockIdx.z * m * n;
  gemm_tile<GemmTile64, Contiguous::LANES, Contiguous::LANES, false>(a, m, b, n, part, m, n, from, end, left, right);
}

/** c[m,n] = sum_k a[m,k] b[n,k]. */
extern "C" __global__ void __launch_bounds__(GemmTile128::THREADS, 2) gemm_nt_128(
    const float *a, const float *b, float *c, int m, int n, int k) {
  TILE_SHARED(left, GemmTile128::LEFT_SHARED);
  TILE_SHARED(right, GemmTile128::RIGHT_SHARED);
  gemm_tile<GemmTile128, Contiguous::DEPTH, Contiguous::DEPTH, false>(a, k, b, k, c, m, n, 0, k, left, right);
}

/** c[m,n] += sum_k a[m,k] b[k,n]. */
extern "C" __global__ void __launch_bounds__(GemmTile128::THREADS, 2) gemm_nn_128(
    const float *a, const float *b, float *c, int m, int n, int k) {
  TILE_SHARED(left, GemmTile128::LEFT_SHARED);
  TILE_SHARED(right, GemmTile128::RIGHT_SHARED);
  gemm_tile<GemmTile128, Contiguous::DEPTH, Contiguous::LANES, true>(a, k, b, n, c, m, n, 0, k, left, right);
}

/** c[m,n] += sum_k a[k,m] b[k,n]. */
extern "C" __global__ void __launch_bounds__(GemmTile128::THREADS, 2) gemm_tn_128(
    const float *a, const float *b, float *c, int m, int n, int k) {
  TILE_SHARED(left, GemmTile128::LEFT_SHARED);
  TILE_SHARED(right, GemmTile128::RIGHT_SHARED);
  gemm_tile<GemmTile128, Contiguous::LANES, Contiguous::LANES, true>(a, m, b, n, c, m, n, 0, k, left, right);
}

/** c[i] += sum_z parts[z][i] in ascending z: parts [count][size], c [size]. Grid-stride, block 256. */
extern "C" __global__ void __launch_bounds__(256) gemm_add_parts(
    const float *parts, float *c, int size, int count) {
  for (long long i = (long long)blockIdx.x * 256 + threadIdx.x; i < size;
       i += (long long)gridDim.x * 256) {
    float sum = 0.0f;
    for (int z = 0; z < count; z++) {
      sum += parts[(long long)z * size + i];
    }
    c[i] += sum;
  }
}
