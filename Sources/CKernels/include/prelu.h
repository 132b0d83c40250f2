#pragma once

#include "runs.h"

/// y = x, or alpha * x where x < 0, with `alpha` in Keras's order (slice, row, width, channel); output may be input.
void ck_prelu(const float *input, ck_strides input_strides, float *output, ck_strides output_strides,
              const ck_cells *cells, const float *alpha, const ck_cells *slopes, ptrdiff_t lanes);

/// dx = dy, or alpha * dy where x < 0. input_gradient may be gradient.
void ck_prelu_backward(const float *input, ck_strides input_strides, const float *gradient, ck_strides gradient_strides,
                       float *input_gradient, ck_strides input_gradient_strides, const ck_cells *cells,
                       const float *alpha, const ck_cells *slopes, ptrdiff_t lanes);

/// dalpha = sum of dy * min(x, 0) over live lanes and the elements that share a slope, in doubles.
void ck_prelu_alpha_gradient(const float *input, ck_strides input_strides, const float *gradient,
                             ck_strides gradient_strides, const ck_cells *cells, float *alpha_gradient,
                             const ck_cells *slopes, ptrdiff_t lanes, ptrdiff_t live);
