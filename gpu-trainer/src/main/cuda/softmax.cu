/*
 * Softmax of the router, row by row: logits, probabilities and their gradients [rows, columns], logSumExp [rows]. One
 * warp a row: grid ceil(rows / 8), block 256.
 */
#include "gpu.h"

#define WARPS 8

extern "C" __global__ void softmax_forward(
    const float *logits, float *probabilities, float *logSumExp, int rows, int columns) {
  int lane = threadIdx.x % 32;
  int row = blockIdx.x * WARPS + threadIdx.x / 32;
  if (row >= rows) return;
  const float *z = logits + (long long)row * columns;
  float *r = probabilities + (long long)row * columns;
  float max = -GPU_INFINITY;
  for (int i = lane; i < columns; i += 32) max = fmaxf(max, z[i]);
  max = gpu_warp_max(max);
  float sum = 0;
  for (int i = lane; i < columns; i += 32) {
    float e = gpu_exp(z[i] - max);
    r[i] = e;
    sum += e;
  }
  sum = gpu_warp_sum(sum);
  for (int i = lane; i < columns; i += 32) r[i] = r[i] / sum;
  if (lane == 0) logSumExp[row] = max + gpu_log(sum);
}

/* dLogits_i += R_i (dR_i - sum_k R_k dR_k) */
extern "C" __global__ void softmax_backward(
    const float *probabilities, const float *dProbabilities, float *dLogits, int rows, int columns) {
  int lane = threadIdx.x % 32;
  int row = blockIdx.x * WARPS + threadIdx.x / 32;
  if (row >= rows) return;
  const float *r = probabilities + (long long)row * columns;
  const float *g = dProbabilities + (long long)row * columns;
  float *target = dLogits + (long long)row * columns;
  /* In double: the differences from the mean are what matters, and they are small. */
  double sum = 0;
  for (int i = lane; i < columns; i += 32) sum += (double)r[i] * g[i];
  float dot = (float)gpu_warp_sum(sum);
  for (int i = lane; i < columns; i += 32) target[i] += r[i] * (g[i] - dot);
}
