#pragma once

#include <stdint.h>

#include "runs.h"

// Over all positions of a channel; `extent` covers the input, whose runs are joined up to whole planes at most. The
// output is one cell per channel, `output_stride` floats apart.
void ck_global_average(const float *input, ck_strides input_strides, ck_extent extent, ptrdiff_t lanes, float *output,
                       ptrdiff_t output_stride);
void ck_global_average_backward(const float *gradient, ptrdiff_t gradient_stride, float *input_gradient,
                                ck_strides input_gradient_strides, ck_extent extent, ptrdiff_t lanes);

// `positions`: channels * lanes row-major indices of the chosen cells; may be NULL in the forward direction.
void ck_global_maximum(const float *input, ck_strides input_strides, ck_extent extent, ptrdiff_t lanes, float *output,
                       ptrdiff_t output_stride, int32_t *positions);
void ck_global_maximum_backward(const float *gradient, ptrdiff_t gradient_stride, const int32_t *positions,
                                float *input_gradient, ck_strides input_gradient_strides, ck_extent extent,
                                ptrdiff_t lanes);
