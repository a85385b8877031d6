/*
 * Sums and counts for telemetry, in double precision. Each kernel leaves one row of partial figures a block (or a
 * chunk of rows); reduce_partials joins them in a fixed order.
 */
#include "gpu.h"

#define REDUCE_BLOCK 256
#define WARPS 8

/*
 * into[j] = sum over the rows of partials[row, j], or their maximum for j == maxColumn (-1: none). partials [rows,
 * width]. `columns`, a power of two up to 256, is how many of them a block takes: grid ceil(width / columns), block
 * 256.
 */
extern "C" __global__ void reduce_partials(
    const double *partials, double *into, int rows, int width, int columns, int maxColumn) {
  __shared__ double scratch[REDUCE_BLOCK];
  int thread = threadIdx.x;
  int column = blockIdx.x * columns + thread % columns;
  bool max = column == maxColumn;
  double figure = 0;
  if (column < width) {
    for (int row = thread / columns; row < rows; row += REDUCE_BLOCK / columns) {
      double value = partials[(long long)row * width + column];
      figure = !max ? figure + value : value > figure ? value : figure;
    }
  }
  scratch[thread] = figure;
  __syncthreads();
  for (int half = REDUCE_BLOCK / 2; half >= columns; half >>= 1) {
    if (thread < half) {
      double value = scratch[thread + half];
      figure = !max ? figure + value : value > figure ? value : figure;
      scratch[thread] = figure;
    }
    __syncthreads();
  }
  if (thread < columns && column < width) into[column] = figure;
}

/*
 * partials [grid, 7] over the finite of n entries: sum, sum of squares, of cubes, of fourth powers, largest magnitude,
 * count of |x| > threshold; and the count of the others. block 256.
 */
extern "C" __global__ void activation_sums(const float *x, int n, double threshold, double *partials) {
  double sum = 0;
  double squares = 0;
  double cubes = 0;
  double fourths = 0;
  float max = 0;
  int above = 0;
  int bad = 0;
  for (long long i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
    float value = x[i];
    if (!gpu_isfinite(value)) {
      bad++;
      continue;
    }
    double square = (double)value * value;
    sum += value;
    squares += square;
    cubes += square * value;
    fourths += square * square;
    max = fmaxf(max, gpu_abs(value));
    above += gpu_abs(value) > threshold;
  }
  sum = gpu_block_sum(sum);
  squares = gpu_block_sum(squares);
  cubes = gpu_block_sum(cubes);
  fourths = gpu_block_sum(fourths);
  double largest = gpu_block_max(max);
  double over = gpu_block_sum((double)above);
  double others = gpu_block_sum((double)bad);
  if (threadIdx.x == 0) {
    double *figures = partials + blockIdx.x * 7;
    figures[0] = sum;
    figures[1] = squares;
    figures[2] = cubes;
    figures[3] = fourths;
    figures[4] = largest;
    figures[5] = over;
    figures[6] = others;
  }
}

/*
 * partials [grid, 4] over the tokens whose logits are finite: sum_t lse_t^2, the largest |z|, sum_t H(R_t); and the
 * count of logits that are not. logits, probabilities [T,E], logSumExp [T]. One warp a token, tokens strided over the
 * grid; block 256.
 */
extern "C" __global__ void router_statistics(
    const float *logits, const float *probabilities, const float *logSumExp, double *partials, int tokens,
    int experts) {
  int lane = threadIdx.x % 32;
  double squares = 0;
  double entropy = 0;
  float max = 0;
  int bad = 0;
  for (int token = blockIdx.x * WARPS + threadIdx.x / 32; token < tokens; token += gridDim.x * WARPS) {
    const float *z = logits + (long long)token * experts;
    const float *r = probabilities + (long long)token * experts;
    double tokenEntropy = 0;
    float tokenMax = 0;
    int tokenBad = 0;
    for (int i = lane; i < experts; i += 32) {
      tokenBad += !gpu_isfinite(z[i]);
      tokenMax = fmaxf(tokenMax, gpu_abs(z[i]));
      if (r[i] > 0) tokenEntropy -= (double)r[i] * gpu_log(r[i]);
    }
    bad += tokenBad;
    if (gpu_warp_sum(tokenBad) == 0) {
      entropy += tokenEntropy;
      max = fmaxf(max, tokenMax);
      if (lane == 0) squares += (double)logSumExp[token] * logSumExp[token];
    }
  }
  squares = gpu_block_sum(squares);
  double largest = gpu_block_max(max);
  entropy = gpu_block_sum(entropy);
  double others = gpu_block_sum((double)bad);
  if (threadIdx.x == 0) {
    double *figures = partials + blockIdx.x * 4;
    figures[0] = squares;
    figures[1] = largest;
    figures[2] = entropy;
    figures[3] = others;
  }
}

/*
 * partials [grid, 3] of n entries: the plain sum of squares, that over finite entries, and the count of the others.
 * block 256.
 */
extern "C" __global__ void sum_of_squares(const float *x, int n, double *partials) {
  double plain = 0;
  double finite = 0;
  int bad = 0;
  for (long long i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
    float value = x[i];
    double square = (double)value * value;
    plain += square;
    if (gpu_isfinite(value))
      finite += square;
    else
      bad++;
  }
  plain = gpu_block_sum(plain);
  finite = gpu_block_sum(finite);
  double others = gpu_block_sum((double)bad);
  if (threadIdx.x == 0) {
    double *figures = partials + blockIdx.x * 3;
    figures[0] = plain;
    figures[1] = finite;
    figures[2] = others;
  }
}

/* partials [chunks, columns]: sums over `chunk` rows each. grid (chunks, ceil(columns / 128)), block 128. */
extern "C" __global__ void column_sums(const float *x, double *partials, int rows, int columns, int chunk) {
  int column = blockIdx.y * 128 + threadIdx.x;
  if (column >= columns) return;
  int first = blockIdx.x * chunk;
  int end = rows - first < chunk ? rows : first + chunk;
  double sum = 0;
  for (int row = first; row < end; row++) sum += x[(long long)row * columns + column];
  partials[(long long)blockIdx.x * columns + column] = sum;
}

/* into[i] = x[i]. grid ceil(n / 256), block 256. */
extern "C" __global__ void values(const float *x, double *into, int n) {
  long long i = (long long)blockIdx.x * 256 + threadIdx.x;
  if (i < n) into[i] = x[i];
}
