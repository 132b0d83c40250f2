#pragma once

#include "runs.h"

/// Where the rows and columns of each image begin, and in which direction they run; one of each per lane.
typedef struct {
  const float *first_row, *row_step, *first_column, *column_step;
} ck_placement;

/// y[i, j] = x[first_row + row_step i, first_column + column_step j], image by image.
void ck_place(const float *input, ck_strides input_strides, float *output, ck_strides output_strides,
              const ck_cells *output_cells, ck_placement placement, ptrdiff_t lanes);

/// Writes each dy where it came from; the caller has set dx to zero.
void ck_place_backward(const float *gradient, ck_strides gradient_strides, float *input_gradient,
                       ck_strides input_gradient_strides, const ck_cells *gradient_cells, ck_placement placement,
                       ptrdiff_t lanes);
