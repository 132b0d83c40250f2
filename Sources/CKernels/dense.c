#include "dense.h"

#include <stdbool.h>
#include <string.h>

#include "operations.h"
#include "streaming.h"

typedef struct {
  const float *left;
  ptrdiff_t left_row, left_column;
  const float *right;
  ptrdiff_t right_row;
  const float *bias;
  float *result;
  ptrdiff_t result_row, inner;
  /// Whether `STREAMS` inner indices are summed apart from those before.
  bool is_blocked;
} product;

/// A block of the result in registers: `rows` broadcast elements of the left factor times `vectors` vectors of the
/// right one. Only the first `columns` columns are stored.
CK_INLINE void multiply_block(const product *p, ptrdiff_t row, ptrdiff_t column, const int rows, const int vectors,
                              bool adding, ptrdiff_t columns, const bool streaming) {
  const float *left = p->left + row * p->left_row, *right = p->right + column;
  float *result = p->result + row * p->result_row + column;
  const bool whole = columns >= 16 * vectors;
  lanes16 sums[8][2];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      sums[i][v] = CK_ZERO + (p->bias ? p->bias[row + i] : 0.0f);
      if (adding && whole) sums[i][v] = CK_LOAD(result + i * p->result_row + 16 * v);
    }
  for (ptrdiff_t k = 0; k < p->inner; k++)
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++)
        sums[i][v] += left[i * p->left_row + k * p->left_column] * CK_LOAD(right + k * p->right_row + 16 * v);
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      float *stored = result + i * p->result_row + 16 * v;
      if (whole && streaming) {
        CK_STREAM(stored, sums[i][v]);
      } else if (whole) {
        CK_STORE(stored, sums[i][v]);
      } else {
        float part[16];
        CK_STORE(part, sums[i][v]);
        for (ptrdiff_t j = 0; j < columns - 16 * v && j < 16; j++) stored[j] = adding ? stored[j] + part[j] : part[j];
      }
    }
}

/// `vectors` vectors of columns, all rows.
CK_INLINE void multiply_columns(const product *p, ptrdiff_t rows, ptrdiff_t column, const int vectors, bool adding,
                                ptrdiff_t columns, const bool streaming) {
  ptrdiff_t row = 0;
  for (; row + 8 <= rows; row += 8) multiply_block(p, row, column, 8, vectors, adding, columns, streaming);
  for (; row + 4 <= rows; row += 4) multiply_block(p, row, column, 4, vectors, adding, columns, streaming);
  for (; row < rows; row++) multiply_block(p, row, column, 1, vectors, adding, columns, streaming);
}

enum {
  /// Inner indices at a time where rows are adjacent: as many streams of weights are read side by side.
  STREAMS = 32,
  /// Vectors of a block then, for a line of weights.
  LINE = 16,
};

/// Some inner indices, a block of adjacent rows and `vectors` vectors of columns. Weights are fetched four lines ahead:
/// they come from memory.
CK_INLINE void continue_block(const product *p, ptrdiff_t first, ptrdiff_t end, ptrdiff_t row, ptrdiff_t column,
                              const int rows, const int vectors) {
  float *result = p->result + row * p->result_row + column;
  lanes16 sums[LINE][2];
  CK_UNROLL for (int i = 0; i < rows; i++)
    CK_UNROLL for (int v = 0; v < vectors; v++)
      sums[i][v] =
          first > 0 ? (p->is_blocked ? CK_ZERO : CK_LOAD(result + i * p->result_row + 16 * v))
                    : CK_ZERO + (p->bias ? p->bias[row + i] : 0.0f);
  const float *left = p->left + row + first * p->left_column, *right = p->right + first * p->right_row + column;
  for (ptrdiff_t k = first; k < end; k++) {
    __builtin_prefetch(left + 4 * LINE);
    lanes16 values[2];
    CK_UNROLL for (int v = 0; v < vectors; v++) values[v] = CK_LOAD(right + 16 * v);
    CK_UNROLL for (int i = 0; i < rows; i++)
      CK_UNROLL for (int v = 0; v < vectors; v++) sums[i][v] += left[i] * values[v];
    left += p->left_column;
    right += p->right_row;
  }
  CK_UNROLL for (int i = 0; i < rows; i++)
    CK_UNROLL for (int v = 0; v < vectors; v++) {
      float *stored = result + i * p->result_row + 16 * v;
      if (p->is_blocked && first > 0) sums[i][v] += CK_LOAD(stored);
      CK_STORE(stored, sums[i][v]);
    }
}

