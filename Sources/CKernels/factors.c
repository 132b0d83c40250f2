#include "factors.h"

#include <stdbool.h>
#include <string.h>

#include "operations.h"

CK_DISPATCHED void ck_record_factors(const float *inputs, ptrdiff_t input_stride, ptrdiff_t input_count,
                                     const float *gradients, ptrdiff_t gradient_stride, ptrdiff_t units, ptrdiff_t lanes,
                                     ptrdiff_t live, float *input_factor, float *gradient_factor, ptrdiff_t gradient_row) {
  for (ptrdiff_t i = 0; i < input_count; i++)
    for (ptrdiff_t lane = 0; lane < lanes; lane++)
      input_factor[i * lanes + lane] = lane < live ? inputs[i * input_stride + lane] : 0;
  for (ptrdiff_t unit = 0; unit < units; unit++)
    for (ptrdiff_t lane = 0; lane < live; lane++)
      gradient_factor[lane * gradient_row + unit] = gradients[unit * gradient_stride + lane];
  for (ptrdiff_t lane = 0; lane < live; lane++)
    for (ptrdiff_t unit = units; unit < gradient_row; unit++) gradient_factor[lane * gradient_row + unit] = 0;
}

typedef struct {
  const float *inputs;
  ptrdiff_t lanes;
  const float *gradients;
  ptrdiff_t gradient_row, live;
  float *result;
  ptrdiff_t units;
  bool adding;
} factors;

/// A block of the result in registers. Only the first `columns` columns are stored.
CK_INLINE void multiply_block(const factors *f, ptrdiff_t row, ptrdiff_t column, const int rows, const int vectors,
                              ptrdiff_t columns) {
  const float *inputs = f->inputs + row * f->lanes, *gradients = f->gradients + column;
  lanes16 sums[8][2];
  CK_UNROLL for (int i = 0; i < rows; i++)
    CK_UNROLL for (int v = 0; v < vectors; v++) sums[i][v] = CK_ZERO;
  for (ptrdiff_t image = 0; image < f->live; image++)
    CK_UNROLL for (int i = 0; i < rows; i++)
      CK_UNROLL for (int v = 0; v < vectors; v++)
        sums[i][v] += inputs[i * f->lanes + image] * CK_LOAD(gradients + image * f->gradient_row + 16 * v);
  CK_UNROLL for (int i = 0; i < rows; i++)
    CK_UNROLL for (int v = 0; v < vectors; v++) {
      float *stored = f->result + (row + i) * f->units + column + 16 * v;
      const ptrdiff_t length = columns - 16 * v < 16 ? columns - 16 * v : 16;
      if (length == 16) {
        CK_STORE(stored, f->adding ? CK_LOAD(stored) + sums[i][v] : sums[i][v]);
      } else {
        lanes16 old = CK_ZERO;
        memcpy(&old, stored, (size_t)length * sizeof(float));
        if (f->adding) sums[i][v] = old + sums[i][v];
        memcpy(stored, &sums[i][v], (size_t)length * sizeof(float));
      }
    }
}

CK_INLINE void multiply_rows(const factors *f, ptrdiff_t row, const int rows) {
  ptrdiff_t column = 0;
  for (; column + 32 <= f->units; column += 32) multiply_block(f, row, column, rows, 2, 32);
  for (; column < f->units; column += 16) multiply_block(f, row, column, rows, 1, f->units - column);
}

CK_DISPATCHED void ck_factor_product(const float *inputs, ptrdiff_t lanes, const float *gradients, ptrdiff_t gradient_row,
                                     ptrdiff_t live, float *result, ptrdiff_t rows, ptrdiff_t units, int adding) {
  const factors f = {inputs, lanes, gradients, gradient_row, live, result, units, adding != 0};
  ptrdiff_t row = 0;
  for (; row + 8 <= rows; row += 8) multiply_rows(&f, row, 8);
  for (; row < rows; row++) multiply_rows(&f, row, 1);
}
