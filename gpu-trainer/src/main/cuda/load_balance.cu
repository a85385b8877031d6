/*
 * Gradient of the load-balance loss at the router logits, f held constant: with g = R (f - <R, f>)/T, dLogits +=
 * coefficient g, and the sum of squares of g. T tokens, E experts of which N are FFN experts; counts as
 * routing_statistics lays them out, factors [E] is scratch.
 */
#include "gpu.h"

#define WARPS 8

/*
 * f of each expert's group: ffnFactor = D/(Ke T) times the group's hits, and zeroFactor = 1/((K-Ke) T) times the slots
 * of all zero experts. One block of 256.
 */
extern "C" __global__ void load_balance_factors(
    const double *counts, double *factors, int experts, int ffnExperts, int groupSize, double ffnFactor,
    double zeroFactor) {
  double zero = 0;
  for (int i = ffnExperts + threadIdx.x; i < experts; i += blockDim.x) zero += counts[i];
  zero = gpu_block_sum(zero);
  const double *hits = counts + 2 * experts;
  for (int i = threadIdx.x; i < experts; i += blockDim.x)
    factors[i] = i < ffnExperts ? ffnFactor * hits[i / groupSize] : zeroFactor * zero;
}

/* One warp a row, rows strided over the grid; partials [grid]. block 256. */
extern "C" __global__ void load_balance_backward(
    const float *probabilities, const double *factors, float *dLogits, double *partials, int tokens, int experts,
    double coefficient) {
  int lane = threadIdx.x % 32;
  double squares = 0;
  for (int token = blockIdx.x * WARPS + threadIdx.x / 32; token < tokens; token += gridDim.x * WARPS) {
    const float *r = probabilities + (long long)token * experts;
    float *target = dLogits + (long long)token * experts;
    double dot = 0;
    double total = 0;
    for (int i = lane; i < experts; i += 32) {
      dot += r[i] * factors[i];
      total += r[i];
    }
    /* R rounded to floats does not sum to 1: without the division a constant f would leave a gradient. */
    double mean = gpu_warp_sum(dot) / gpu_warp_sum(total);
    for (int i = lane; i < experts; i += 32) {
      double g = r[i] * (factors[i] - mean) / tokens;
      squares += g * g;
      target[i] += (float)(coefficient * g);
    }
  }
  squares = gpu_block_sum(squares);
  if (threadIdx.x == 0) partials[blockIdx.x] = squares;
}
