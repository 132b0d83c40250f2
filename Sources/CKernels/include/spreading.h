#pragma once

#include "runs.h"

/// Puts the cells of a small tensor at every `slice_step`-th slice, `row_step`-th row and `column_step`-th column of a
/// large one, and zero everywhere else.
void ck_spread(const float *small, ck_strides small_strides, float *large, ck_strides large_strides,
               const ck_cells *large_cells, ptrdiff_t slice_step, ptrdiff_t row_step, ptrdiff_t column_step,
               ptrdiff_t lanes, int streaming);
