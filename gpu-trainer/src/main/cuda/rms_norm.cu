// RMS norm over rows: x, out [T,d], gain [d], inverseRms [T].
#include "gpu.h"

/** out = x * inverseRms * gain, inverseRms = 1 / sqrt(mean(x^2) + epsilon). Grid (T), block 128. */
extern "C" __global__ void rms_norm_forward(
    const float *x, const float *gain, float *out, float *inverseRms, int width, float epsilon) {
  const float *row = x + (long long)blockIdx.x * width;
  float *to = out + (long long)blockIdx.x * width;
  float squares = 0;
  for (int i = threadIdx.x; i < width; i += blockDim.x) squares = fmaf(row[i], row[i], squares);
  squares = gpu_block_sum(squares);
  float inverse = 1.0f / gpu_sqrt(squares / width + epsilon);
  if (threadIdx.x == 0) inverseRms[blockIdx.x] = inverse;
  for (int i = threadIdx.x; i < width; i += blockDim.x) to[i] = row[i] * inverse * gain[i];
}

/** dX += inverseRms dOut gain - inverseRms^3 / d (sum_i dOut_i gain_i x_i) x. Grid (T), block 128. */
extern "C" __global__ void rms_norm_backward_input(
    const float *x, const float *gain, const float *inverseRms, const float *dOut, float *dX, int width) {
  long long start = (long long)blockIdx.x * width;
  float dot = 0;
  for (int i = threadIdx.x; i < width; i += blockDim.x) {
    dot = fmaf(dOut[start + i] * gain[i], x[start + i], dot);
  }
  dot = gpu_block_sum(dot);
  float inverse = inverseRms[blockIdx.x];
  float share = inverse * inverse * inverse / width * dot;
  for (int i = threadIdx.x; i < width; i += blockDim.x) {
    dX[start + i] += inverse * dOut[start + i] * gain[i] - share * x[start + i];
  }
}

/**
 * partial[s][i] = sum over the rows of slice s of dOut_ti x_ti inverseRms_t. Grid (d/32, slices), block (32, 8): a
 * lane owns a column, the 8 warps take every eighth row of the slice.
 */
extern "C" __global__ void rms_norm_backward_gain_partial(
    const float *x, const float *inverseRms, const float *dOut, float *partial, int rows, int width, int sliceRows) {
  __shared__ float sums[8][32];
  int column = blockIdx.x * 32 + threadIdx.x;
  int first = blockIdx.y * sliceRows;
  int last = first + sliceRows < rows ? first + sliceRows : rows;
  float sum = 0;
  if (column < width) {
    for (int row = first + threadIdx.y; row < last; row += 8) {
      long long at = (long long)row * width + column;
      sum = fmaf(dOut[at] * x[at], inverseRms[row], sum);
    }
  }
  sums[threadIdx.y][threadIdx.x] = sum;
  __syncthreads();
  if (threadIdx.y == 0 && column < width) {
    for (int warp = 1; warp < 8; warp++) sum += sums[warp][threadIdx.x];
    partial[(long long)blockIdx.y * width + column] = sum;
  }
}

/** dGain_i += sum_s partial[s][i]. Grid (d/128), block 128. */
extern "C" __global__ void rms_norm_backward_gain(const float *partial, float *dGain, int slices, int width) {
  int column = blockIdx.x * blockDim.x + threadIdx.x;
  if (column >= width) return;
  float sum = 0;
  for (int slice = 0; slice < slices; slice++) sum += partial[(long long)slice * width + column];
  dGain[column] += sum;
}
