/*
 * Cross-entropy fused with the softmax: the forward pass keeps ln sum_i e^z_i [T] and no probabilities. logits and
 * dLogits [T,V], targets [T].
 */
#include "gpu.h"

/*
 * losses [T] = logSumExp - z_target; 0 where the target is negative, which leaves the token out, and NaN where it is V
 * or more. Grid (T), block 256.
 */
extern "C" __global__ void cross_entropy_forward(
    const float *logits, const int *targets, float *logSumExp, double *losses, int columns) {
  int row = blockIdx.x;
  const float *z = logits + (long long)row * columns;
  float max = -GPU_INFINITY;
  for (int i = threadIdx.x; i < columns; i += blockDim.x) max = fmaxf(max, z[i]);
  max = gpu_block_max(max);
  float part = 0;
  for (int i = threadIdx.x; i < columns; i += blockDim.x) part += gpu_exp(z[i] - max);
  float logSum = gpu_log((float)gpu_block_sum((double)part));
  if (threadIdx.x != 0) return;
  logSumExp[row] = max + logSum;
  int target = targets[row];
  double loss = GPU_NAN;
  if (target < 0) loss = 0;
  else if (target < columns) loss = (double)max - z[target] + logSum;
  losses[row] = loss;
}

/*
 * Overwrites dLogits = scale (softmax(logits) - onehot(target)), 0 where the target is negative. Grid (T,
 * ceil(V/256)), block 256.
 */
extern "C" __global__ void cross_entropy_backward(
    const float *logits, const float *logSumExp, const int *targets, float scale, float *dLogits, int columns) {
  int row = blockIdx.x;
  int i = blockIdx.y * 256 + threadIdx.x;
  if (i >= columns) return;
  long long at = (long long)row * columns + i;
  int target = targets[row];
  float hot = target == i ? 1.0f : 0.0f;
  dLogits[at] = target < 0 ? 0.0f : scale * (gpu_exp(logits[at] - logSumExp[row]) - hot);
}
