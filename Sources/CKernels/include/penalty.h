#pragma once

#include "runs.h"

// Lanes from `live` on are dead.

/// Sum of l1 * |x| + l2 * x^2 over the live elements.
double ck_penalty(const float *input, ck_strides input_strides, ck_extent extent, ptrdiff_t lanes, ptrdiff_t live,
                  double l1, double l2);

/// dx = dy + l1 * sign(x) + 2 * l2 * x in live lanes, 0 in dead ones; input_gradient may be gradient.
void ck_penalty_backward(const float *input, ck_strides input_strides, const float *gradient,
                         ck_strides gradient_strides, float *input_gradient, ck_strides input_gradient_strides,
                         ck_extent extent, ptrdiff_t lanes, ptrdiff_t live, float l1, float l2);
