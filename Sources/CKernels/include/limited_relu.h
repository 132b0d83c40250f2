#pragma once

#include "runs.h"

/// y = min(max(0, x), maximum); output may be input.
void ck_relu_limited(const float *input, ck_strides input_strides, float *output, ck_strides output_strides,
                     ck_extent extent, float maximum);

/// dx = dy where 0 < y < maximum; input_gradient may be gradient.
void ck_relu_limited_backward(const float *output, ck_strides output_strides, const float *gradient,
                              ck_strides gradient_strides, float *input_gradient, ck_strides input_gradient_strides,
                              ck_extent extent, float maximum);
