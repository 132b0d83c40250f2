#include "placement.h"

/// Visits every element of every image; `from` is where it lies in the larger tensor, `to` in the smaller.
#define FOR_PLACES(cells, large_strides, small_strides)                                                               \
  for (ptrdiff_t channel = 0; channel < (cells)->channels; channel++)                                                 \
    for (ptrdiff_t row = 0; row < (cells)->rows; row++)                                                               \
      for (ptrdiff_t column = 0; column < (cells)->width; column++)                                                   \
        for (ptrdiff_t lane = 0; lane < lanes; lane++)                                                                \
          for (ptrdiff_t once = 1,                                                                                    \
                         far_row = (ptrdiff_t)(p.first_row[lane] + p.row_step[lane] * (float)row),                    \
                         far_column = (ptrdiff_t)(p.first_column[lane] + p.column_step[lane] * (float)column),        \
                         from = channel * (large_strides).channel + far_row * (large_strides).row +                   \
                                far_column * lanes + lane,                                                            \
                         to = channel * (small_strides).channel + row * (small_strides).row + column * lanes + lane;  \
               once; once = 0)

void ck_place(const float *input, ck_strides input_strides, float *output, ck_strides output_strides,
              const ck_cells *output_cells, ck_placement p, ptrdiff_t lanes) {
  FOR_PLACES(output_cells, input_strides, output_strides) output[to] = input[from];
}

void ck_place_backward(const float *gradient, ck_strides gradient_strides, float *input_gradient,
                       ck_strides input_gradient_strides, const ck_cells *gradient_cells, ck_placement p,
                       ptrdiff_t lanes) {
  FOR_PLACES(gradient_cells, input_gradient_strides, gradient_strides) input_gradient[from] = gradient[to];
}
