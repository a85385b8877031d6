/*
 * Mean signed cosine over pairs of rows, in time proportional to the entries: with unit rows u_i, sum over i < j of
 * <u_i, u_j> = (|sum_i u_i|^2 - sum_i |u_i|^2) / 2. A row of zeros counts as cosine 0. In double precision, so the
 * difference costs nothing that matters.
 */
#include "gpu.h"

#define WARPS 8

/* inverseNorms [rows] = 1/|row|, 0 for a row of zeros. One warp a row: grid ceil(rows / 8), block 256. */
extern "C" __global__ void inverse_norms(const float *x, double *inverseNorms, int rows, int columns) {
  int lane = threadIdx.x % 32;
  int row = blockIdx.x * WARPS + threadIdx.x / 32;
  if (row >= rows) return;
  const float *entries = x + (long long)row * columns;
  double squares = 0;
  for (int i = lane; i < columns; i += 32) squares += (double)entries[i] * entries[i];
  squares = gpu_warp_sum(squares);
  if (lane == 0) inverseNorms[row] = squares == 0 ? 0 : 1 / gpu_sqrt(squares);
}

/*
 * partials [grid, 2]: over 256 columns each, twice the sum over pairs of all rows, and of the first ffnRows. weight
 * [rows, columns]. grid ceil(columns / 256), block 256.
 */
extern "C" __global__ void row_cosines(
    const float *weight, const double *inverseNorms, double *partials, int rows, int ffnRows, int columns) {
  int column = blockIdx.x * blockDim.x + threadIdx.x;
  double all = 0;
  double ffn = 0;
  if (column < columns) {
    double sum = 0;
    double squares = 0;
    for (int row = 0; row < rows; row++) {
      double unit = weight[(long long)row * columns + column] * inverseNorms[row];
      sum += unit;
      squares += unit * unit;
      if (row + 1 == ffnRows) ffn = sum * sum - squares;
    }
    all = sum * sum - squares;
  }
  all = gpu_block_sum(all);
  ffn = gpu_block_sum(ffn);
  if (threadIdx.x == 0) {
    partials[2 * blockIdx.x] = all;
    partials[2 * blockIdx.x + 1] = ffn;
  }
}

/* into[0], into[1] = the means over pairs; 0 where there are fewer than two rows. One block of 256. */
extern "C" __global__ void row_cosine_means(const double *partials, double *into, int parts, int rows, int ffnRows) {
  double all = 0;
  double ffn = 0;
  for (int part = threadIdx.x; part < parts; part += blockDim.x) {
    all += partials[2 * part];
    ffn += partials[2 * part + 1];
  }
  all = gpu_block_sum(all);
  ffn = gpu_block_sum(ffn);
  if (threadIdx.x == 0) {
    into[0] = rows < 2 ? 0 : all / ((double)rows * (rows - 1));
    into[1] = ffnRows < 2 ? 0 : ffn / ((double)ffnRows * (ffnRows - 1));
  }
}

/*
 * partials [grid]: the sum over tokens of the sum over pairs of a token's slots. rows [slots, columns], tokenSlots
 * [T,K]; tokens strided over the grid, block 256.
 */
extern "C" __global__ void slot_cosines(
    const float *rows, const int *tokenSlots, const double *inverseNorms, double *partials, int tokens, int topK,
    int columns) {
  double pairs = 0;
  for (int token = blockIdx.x; token < tokens; token += gridDim.x) {
    const int *slots = tokenSlots + (long long)token * topK;
    for (int column = threadIdx.x; column < columns; column += blockDim.x) {
      double sum = 0;
      double squares = 0;
      for (int k = 0; k < topK; k++) {
        double unit = rows[(long long)slots[k] * columns + column] * inverseNorms[slots[k]];
        sum += unit;
        squares += unit * unit;
      }
      pairs += (sum * sum - squares) / 2;
    }
  }
  pairs = gpu_block_sum(pairs);
  if (threadIdx.x == 0) partials[blockIdx.x] = pairs;
}
