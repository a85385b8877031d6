/*
 * What the router did over T tokens: load T_i [E], sum_t R_ti [E], group hits [D], and the sums over tokens of n_t and
 * n_t^2, n_t = FFN experts selected; in this order, 2E+D+2 entries. probabilities [T,E], selected [T,K] ascending in
 * each row.
 */
#include "gpu.h"

#define COUNT_BLOCK 128

/*
 * partials [chunks, 2E+D+2]: the figures of `chunk` tokens each, to be summed by reduce_partials. Each thread counts
 * how often the selection of a token meets its range of experts: one expert, a group, or all FFN experts. grid
 * (chunks, ceil((E+D+1) / 128)), block 128.
 */
extern "C" __global__ void routing_statistics(
    const float *probabilities, const int *selected, double *partials, int tokens, int topK, int experts,
    int ffnExperts, int groups, int chunk) {
  __shared__ int tile[COUNT_BLOCK];
  int thread = threadIdx.x;
  int bin = blockIdx.y * COUNT_BLOCK + thread;
  int low = bin;
  int high = bin + 1;
  if (bin >= experts) {
    int size = ffnExperts / groups;
    low = bin < experts + groups ? (bin - experts) * size : 0;
    high = bin < experts + groups ? low + size : ffnExperts;
  }
  int firstToken = blockIdx.x * chunk;
  int endToken = tokens - firstToken < chunk ? tokens : firstToken + chunk;
  int hits = 0;
  int sum = 0;
  int squares = 0;
  int k = 0;
  int met = 0;
  for (int first = firstToken * topK; first < endToken * topK; first += COUNT_BLOCK) {
    int left = endToken * topK - first;
    int entries = left < COUNT_BLOCK ? left : COUNT_BLOCK;
    if (thread < entries) tile[thread] = selected[first + thread];
    __syncthreads();
    for (int j = 0; j < entries; j++) {
      met += tile[j] >= low && tile[j] < high;
      if (++k == topK) {
        hits += met > 0;
        sum += met;
        squares += met * met;
        met = 0;
        k = 0;
      }
    }
    __syncthreads();
  }
  double *figures = partials + (long long)blockIdx.x * (2 * experts + groups + 2);
  if (bin < experts) {
    double total = 0;
    for (int token = firstToken; token < endToken; token++)
      total += probabilities[(long long)token * experts + bin];
    figures[bin] = hits;
    figures[experts + bin] = total;
  } else if (bin < experts + groups) {
    figures[experts + bin] = hits;
  } else if (bin == experts + groups) {
    figures[experts + bin] = sum;
    figures[experts + bin + 1] = squares;
  }
}
