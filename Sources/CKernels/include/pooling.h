#pragma once

#include <stddef.h>
#include <stdint.h>

#include "runs.h"

/// A pooling window over tensors of `channels` channels; axes are depth, height, width.
typedef struct {
  ptrdiff_t channels, lanes;
  ptrdiff_t input[3], output[3];
  ptrdiff_t size[3], stride[3];
  /// Cells of padding before the first cell of each axis.
  ptrdiff_t before[3];
  /// Of `positions` from one channel to the next.
  ptrdiff_t position_stride;
} ck_pooling;

// `positions` holds, for each output cell (channel, depth, height, width, lane; no border), the row-major index of the
// chosen cell in its window; it may be NULL where only the outputs are wanted. It may begin with a later row than the
// first.

/// With a `limit` other than 0 the maxima become min(max(0, y), limit), and where that is 0 or the limit no cell is
/// chosen.
void ck_max_pool(const ck_pooling *pooling, const float *input, ck_strides input_strides, float *output,
                 ck_strides output_strides, float limit, uint16_t *positions);
void ck_average_pool(const ck_pooling *pooling, const float *input, ck_strides input_strides, float *output,
                     ck_strides output_strides);

// Both overwrite every cell of the input's gradient, also those that no window covers.
void ck_max_pool_backward(const ck_pooling *pooling, const float *gradient, ck_strides gradient_strides,
                          const uint16_t *positions, float *input_gradient, ck_strides input_gradient_strides);
void ck_average_pool_backward(const ck_pooling *pooling, const float *gradient, ck_strides gradient_strides,
                              float *input_gradient, ck_strides input_gradient_strides);
