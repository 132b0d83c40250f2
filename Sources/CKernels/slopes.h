// What the backward passes of functions of single numbers share.
#pragma once

#include "operations.h"

/// Runs a statement on every vector of `values`, which it finds in v and replaces by slopes, and multiplies them by
/// `gradient` into `input_gradient`, over `extent`. Where the gradient is zero, so is the product, whatever the slope.
#define CK_DIFFERENTIATE(values, value_strides, ...)                         \
  CK_FOR_RUNS(extent) {                                                      \
    const float *points = (values) + CK_RUN(value_strides);                  \
    const float *gradients = gradient + CK_RUN(gradient_strides);            \
    float *results = input_gradient + CK_RUN(input_gradient_strides);        \
    for (ptrdiff_t i = 0; i < extent.count; i += 16) {                       \
      lanes16 v = CK_LOAD(points + i);                                       \
      const lanes16 dy = CK_LOAD(gradients + i);                             \
      __VA_ARGS__;                                                           \
      CK_STORE(results + i, CK_SELECT(dy == CK_ZERO, CK_ZERO, dy * v));      \
    }                                                                        \
  }                                                                          \
  return