/// All rows of `vectors` vectors of columns, where rows of the left factor are adjacent: it is read once, line by line.
CK_INLINE void multiply_adjacent(const product *p, ptrdiff_t rows, ptrdiff_t column, const int vectors) {
  const int block = LINE / vectors;
  // Without inner indices there is the bias.
  for (ptrdiff_t first = 0; first == 0 || first < p->inner; first += STREAMS) {
    const ptrdiff_t end = first + STREAMS < p->inner ? first + STREAMS : p->inner;
    ptrdiff_t row = 0;
    for (; row + block <= rows; row += block) continue_block(p, first, end, row, column, block, vectors);
    for (; row < rows; row++) continue_block(p, first, end, row, column, 1, vectors);
  }
}

CK_DISPATCHED void ck_dense_product(const float *left, ptrdiff_t left_row, ptrdiff_t left_column, const float *right,
                                    ptrdiff_t right_row, const float *bias, float *result, ptrdiff_t result_row,
                                    ptrdiff_t rows, ptrdiff_t inner, ptrdiff_t columns, int is_blocked) {
  ptrdiff_t column = 0;
  if (left_row == 1) {
    const product p = {left, 1, left_column, right, right_row, bias, result, result_row, inner, is_blocked};
    for (; column + 32 <= columns; column += 32) multiply_adjacent(&p, rows, column, 2);
    if (column < columns) multiply_adjacent(&p, rows, column, 1);
  } else {
    const product p = {left, left_row, 1, right, right_row, bias, result, result_row, inner, false};
    for (; column + 32 <= columns; column += 32) multiply_columns(&p, rows, column, 2, false, 32, false);
    if (column < columns) multiply_columns(&p, rows, column, 1, false, 16, false);
  }
}

// The right factor is transposed piece by piece into a tile of this many inner indices and columns, 16 KiB.
enum {
  TILE = 64,
  /// Elements of a result that is written past the caches, 16 MB.
  LARGE = 4 << 20,
};

CK_DISPATCHED void ck_dense_outer_product(const float *left, ptrdiff_t left_row, const float *right,
                                          ptrdiff_t right_row, float *result, ptrdiff_t result_row, ptrdiff_t rows,
                                          ptrdiff_t inner, ptrdiff_t columns, int adding) {
  float tile[TILE][TILE];
  const bool streaming =
      !adding && rows * columns >= LARGE && inner <= TILE && result_row % 16 == 0 && CK_IS_ALIGNED(result);
  for (ptrdiff_t start = 0; start < columns; start += TILE) {
    const ptrdiff_t width = columns - start < TILE ? columns - start : TILE;
    for (ptrdiff_t first = 0; first < inner; first += TILE) {
      const ptrdiff_t depth = inner - first < TILE ? inner - first : TILE;
      memset(tile, 0, sizeof tile);
      for (ptrdiff_t j = 0; j < width; j++)
        for (ptrdiff_t k = 0; k < depth; k++) tile[k][j] = right[(start + j) * right_row + first + k];
      const product p = {left + first, left_row, 1, tile[0], TILE, NULL, result + start, result_row, depth};
      ptrdiff_t column = 0;
      if (streaming)
        for (; column + 32 <= width; column += 32) multiply_columns(&p, rows, column, 2, false, 32, true);
      for (; column + 32 <= width; column += 32) multiply_columns(&p, rows, column, 2, adding || first > 0, 32, false);
      for (; column < width; column += 16)
        multiply_columns(&p, rows, column, 1, adding || first > 0, width - column, false);
    }
  }
}
