// The products of Winograd's algorithm, frequency by frequency.
#pragma once

#include <stdbool.h>

#include "vectors.h"

enum {
  row_block = 6,
  /// How many blocks of 16 inner indices ahead the left factor is fetched: large ones come from main memory.
  prefetch_blocks = 4,
  /// Vectors of a block where registers hold 16 floats, so that 24 sums, 4 vectors and a factor fit in 32 of them.
  wide_panel = 4,
  /// And where they hold 8.
  narrow_panel = 1,
};

/// `result[r][v] = sum over k of left[r][k] * right[k][v]`, or added to it, for columns v of vectors.
///
/// Vectors of the right factor and of the result are cut into nearly equal panels, one after the other, each with its
/// rows adjacent.
typedef struct {
  const float *left;
  /// Floats from a row to the next, from an inner index to the next, and after every 16 of those.
  ptrdiff_t row_step, inner_step, inner_block;
  /// Rows of the left factor come in groups, `group_step` floats apart.
  ptrdiff_t group_rows, group_step;
  ptrdiff_t rows, inner;
  const float *right;
  float *result;
  ptrdiff_t vectors, panels;
  bool adding;
  /// Parts of the inner index, in sixteens, that are summed apart, as long sums of floats round more.
  ptrdiff_t parts;
} winograd_product;

CK_INLINE void multiply_part(const winograd_product *p, const float *left, const float *right, ptrdiff_t inner,
                             float *result, bool adding, const int ROWS, const int VECTORS) {
  lanes16 sums[row_block][wide_panel];
  CK_UNROLL for (int r = 0; r < ROWS; r++)
    CK_UNROLL for (int v = 0; v < VECTORS; v++) sums[r][v] = (lanes16){};
  ptrdiff_t row_step = p->row_step, inner_step = p->inner_step;
  for (ptrdiff_t first = 0; first < inner; first += 16) {
    const float *factors = left;
    ptrdiff_t count = inner - first < 16 ? inner - first : 16;
    for (ptrdiff_t k = 0; k < count; k++) {
      // Multiples of one step, or the compiler would advance six pointers instead.
      __asm__("" : "+r"(factors), "+r"(right));
      __builtin_prefetch(left + prefetch_blocks * p->inner_block + 16 * k);
      lanes16 column[wide_panel];
      CK_UNROLL for (int v = 0; v < VECTORS; v++) column[v] = *(const lanes16 *)(right + 16 * v);
      CK_UNROLL for (int r = 0; r < ROWS; r++)
        CK_UNROLL for (int v = 0; v < VECTORS; v++) sums[r][v] += column[v] * factors[r * row_step];
      factors += inner_step;
      right += 16 * VECTORS;
    }
    left += p->inner_block;
  }
  CK_UNROLL for (int r = 0; r < ROWS; r++)
    CK_UNROLL for (int v = 0; v < VECTORS; v++) {
      lanes16 *target = (lanes16 *)(result + 16 * (r * VECTORS + v));
      *target = adding ? *target + sums[r][v] : sums[r][v];
    }
}

CK_INLINE void multiply_block(const winograd_product *p, const float *left, const float *right, float *result,
                              const int ROWS, const int VECTORS) {
  const ptrdiff_t blocks = ck_part_count(p->inner, 16);
  for (ptrdiff_t part = 0; part < p->parts; part++) {
    ptrdiff_t first = ck_part_start(blocks, p->parts, part), end = ck_part_start(blocks, p->parts, part + 1);
    ptrdiff_t inner = (part + 1 < p->parts ? 16 * end : p->inner) - 16 * first;
    multiply_part(p, left + first * p->inner_block, right + 16 * 16 * VECTORS * first, inner, result,
                  p->adding || part > 0, ROWS, VECTORS);
  }
}

CK_INLINE void multiply(const winograd_product *p) {
  for (ptrdiff_t group = 0; group * p->group_rows < p->rows; group++) {
    ptrdiff_t first_row = group * p->group_rows;
    ptrdiff_t rows = p->rows - first_row < p->group_rows ? p->rows - first_row : p->group_rows;
    ptrdiff_t blocks = ck_part_count(rows, row_block);
    for (ptrdiff_t panel = 0; panel < p->panels; panel++) {
      ptrdiff_t vector = ck_part_start(p->vectors, p->panels, panel);
      ptrdiff_t vectors = ck_part_start(p->vectors, p->panels, panel + 1) - vector;
      const float *right = p->right + 16 * vector * p->inner;
      for (ptrdiff_t block = 0; block < blocks; block++) {
        ptrdiff_t row = ck_part_start(rows, blocks, block);
        ptrdiff_t count = ck_part_start(rows, blocks, block + 1) - row;
        const float *left = p->left + group * p->group_step + row * p->row_step;
        float *result = p->result + 16 * (vector * p->rows + (first_row + row) * vectors);
#define CASE(R, V) \
  case R * 8 + V: \
    multiply_block(p, left, right, result, R, V); \
    break;
#define CASES(R) CASE(R, 1) CASE(R, 2) CASE(R, 3) CASE(R, 4)
        switch (count * 8 + vectors) { CASES(1) CASES(2) CASES(3) CASES(4) CASES(5) CASES(6) }
#undef CASES
#undef CASE
      }
    }
  }
}
