/*
 * bias_i += mu (share - load_i / slots) for the FFN experts, share = (Ke/K)/N, slots = K T: bias [E], load [E]. grid
 * ceil(N / 256), block 256.
 */
#include "gpu.h"

extern "C" __global__ void selection_bias(
    float *bias, const double *load, int ffnExperts, double share, double slots, double mu) {
  int expert = blockIdx.x * 256 + threadIdx.x;
  if (expert < ffnExperts) bias[expert] += (float)(mu * (share - load[expert] / slots));
}
