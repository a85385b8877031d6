// Elementwise operations over n numbers; one thread a number, grid-stride, block 256.
#include "gpu.h"

/** out = a + b; out may be a or b. */
extern "C" __global__ void add(const float *a, const float *b, float *out, int n) {
  for (long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += (long long)gridDim.x * blockDim.x) {
    out[i] = a[i] + b[i];
  }
}

/** out = silu(gate) * up, silu(z) = z / (1 + e^-z). */
extern "C" __global__ void silu_multiply_forward(const float *gate, const float *up, float *out, int n) {
  for (long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += (long long)gridDim.x * blockDim.x) {
    float z = gate[i];
    out[i] = z / (1.0f + gpu_exp(-z)) * up[i];
  }
}

/** dUp += dOut silu(gate), dGate += dOut up silu'(gate). */
extern "C" __global__ void silu_multiply_backward(
    const float *gate, const float *up, const float *dOut, float *dGate, float *dUp, int n) {
  for (long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += (long long)gridDim.x * blockDim.x) {
    float z = gate[i];
    float sigmoid = 1.0f / (1.0f + gpu_exp(-z));
    dUp[i] += dOut[i] * z * sigmoid;
    dGate[i] += dOut[i] * up[i] * sigmoid * (1.0f + z * (1.0f - sigmoid));
  }
}
