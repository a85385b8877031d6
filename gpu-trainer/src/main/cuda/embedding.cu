// Token embedding: table [V,d], tokens [T], rows [T,d].
#include "gpu.h"

/** out[t] = table[tokens[t]]. Grid (T), block 128. */
extern "C" __global__ void embedding_forward(const float *table, const int *tokens, float *out, int width) {
  const float *from = table + (long long)tokens[blockIdx.x] * width;
  float *to = out + (long long)blockIdx.x * width;
  for (int i = threadIdx.x; i < width; i += blockDim.x) to[i] = from[i];
}

/**
 * dTable[v] += sum over t with tokens[t] = v of dOut[t]. Grid (V), block 128: a block owns one row of the table and
 * walks over the tokens in their order, so the sum needs no atomics and comes out the same each time. 128 tokens at a
 * time are looked at together and only the hits are visited.
 */
extern "C" __global__ void embedding_backward(
    const int *tokens, const float *dOut, float *dTable, int count, int width) {
  __shared__ int hits[128];
  __shared__ int found[4];
  float *to = dTable + (long long)blockIdx.x * width;
  for (int start = 0; start < count; start += 128) {
    int token = start + threadIdx.x;
    int hit = token < count && tokens[token] == blockIdx.x;
    unsigned votes = __ballot_sync(GPU_ALL_LANES, hit);
    int lane = gpu_lane();
    int warp = gpu_warp();
    int before = __builtin_popcount(votes & ((1u << lane) - 1u));
    if (hit) hits[warp * 32 + before] = token;
    if (lane == 0) found[warp] = __builtin_popcount(votes);
    __syncthreads();
    for (int w = 0; w < 4; w++) {
      for (int h = 0; h < found[w]; h++) {
        const float *from = dOut + (long long)hits[w * 32 + h] * width;
        for (int i = threadIdx.x; i < width; i += blockDim.x) to[i] += from[i];
      }
    }
    __syncthreads();
  }
}
