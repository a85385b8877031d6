/*
 * z-loss of the last hidden state: lse_t = ln sum_i e^|x_ti|. x and dX [T,d], logSumExp [T].
 */
#include "gpu.h"

/* squares [T] = lse_t^2. A block of 256 a row. */
extern "C" __global__ void hidden_z_forward(const float *x, float *logSumExp, double *squares, int columns) {
  const float *row = x + (long long)blockIdx.x * columns;
  float max = 0;
  for (int i = threadIdx.x; i < columns; i += blockDim.x) max = fmaxf(max, gpu_abs(row[i]));
  max = gpu_block_max(max);
  float part = 0;
  for (int i = threadIdx.x; i < columns; i += blockDim.x) part += gpu_exp(gpu_abs(row[i]) - max);
  double sum = gpu_block_sum((double)part);
  if (threadIdx.x == 0) {
    float lse = max + gpu_log((float)sum);
    logSumExp[blockIdx.x] = lse;
    squares[blockIdx.x] = (double)lse * lse;
  }
}

/* dX += scale 2 lse_t softmax(|x_t|)_i sign(x_ti), sign(0) = 0. grid (T, ceil(d / 256)), block 256. */
extern "C" __global__ void hidden_z_backward(
    const float *x, const float *logSumExp, float scale, float *dX, int columns) {
  int i = blockIdx.y * 256 + threadIdx.x;
  if (i >= columns) return;
  long long at = (long long)blockIdx.x * columns + i;
  float lse = logSumExp[blockIdx.x];
  float value = x[at];
  float sign = value > 0 ? 1.0f : value < 0 ? -1.0f : 0.0f;
  dX[at] += scale * 2 * lse * gpu_exp(gpu_abs(value) - lse) * sign;
}
