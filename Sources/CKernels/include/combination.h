#pragma once

#include "runs.h"

/// Floats from one cell to the next along each axis; 0 repeats the cell.
typedef struct {
  ptrdiff_t channel, slice, row, column;
} ck_steps;

typedef enum {
  /// a; b is not read
  CK_LEFT,
  CK_SUM,
  CK_DIFFERENCE,
  CK_PRODUCT,
  CK_QUOTIENT,
  /// The larger and the smaller; NaN if one of them is.
  CK_LARGER,
  CK_SMALLER,
} ck_operation;

/// y = factor * (a op b) for all cells of the output, `lanes` floats each. The output may be an input of equal steps.
void ck_combine(ck_operation operation, const float *first, ck_steps first_steps, const float *second,
                ck_steps second_steps, float *output, ck_steps output_steps, const ck_cells *cells, ptrdiff_t lanes,
                float factor);

/// Sums of a * b (of a where b is NULL) over the cells that the result has one of, in doubles, lane by lane.
void ck_sum_products(const float *first, ck_steps first_steps, const float *second, ck_steps second_steps,
                     const ck_cells *cells, float *result, ck_steps result_steps, const ck_cells *result_cells,
                     ptrdiff_t lanes);

/// y = a where (x == z) is `equal`, else 0. The output may be an input of equal steps.
void ck_route(const float *x, ck_steps x_steps, const float *z, ck_steps z_steps, const float *a, ck_steps a_steps,
              float *output, ck_steps output_steps, const ck_cells *cells, ptrdiff_t lanes, int equal);
