/*
 * The weighted sum of the selected experts, gates not renormalised, and its backward pass.
 *
 * T tokens, d width, E experts, K selected. probabilities [T,E], selected and tokenSlots [T,K], x and out [T,d],
 * expertOutput [slots,d]. One block of 128 a token.
 */
#include "gpu.h"

#define COMBINE_BLOCK 128

/* ffnSum = sum over FFN experts of R y; out = gamma ffnSum + (sum over zero experts of R) x. */
extern "C" __global__ void combine_forward(
    const float *probabilities, const int *selected, const int *tokenSlots, const float *x,
    const float *expertOutput, float gamma, float *ffnSum, float *out, int experts, int topK, int width) {
  int token = blockIdx.x;
  const float *r = probabilities + (long long)token * experts;
  const int *chosen = selected + (long long)token * topK;
  const int *slots = tokenSlots + (long long)token * topK;
  long long row = (long long)token * width;
  for (int i = threadIdx.x; i < width; i += COMBINE_BLOCK) {
    float ffn = 0;
    float zero = 0;
    for (int k = 0; k < topK; k++) {
      float gate = r[chosen[k]];
      if (slots[k] >= 0)
        ffn += gate * expertOutput[(long long)slots[k] * width + i];
      else
        zero += gate;
    }
    ffnSum[row + i] = ffn;
    out[row + i] = gamma * ffn + zero * x[row + i];
  }
}

/*
 * Overwrites dExpertOutput (rows of slots in use) and dProbabilities, adds to dX. A warp takes every fourth selected
 * expert of the token.
 */
extern "C" __global__ void combine_backward(
    const float *probabilities, const int *selected, const int *tokenSlots, const float *x,
    const float *expertOutput, float gamma, const float *dOut, float *dExpertOutput, float *dProbabilities,
    float *dX, int experts, int topK, int width) {
  int token = blockIdx.x;
  int lane = threadIdx.x % 32;
  const float *r = probabilities + (long long)token * experts;
  float *dR = dProbabilities + (long long)token * experts;
  const int *chosen = selected + (long long)token * topK;
  const int *slots = tokenSlots + (long long)token * topK;
  const float *g = dOut + (long long)token * width;
  const float *in = x + (long long)token * width;
  for (int i = threadIdx.x; i < experts; i += COMBINE_BLOCK) dR[i] = 0;
  __syncthreads();
  for (int k = threadIdx.x / 32; k < topK; k += COMBINE_BLOCK / 32) {
    long long slot = (long long)slots[k] * width;
    float gate = r[chosen[k]];
    float dot = 0;
    if (slot >= 0) {
      for (int i = lane; i < width; i += 32) {
        dot += g[i] * expertOutput[slot + i];
        dExpertOutput[slot + i] = gamma * gate * g[i];
      }
      dot = gamma * gpu_warp_sum(dot);
    } else {
      for (int i = lane; i < width; i += 32) dot += g[i] * in[i];
      dot = gpu_warp_sum(dot);
    }
    if (lane == 0) dR[chosen[k]] = dot;
  }
  float zero = 0;
  for (int k = 0; k < topK; k++) zero += slots[k] < 0 ? r[chosen[k]] : 0.0f;
  if (slots[topK - 1] >= 0) return;
  float *target = dX + (long long)token * width;
  for (int i = threadIdx.x; i < width; i += COMBINE_BLOCK) target[i] += zero * g[i];
}
