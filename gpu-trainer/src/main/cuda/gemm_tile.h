// The three products of a linear layer as tiles, in whichever precision the tile computes.
// Grid: x tiles of columns, y tiles of rows, z parts of the depth (tn only).
#pragma once
#include "tile.h"

template <class Tile, Contiguous LEFT, Contiguous RIGHT, bool ADD>
TILE_INLINE void gemm_tile(const float *left, int leftStride, const float *right,
                           int rightStride, float *c, int rows, int columns, int from, int end,
                           float *sharedLeft, float *sharedRight) {
  int row0 = blockIdx.y * Tile::ROWS;
  int column0 = blockIdx.x * Tile::COLUMNS;
  Tile tile;
  tile.clear();
  tile.template multiply<LEFT, RIGHT>(tile_operand<LEFT>(left, leftStride, rows, row0),
                                      tile_operand<RIGHT>(right, rightStride, columns, column0),
                                      from, end, sharedLeft, sharedRight);
  tile_results<ADD>(tile, c, columns, rows, columns, row0, column0);
}
