// Matrix products on tensor cores: y = x W^T, dX += dY W, dW += dY^T x, of any size.
//
// Assembled for sm_80 (by ptxas; never timed): 64: 110 registers, 20 KiB shared, 4 blocks of 128 threads on a
// multiprocessor, 25 % of its threads; 128: 128 registers, 40 KiB, 2 blocks of 256 threads, 25 %.
// architectures: sm_80
#include "gpu.h"
#include "tile.h"
#include "tile_tf32.h"
#include "gemm_tile.h"

typedef TileTf32<64, 64> GemmTf32Tile64;
typedef TileTf32<128, 128> GemmTf32Tile128;

/** c[m,n] = sum_k a[m,k] b[n,k]. */
extern "C" __global__ void __launch_bounds__(GemmTf32Tile64::THREADS, 3) gemm_nt_tf32_64(
    const float *a, const float *b, float *c, int m, int n, int k) {
  TILE_SHARED(left, GemmTf32Tile64::LEFT_SHARED);
  TILE_SHARED(right, GemmTf32Tile64::RIGHT_SHARED);
  gemm_tile<GemmTf32Tile64, Contiguous::DEPTH, Contiguous::DEPTH, false>(a, k, b, k, c, m, n, 0, k, left, right);
}

/** c[m,n] += sum_k a[m,k] b[k,n]. */
extern "C" __global__ void __launch_bounds__(GemmTf32Tile64::THREADS, 3) gemm_nn_tf32_64(
    const float *a, const float *b, float *c, int m, int n, int k) {
  TILE_SHARED(left, GemmTf32Tile64::LEFT_SHARED);
  TILE_SHARED(right, GemmTf32Tile64::RIGHT_SHARED);
  gemm_tile<GemmTf32Tile64, Contiguous::DEPTH, Contiguous::LANES, true>(a, k, b, n, c, m, n, 0, k, left, right);
}

/** c[m,n] += sum_k a[k,m] b[k,n]. */
extern "C" __global__ void __launch_bounds__(GemmTf32Tile64::THREADS, 3) gemm_tn_tf32_64(
    const float *a, const float *b, float *c, int m, int n, int k) {
  TILE_SHARED(left, GemmTf32Tile64::LEFT_SHARED);
  TILE_SHARED(right, GemmTf32Tile64::RIGHT_SHARED);
  gemm_tile<GemmTf32Tile64, Contiguous::LANES, Contiguous::LANES, true>(a, m, b, n, c, m, n, 0, k, left, right);
}

/** parts[z][m,n] = sum_k a[k,m] b[k,n] over k from z share up to (z+1) share. */
extern "C" __global__ void __launch_bounds__(GemmTf32Tile64::THREADS, 3) gemm_tn_parts_tf32_64(
    const float *a, const float *b, float *parts, int m, int n, int k, int share) {
  TILE_SHARED(left, GemmTf32Tile64::LEFT_SHARED);
  TILE_SHARED(right, GemmTf32Tile64::RIGHT_SHARED);
  int from = blockIdx.z * share;
  int end = from + share < k ? from + share : k;
  float *part = parts + (long long)blockIdx.z * m * n;
  gemm_tile<GemmTf32Tile64, Contiguous::LANES, Contiguous::LANES, false>(
      a, m, b, n, part, m, n, from, end, left, right);
}

/** c[m,n] = sum_k a[m,k] b[n,k]. */
extern "C" __global__ void __launch_bounds__(GemmTf32Tile128::THREADS, 2) gemm_nt_tf32_128(
    const float *a, const float *b, float *c, int m, int n, int k) {
  TILE_SHARED(left, GemmTf32Tile128::LEFT_SHARED);
  TILE_SHARED(right, GemmTf32Tile128::RIGHT_SHARED);
  gemm_tile<GemmTf32Tile128, Contiguous::DEPTH, Contiguous::DEPTH, false>(a, k, b, k, c, m, n, 0, k, left, right);
}

/** c[m,n] += sum_k a[m,k] b[k,n]. */
extern "C" __global__ void __launch_bounds__(GemmTf32Tile128::THREADS, 2) gemm_nn_tf32_128(
    const float *a, const float *b, float *c, int m, int n, int k) {
  TILE_SHARED(left, GemmTf32Tile128::LEFT_SHARED);
  TILE_SHARED(right, GemmTf32Tile128::RIGHT_SHARED);
  gemm_tile<GemmTf32Tile128, Contiguous::DEPTH, Contiguous::LANES, true>(a, k, b, n, c, m, n, 0, k, left, right);
}

/** c[m,n] += sum_k a[k,m] b[k,n]. */
extern "C" __global__ void __launch_bounds__(GemmTf32Tile128::THREADS, 2) gemm_tn_tf32_128(
    const float *a, const float *b, float *c, int m, int n, int k) {
  TILE_SHARED(left, GemmTf32Tile128::LEFT_SHARED);
  TILE_SHARED(right, GemmTf32Tile128::RIGHT_SHARED);
  gemm_tile<GemmTf32Tile128, Contiguous::LANES, Contiguous::LANES, true>(a, m, b, n, c, m, n, 0, k, left, right);
}
