#pragma once

#include <stdint.h>

#include "combination.h"

/// Sums along one axis: output o is the sum over t of `weights[o * taps + t]` times input `indices[o * taps + t]`.
typedef struct {
  const int32_t *indices;
  const float *weights;
  ptrdiff_t taps, inputs, outputs;
  /// Floats from one input, one output to the next.
  ptrdiff_t input_step, output_step;
} ck_resampling;

/// Resamples one axis of a tensor; `cells` are those of the other axes, with size 1 along this one. Overwrites the
/// output.
void ck_resample(const ck_resampling *axis, const float *input, ck_steps input_steps, float *output,
                 ck_steps output_steps, const ck_cells *cells, ptrdiff_t lanes);

/// The backward direction: overwrites the input's gradient.
void ck_resample_backward(const ck_resampling *axis, const float *gradient, ck_steps gradient_steps,
                          float *input_gradient, ck_steps input_steps, const ck_cells *cells, ptrdiff_t lanes);
