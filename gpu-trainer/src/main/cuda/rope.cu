// Rotary positions on interleaved pairs, in place.
#include "gpu.h"
#include "tile.h"

/**
 * (u, v) -> (u cos - v sin, u sin + v cos) for the pairs (2j, 2j+1) of every head: x [B*S,d], cosines and sines
 * [S,dh/2]; direction 1 forward, -1 for the inverse, which is the backward pass. One thread a pair, block 256.
 */
extern "C" __global__ void __launch_bounds__(256) rope(
    float *x, const float *cosines, const float *sines, int pairs, int rowPairs, int length, int headPairs,
    float direction) {
  int pair = blockIdx.x * 256 + threadIdx.x;
  if (pair >= pairs) return;
  int at = pair / rowPairs % length * headPairs + pair % rowPairs % headPairs;
  float cosine = cosines[at];
  float sine = sines[at] * direction;
  TilePair *place = (TilePair *)x + pair;
  TilePair uv = *place;
  TilePair turned = {{uv.value[0] * cosine - uv.value[1] * sine, uv.value[0] * sine + uv.value[1] * cosine}};
  *place = turned;
}
