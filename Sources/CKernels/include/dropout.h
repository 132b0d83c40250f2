#pragma once

#include <stdint.h>

#include "runs.h"

/// y = scale x + shift where the element is kept, else `dropped`; kept when word >> 8 of Philox is at least
/// `threshold`. The element's number is its position in (channel, depth, height, width) without border; runs are not
/// joined (one per row). `samples`: one per lane.
void ck_dropout(const float *input, ck_strides input_strides, float *output, ck_strides output_strides,
                ck_extent extent, ptrdiff_t lanes, uint32_t threshold, float scale, float shift, float dropped,
                const uint32_t *key, uint32_t purpose, uint32_t step, const uint32_t *samples);

/// y = x + n, or x n when it `multiplies`, with n normal, from the word that `ck_dropout` would take.
void ck_add_noise(const float *input, ck_strides input_strides, float *output, ck_strides output_strides,
                  ck_extent extent, ptrdiff_t lanes, int multiplies, float mean, float deviation, const uint32_t *key,
                  uint32_t purpose, uint32_t step, const uint32_t *samples);
