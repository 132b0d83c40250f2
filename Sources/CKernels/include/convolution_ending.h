#pragma once

#include <stddef.h>

/// What becomes of the sums of a convolution before they are stored.
typedef struct {
  /// A tensor of the output's shape that is added first, at its first position; null for none.
  const float *addend;
  ptrdiff_t addend_channel_stride, addend_slice_step, addend_row_step;
  /// Makes y / (1 + e^-y) of the result.
  int silu;
  /// Rectifies it: min(max(0, y), maximum), with NaN as it is; infinite for max(0, y), 0 for y.
  float maximum;
} ck_ending;
