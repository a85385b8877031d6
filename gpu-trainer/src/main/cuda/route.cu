/*
 * Biased top-K and the permutation of tokens by expert (count, scan, scatter).
 *
 * T tokens, E experts of which the first N are FFN experts, K selected. probabilities [T,E], bias [E]; selected [T,K]
 * ascending in each row; offsets [N+1]; slotToken [T*K]; tokenSlots [T,K], -1 for a zero expert. counts [chunks, N] is
 * scratch: the tokens are cut into chunks of `chunk` tokens, and a slot is the offset of its expert, plus the expert's
 * slots in earlier chunks, plus its earlier slots in this chunk. So slots are sorted by expert and then by token, and
 * nothing depends on the order in which threads run.
 */
#include "gpu.h"

#define WARPS 4
#define SORT_BLOCK 128
#define OFFSETS_BLOCK 256

/* Sum over the lanes up to this one, this one included. */
static __device__ __forceinline__ int prefixSum(int value, int lane) {
  for (int lanes = 1; lanes < 32; lanes <<= 1) {
    int before = __shfl_up_sync(GPU_ALL_LANES, value, lanes);
    if (lane >= lanes) value += before;
  }
  return value;
}

/* A NaN ranks lowest. */
static __device__ __forceinline__ float selectionScore(const float *probabilities, const float *bias, int expert) {
  float score = probabilities[expert] + bias[expert];
  return score == score ? score : -GPU_INFINITY;
}

/* Ties go to the lower index. */
static __device__ __forceinline__ bool ranksBefore(float a, int indexA, float b, int indexB) {
  return a > b || (a == b && indexA < indexB);
}

/*
 * One warp a token: K times the best of those that rank behind the last one found. What does not rank behind the K-th
 * is selected. grid ceil(T / 4), block 128.
 */
extern "C" __global__ void route_select(
    const float *probabilities, const float *bias, int *selected, int tokens, int experts, int topK) {
  int lane = threadIdx.x % 32;
  int token = blockIdx.x * WARPS + threadIdx.x / 32;
  if (token >= tokens) return;
  const float *r = probabilities + (long long)token * experts;
  float lastScore = GPU_INFINITY;
  int last = -1;
  for (int k = 0; k < topK; k++) {
    float bestScore = -GPU_INFINITY;
    int best = experts;
    for (int i = lane; i < experts; i += 32) {
      float score = selectionScore(r, bias, i);
      if (ranksBefore(lastScore, last, score, i) && ranksBefore(score, i, bestScore, best)) {
        bestScore = score;
        best = i;
      }
    }
    for (int lanes = 16; lanes > 0; lanes >>= 1) {
      float otherScore = __shfl_xor_sync(GPU_ALL_LANES, bestScore, lanes);
      int other = __shfl_xor_sync(GPU_ALL_LANES, best, lanes);
      if (ranksBefore(otherScore, other, bestScore, best)) {
        bestScore = otherScore;
        best = other;
      }
    }
    lastScore = bestScore;
    last = best;
  }
  int *row = selected + (long long)token * topK;
  int written = 0;
  for (int first = 0; first < experts; first += 32) {
    int i = first + lane;
    int taken = i < experts && !ranksBefore(lastScore, last, selectionScore(r, bias, i), i);
    int upto = prefixSum(taken, lane);
    if (taken) row[written + upto - 1] = i;
    written += __shfl_sync(GPU_ALL_LANES, upto, 31);
  }
}

/* counts[chunk, i] = slots of expert i in the chunk. grid (chunks, ceil(N / 128)), block 128. */
extern "C" __global__ void route_count(
    const int *selected, int *counts, int tokens, int topK, int ffnExperts, int chunk) {
  __shared__ int tile[SORT_BLOCK];
  int thread = threadIdx.x;
  int expert = blockIdx.y * SORT_BLOCK + thread;
  int firstToken = blockIdx.x * chunk;
  int end = (tokens - firstToken < chunk ? tokens : firstToken + chunk) * topK;
  int count = 0;
  for (int first = firstToken * topK; first < end; first += SORT_BLOCK) {
    int entries = end - first < SORT_BLOCK ? end - first : SORT_BLOCK;
    if (thread < entries) tile[thread] = selected[first + thread];
    __syncthreads();
    for (int j = 0; j < entries; j++) count += tile[j] == expert;
    __syncthreads();
  }
  if (expert < ffnExperts) counts[(long long)blockIdx.x * ffnExperts + expert] = count;
}

