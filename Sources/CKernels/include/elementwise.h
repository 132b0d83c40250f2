#pragma once

#include "runs.h"

/// y = a + b, then max(0, .) when rectified, past the caches with `streams_output`; the output may be an input.
void ck_add(const float *first, ck_strides first_strides, const float *second, ck_strides second_strides, float *output,
            ck_strides output_strides, ck_extent extent, int rectified, int streams_output);

/// y = x * scales[channel] + offsets[channel]; the output may be the input. Runs are joined up to whole planes at most.
void ck_scale_and_shift(const float *input, ck_strides input_strides, float *output, ck_strides output_strides,
                        ck_extent extent, const float *scales, const float *offsets);

void ck_copy(const float *input, ck_strides input_strides, float *output, ck_strides output_strides, ck_extent extent);
void ck_clear(float *output, ck_strides output_strides, ck_extent extent);

/// Copies the elements of two tensors in Keras's order (depth, height, width, channel): what Flatten and Reshape do.
/// The counts describe the two shapes (slices, rows, positions of a row, channels), with `lanes` floats per element.
typedef struct {
  ptrdiff_t slices, rows, width, channels;
  ck_strides strides;
} ck_grid;

void ck_reshape(const float *input, const ck_grid *input_grid, float *output, const ck_grid *output_grid,
                ptrdiff_t lanes);
