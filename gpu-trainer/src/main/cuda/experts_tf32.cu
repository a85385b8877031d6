// The FFN experts over tokens sorted by expert, on tensor cores.
//
// Assembled for sm_80 (by ptxas; never timed): 100 to 128 registers, 20 KiB shared, 4 blocks of 128 threads
// on a multiprocessor, 25 % of its threads.
// architectures: sm_80
#include "gpu.h"
#include "tile.h"
#include "tile_tf32.h"
#include "experts_tile.h"

typedef TileTf32<64, 64> ExpertsTf32Tile64;

/** gate = input Wg^T, up = input Wu^T, hidden = silu(gate) * up. */
extern "C" __global__ void __launch_bounds__(ExpertsTf32Tile64::THREADS, 3) experts_gate_up_tf32_64(
    const int *offsets, int experts, const float *input, const float *gateWeight, const float *upWeight, float *gate,
    float *up, float *hidden, int width, int hiddenWidth) {
  TILE_SHARED(left, ExpertsTf32Tile64::LEFT_SHARED);
  TILE_SHARED(right, ExpertsTf32Tile64::RIGHT_SHARED);
  experts_gate_up_tile<ExpertsTf32Tile64>(
      offsets, experts, input, gateWeight, upWeight, gate, up, hidden, width, hiddenWidth, left, right);
}

/** output = hidden Wd^T. */
extern "C" __global__ void __launch_bounds__(ExpertsTf32Tile64::THREADS, 3) experts_down_tf32_64(
    const int *offsets, int experts, const float *hidden, const float *downWeight, float *output, int width,
    int hiddenWidth) {
  TILE_SHARED(left, ExpertsTf32Tile64::LEFT_SHARED);
  TILE_SHARED(right, ExpertsTf32Tile64::RIGHT_SHARED);
  experts_down_tile<ExpertsTf32Tile64>(
      offsets, experts, hidden, downWeight, output, width, hiddenWidth, left, right);
}

/** dHidden = dOutput Wd, and from it dGate and dUp. */
extern "C" __global__ void __launch_bounds__(ExpertsTf32Tile64::THREADS, 3) experts_backward_hidden_tf32_64(
    const int *offsets, int experts, const float *dOutput, const float *downWeight, const float *gate, const float *up,
    float *dGate, float *dUp, int width, int hiddenWidth) {
  TILE_SHARED(left, ExpertsTf32Tile64::LEFT_SHARED);
  TILE_SHARED(right, ExpertsTf32Tile64::RIGHT_SHARED);
  experts_backward_hidden_tile<ExpertsTf32Tile64>(
      offsets, experts, dOutput, downWeight, gate, up, dGate, dUp, width, hiddenWidth, left, right);
}

/** dInput = dGate Wg + dUp Wu. */
extern "C" __global__ void __launch_bounds__(ExpertsTf32Tile64::THREADS, 3) experts_backward_input_tf32_64(
    const int *offsets, int experts, const float *dGate, const float *dUp, const float *gateWeight,
    const float *upWeight, float *dInput, int width, int hiddenWidth) {
  TILE_SHARED(left, ExpertsTf32Tile64::LEFT_SHARED);
  TILE_SHARED(right, ExpertsTf32Tile64::RIGHT_SHARED);
  experts_backward_input_tile<ExpertsTf32Tile64>(
      offsets, experts, dGate, dUp, gateWeight, upWeight, dInput, width, hiddenWidth, left, right);
}

/** dWeight[i] += dY_i^T x_i: dWeight [N,rows,columns]. Grid: x column tiles, y row tiles, z experts. */
extern "C" __global__ void __launch_bounds__(ExpertsTf32Tile64::THREADS, 3) experts_backward_weight_tf32_64(
    const int *offsets, const float *dY, const float *x, float *dWeight, int rows, int columns) {
  TILE_SHARED(left, ExpertsTf32Tile64::LEFT_SHARED);
  TILE_SHARED(right, ExpertsTf32Tile64::RIGHT_SHARED);
  experts_backward_weight_tile<ExpertsTf32Tile64>(
      offsets, dY, x, dWeight, rows, columns, left, right);
}