/*
 * Turns the counts of each expert into the sums over earlier chunks, and leaves its total in offsets. grid ceil(N /
 * 128), block 128.
 */
extern "C" __global__ void route_totals(int *counts, int *offsets, int chunks, int ffnExperts) {
  int expert = blockIdx.x * SORT_BLOCK + threadIdx.x;
  if (expert >= ffnExperts) return;
  int total = 0;
  for (int chunk = 0; chunk < chunks; chunk++) {
    int *at = counts + (long long)chunk * ffnExperts + expert;
    int count = *at;
    *at = total;
    total += count;
  }
  offsets[expert] = total;
}

/* Exclusive scan of the totals in place; offsets[N] = all slots. One block of 256. */
extern "C" __global__ void route_offsets(int *offsets, int ffnExperts) {
  __shared__ int sums[OFFSETS_BLOCK];
  int thread = threadIdx.x;
  int before = 0;
  for (int first = 0; first < ffnExperts; first += OFFSETS_BLOCK) {
    int expert = first + thread;
    int total = expert < ffnExperts ? offsets[expert] : 0;
    sums[thread] = total;
    __syncthreads();
    for (int step = 1; step < OFFSETS_BLOCK; step <<= 1) {
      int earlier = thread >= step ? sums[thread - step] : 0;
      __syncthreads();
      sums[thread] += earlier;
      __syncthreads();
    }
    if (expert < ffnExperts) offsets[expert] = before + sums[thread] - total;
    before += sums[OFFSETS_BLOCK - 1];
    __syncthreads();
  }
  if (thread == 0) offsets[ffnExperts] = before;
}

/* Gives every selected FFN expert its slot. grid (chunks, ceil(N / 128)), block 128. */
extern "C" __global__ void route_scatter(
    const int *selected, const int *counts, const int *offsets, int *slotToken, int *tokenSlots, int tokens,
    int topK, int ffnExperts, int chunk) {
  __shared__ int tile[SORT_BLOCK];
  int thread = threadIdx.x;
  int expert = blockIdx.y * SORT_BLOCK + thread;
  int firstToken = blockIdx.x * chunk;
  int end = (tokens - firstToken < chunk ? tokens : firstToken + chunk) * topK;
  int slot = 0;
  if (expert < ffnExperts) slot = offsets[expert] + counts[(long long)blockIdx.x * ffnExperts + expert];
  for (int first = firstToken * topK; first < end; first += SORT_BLOCK) {
    int entries = end - first < SORT_BLOCK ? end - first : SORT_BLOCK;
    if (thread < entries) {
      tile[thread] = selected[first + thread];
      if (blockIdx.y == 0 && tile[thread] >= ffnExperts) tokenSlots[first + thread] = -1;
    }
    __syncthreads();
    if (expert < ffnExperts) {
      for (int j = 0; j < entries; j++) {
        if (tile[j] == expert) {
          slotToken[slot] = (first + j) / topK;
          tokenSlots[first + j] = slot++;
        }
      }
    }
    __syncthreads();
  }
}

/* Every token to each of N experts, K = N. grid ceil(max(T*N, N+1) / 256), block 256. */
extern "C" __global__ void route_to_all(
    int *selected, int *offsets, int *slotToken, int *tokenSlots, int tokens, int ffnExperts) {
  long long thread = (long long)blockIdx.x * 256 + threadIdx.x;
  if (thread <= ffnExperts) offsets[thread] = (int)thread * tokens;
  if (thread >= tokens * ffnExperts) return;
  int at = (int)thread;
  int token = at / ffnExperts;
  int expert = at % ffnExperts;
  selected[at] = expert;
  tokenSlots[at] = expert * tokens + token;
  slotToken[at] = at % tokens;
}
