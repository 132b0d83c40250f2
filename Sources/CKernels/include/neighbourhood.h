#pragma once

#include "runs.h"

/// Local response normalisation over the channels within `radius`: y = x s^-beta, s = bias + alpha * sum of x^2.
typedef struct {
  ptrdiff_t radius;
  float bias, alpha, beta;
} ck_response;

/// Output may not be input.
void ck_normalize_response(const ck_response *response, const float *input, ck_strides input_strides, float *output,
                           ck_strides output_strides, ck_extent extent);

/// dx_i = dy_i s_i^-beta - 2 alpha beta x_i * sum over j near i of dy_j x_j s_j^(-beta - 1). `scratch`: 32 floats per
/// channel. input_gradient may be gradient.
void ck_normalize_response_backward(const ck_response *response, const float *input, ck_strides input_strides,
                                    const float *gradient, ck_strides gradient_strides, float *input_gradient,
                                    ck_strides input_gradient_strides, ck_extent extent, float *scratch);
