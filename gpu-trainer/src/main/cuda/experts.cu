// The FFN experts over tokens sorted by expert, in single precision; gathering and scattering.
//
// Assembled for sm_80 (by ptxas; never timed): 76 to 96 registers, 17 KiB shared, 2 (gate_up, backward_input)
// or 3 blocks of 256 threads on a multiprocessor, 25 or 38 % of its threads.
#include "gpu.h"
#include "tile.h"
#include "tile_fp32.h"
#include "experts_tile.h"

typedef TileFp32<64, 64, 16, 4> ExpertsTile64;

/** gate = input Wg^T, up = input Wu^T, hidden = silu(gate) * up. */
extern "C" __global__ void __launch_bounds__(ExpertsTile64::THREADS, 2) experts_gate_up_64(
    const int *offsets, int experts, const float *input, const float *gateWeight, const float *upWeight, float *gate,
    float *up, float *hidden, int width, int hiddenWidth) {
  TILE_SHARED(left, ExpertsTile64::LEFT_SHARED);
  TILE_SHARED(right, ExpertsTile64::RIGHT_SHARED);
  experts_gate_up_tile<ExpertsTile64>(
      offsets, experts, input, gateWeight, upWeight, gate, up, hidden, width, hiddenWidth, left, right);
}

/** output = hidden Wd^T. */
extern "C" __global__ void __launch_bounds__(ExpertsTile64::THREADS, 3) experts_down_64(
    const int *offsets, int experts, const float *hidden, const float *downWeight, float *output, int width,
    int hiddenWidth) {
  TILE_SHARED(left, ExpertsTile64::LEFT_SHARED);
  TILE_SHARED(right, ExpertsTile64::RIGHT_SHARED);
  experts_down_tile<ExpertsTile64>(
      offsets, experts, hidden, downWeight, output, width, hiddenWidth, left, right);
}

/** dHidden = dOutput Wd, and from it dGate and dUp. */
extern "C" __global__ void __launch_bounds__(ExpertsTile64::THREADS, 3) experts_backward_hidden_64(
    const int *offsets, int experts, const float *dOutput, const float *downWeight, const float *gate, const float *up,
    float *dGate, float *dUp, int width, int hiddenWidth) {
  TILE_SHARED(left, ExpertsTile64::LEFT_SHARED);
  TILE_SHARED(right, ExpertsTile64::RIGHT_SHARED);
  experts_backward_hidden_tile<ExpertsTile64>(
      offsets, experts, dOutput, downWeight, gate, up, dGate, dUp, width, hiddenWidth, left, right);
}

/** dInput = dGate Wg + dUp Wu. */
extern "C" __global__ void __launch_bounds__(ExpertsTile64::THREADS, 2) experts_backward_input_64(
    const int *offsets, int experts, const float *dGate, const float *dUp, const float *gateWeight,
    const float *upWeight, float *dInput, int width, int hiddenWidth) {
  TILE_SHARED(left, ExpertsTile64::LEFT_SHARED);
  TILE_SHARED(right, ExpertsTile64::RIGHT_SHARED);
  experts_backward_input_tile<ExpertsTile64>(
      offsets, experts, dGate, dUp, gateWeight, upWeight, dInput, width, hiddenWidth, left, right);
}

/** dWeight[i] += dY_i^T x_i: dWeight [N,rows,columns]. Grid: x column tiles, y row tiles, z experts. */
extern "C" __global__ void __launch_bounds__(ExpertsTile64::THREADS, 3) experts_backward_weight_64(
    const int *offsets, const float *dY, const float *x, float *dWeight, int rows, int columns) {
  TILE_SHARED(left, ExpertsTile64::LEFT_SHARED);
  TILE_SHARED(right, ExpertsTile64::RIGHT_SHARED);
  experts_backward_weight_tile<ExpertsTile64>(
      offsets, dY, x, dWeight, rows, columns, left, right);
}

/** input[slot] = x[slotToken[slot]] of the first offsets[N] slots: x [T,d], input [T*K,d]. A warp a slot, block 128. */
extern "C" __global__ void __launch_bounds__(128) experts_gather(
    const int *offsets, int experts, const int *slotToken, const float *x, float *input, int width) {
  int slot = blockIdx.x * 4 + threadIdx.x / 32;
  if (slot >= offsets[experts]) {
    return;
  }
  const float *from = x + (long long)slotToken[slot] * width;
  float *to = input + (long long)slot * width;
  for (int i = threadIdx.x % 32; i < width; i += 32) {
    to[i] = from[i];
  }
}

/**
 * dX[t] += sum_k dInput[tokenSlots[t,k]], k ascending, zero experts (-1) left out: each token adds its own slots, so no
 * two threads write one number. One warp a token, block 128.
 */
extern "C" __global__ void __launch_bounds__(128) experts_scatter_add(
    const int *tokenSlots, const float *dInput, float *dX, int tokens, int topK, int width) {
  int token = blockIdx.x * 4 + threadIdx.x / 32;
  if (token >= tokens) {
    return;
  }
  const int *slots = tokenSlots + (long long)token * topK;
  for (int i = threadIdx.x % 32; i < width; i += 32) {
    float sum = 0.0f;
    for (int k = 0; k < topK; k++) {
      int slot = slots[k];
      if (slot >= 0) {
        sum += dInput[(long long)slot * width + i];
      }
    }
    dX[(long long)token * width + i] += sum;
  }
}
