// The grouped products of the FFN experts, in whichever precision the tile computes. The slots of
// expert i are offsets[i] to offsets[i+1] - 1, known to the device alone: grids are cut for the most
// that there can be and blocks without work leave at once.
//
// Letters: N experts, d width, f hidden width, slots <= T*K.
#pragma once
#include "tile.h"

// The slots of one expert that a block owns.
struct ExpertRows {
  int expert;  // N: none
  int first;
  int count;
};

// Row tile `tile` when every expert's slots are cut into tiles of ROWS: there are at most
// ceil(T*K / ROWS) + N of them.
template <int ROWS>
TILE_INLINE ExpertRows expert_rows(const int *offsets, int experts, int tile) {
  int start = offsets[0];
  for (int expert = 0; expert < experts; expert++) {
    int end = offsets[expert + 1];
    int tiles = (end - start + ROWS - 1) / ROWS;
    if (tile < tiles) {
      int first = start + tile * ROWS;
      return ExpertRows{expert, first, end - first < ROWS ? end - first : ROWS};
    }
    tile -= tiles;
    start = end;
  }
  return ExpertRows{experts, 0, 0};
}

// gate = x Wg^T, up = x Wu^T, hidden = silu(gate) * up for one tile of slots and columns.
template <class Tile>
TILE_INLINE void experts_gate_up_tile(const int *offsets, int experts, const float *input,
                                      const float *gateWeight, const float *upWeight,
                                      float *gate, float *up, float *hidden, int width,
                                      int hiddenWidth, float *left, float *right) {
  ExpertRows rows = expert_rows<Tile::ROWS>(offsets, experts, blockIdx.x);
  if (rows.expert == experts) {
    return;
  }
  int column0 = blockIdx.y * Tile::COLUMNS;
  long long matrix = (long long)rows.expert * hiddenWidth * width;
  TileOperand x = tile_operand<Contiguous::DEPTH>(input + (long long)rows.first * width, width,
                                                  rows.count, 0);
  Tile g;
  g.clear();
  g.template multiply<Contiguous::DEPTH, Contiguous::DEPTH>(
      x, tile_operand<Contiguous::DEPTH>(gateWeight + matrix, width, hiddenWidth, column0), 0,
      width, left, right);
  Tile u;
  u.clear();
  u.template multiply<Contiguous::DEPTH, Contiguous::DEPTH>(
      x, tile_operand<Contiguous::DEPTH>(upWeight + matrix, width, hiddenWidth, column0), 0,
      width, left, right);
  Tile h;
  h.thread = g.thread;
#pragma unroll
  for (int i = 0; i < Tile::ROWS_EACH; i++) {
#pragma unroll
    for (int j = 0; j < Tile::GROUPS * Tile::WIDTH; j++) {
      float z = g.sum[i][j];
      h.sum[i][j] = z / (1.0f + gpu_exp(-z)) * u.sum[i][j];
    }
  }
  long long start = (long long)rows.first * hiddenWidth;
  tile_results<false>(g, gate + start, hiddenWidth, rows.count, hiddenWidth, 0, column0);
  tile_results<false>(u, up + start, hiddenWidth, rows.count, hiddenWidth, 0, column0);
  tile_results<false>(h, hidden + start, hiddenWidth, rows.count, hiddenWidth, 0, column0);
}

// output = hidden Wd^T.
template <class Tile>
TILE_INLINE void experts_down_tile(const int *offsets, int experts, const float *hidden,
                                   const float *downWeight, float *output, int width,
                                   int hiddenWidth, float *left, float *right) {
  ExpertRows rows = expert_rows<Tile::ROWS>(offsets, experts, blockIdx.x);
  if (rows.expert == experts) {
    return;
  }
  int column0 = blockIdx.y * Tile::COLUMNS;
  const float *weight = downWeight + (long long)rows.expert * hiddenWidth * width;
  Tile tile;
  tile.clear();
  tile.template multiply<Contiguous::DEPTH, Contiguous::DEPTH>(
      tile_operand<Contiguous::DEPTH>(hidden + (long long)rows.first * hiddenWidth, hiddenWidth,
                                      rows.count, 0),
      tile_operand<Contiguous::DEPTH>(weight, hiddenWidth, width, column0), 0, hiddenWidth, left,
      right);
  tile_results<false>(tile, output + (long long)rows.first * width, width, rows.count, width, 0, column0);
}

// dHidden = dOutput Wd stays in registers; dGate = dHidden up silu'(gate), dUp = dHidden silu(gate).
template <class Tile>
TILE_INLINE void experts_backward_hidden_tile(const int *offsets, int experts,
                                              const float *dOutput, const float *downWeight,
                                              const float *gate, const float *up, float *dGate,
                                              float *dUp, int width, int hiddenWidth,
                                              float *left, float *right) {
  ExpertRows rows = expert_rows<Tile::ROWS>(offsets, experts, blockIdx.x);
  if (rows.expert == experts) {
    return;
  }
  int column0 = blockIdx.y * Tile::COLUMNS;
  const float *weight = downWeight + (long long)rows.expert * hiddenWidth * width;
  Tile g;
  g.clear();
  g.template multiply<Contiguous::DEPTH, Contiguous::LANES>(
      tile_operand<Contiguous::DEPTH>(dOutput + (long long)rows.first * width, width, rows.count,
                                      0),
      tile_operand<Contiguous::LANES>(weight, hiddenWidth, hiddenWidth, column0), 0, width, left,
      right);
  long long start = (long long)rows.first * hiddenWidth;
  Tile u;
  u.thread = g.thread;
#pragma unroll
  for (int i = 0; i < Tile::ROWS_EACH; i++) {
#pragma unroll
    for (int j = 0; j < Tile::GROUPS * Tile::WIDTH; j++) {
      int row = g.row(i);
      int column = column0 + g.column(j / Tile::WIDTH) + j % Tile::WIDTH;
      if (row < rows.count && column < hiddenWidth) {
        long long at = start + (long long)row * hiddenWidth + column;
        float z = gate[at];
        float sigmoid = 1.0f / (1.0f + gpu_exp(-z));
        float dHidden = g.sum[i][j];
        u.sum[i][j] = dHidden * z * sigmoid;
        g.sum[i][j] = dHidden * up[at] * sigmoid * (1.0f + z * (1.0f - sigmoid));
      } else {
        u.sum[i][j] = 0.0f;
      }
    }
  }
  tile_results<false>(g, dGate + start, hiddenWidth, rows.count, hiddenWidth, 0, column0);
  tile_results<false>(u, dUp + start, hiddenWidth, rows.count, hiddenWidth, 0, column0);
}

// dInput = dGate Wg + dUp Wu, in one sum.
template <class Tile>
TILE_INLINE void experts_backward_input_tile(const int *offsets, int experts, const float *dGate,
                                             const float *dUp, const float *gateWeight,
                                             const float *upWeight, float *dInput, int width,
                                             int hiddenWidth, float *left, float *right) {
  ExpertRows rows = expert_rows<Tile::ROWS>(offsets, experts, blockIdx.x);
  if (rows.expert == experts) {
    return;
  }
  int column0 = blockIdx.y * Tile::COLUMNS;
  long long matrix = (long long)rows.expert * hiddenWidth * width;
  long long start = (long long)rows.first * hiddenWidth;
  Tile tile;
  tile.clear();
  tile.template multiply<Contiguous::DEPTH, Contiguous::LANES>(
      tile_operand<Contiguous::DEPTH>(dGate + start, hiddenWidth, rows.count, 0),
      tile_operand<Contiguous::LANES>(gateWeight + matrix, width, width, column0), 0,
      hiddenWidth, left, right);
  tile.template multiply<Contiguous::DEPTH, Contiguous::LANES>(
      tile_operand<Contiguous::DEPTH>(dUp + start, hiddenWidth, rows.count, 0),
      tile_operand<Contiguous::LANES>(upWeight + matrix, width, width, column0), 0, hiddenWidth,
      left, right);
  tile_results<false>(tile, dInput + (long long)rows.first * width, width, rows.count, width, 0, column0);
}

// dWeight[i] += dY_i^T x_i over the slots of expert i = blockIdx.z: dWeight [N,rows,columns].
template <class Tile>
TILE_INLINE void experts_backward_weight_tile(const int *offsets, const float *dY, const float *x,
                                              float *dWeight, int rows, int columns, float *left,
                                              float *right) {
  int expert = blockIdx.z;
  int first = offsets[expert];
  int count = offsets[expert + 1] - first;
  if (count == 0) {
    return;
  }
  int row0 = blockIdx.y * Tile::ROWS;
  int column0 = blockIdx.x * Tile::COLUMNS;
  Tile tile;
  tile.clear();
  tile.template multiply<Contiguous::LANES, Contiguous::LANES>(
      tile_operand<Contiguous::LANES>(dY + (long long)first * rows, rows, rows, row0),
      tile_operand<Contiguous::LANES>(x + (long long)first * columns, columns, columns, column0),
      0, count, left, right);
  tile_results<true>(tile, dWeight + (long long)expert * rows * columns, columns, rows, columns, row0,
                     column0);
}
