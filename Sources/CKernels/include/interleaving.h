#pragma once

#include <stddef.h>

/// Turns one row of each of 16 samples, channels last, into 16 lanes of a row of a tensor: number c of column w of
/// sample s, `rows[s * row_stride + w * channels + c]`, goes to `output[c * channel_stride + w * lanes + s]`.
///
/// - row_stride: at least `width * channels` rounded up to a multiple of 16.
void ck_interleave_row(const float *rows, ptrdiff_t row_stride, ptrdiff_t width, ptrdiff_t channels, float *output,
                       ptrdiff_t channel_stride, ptrdiff_t lanes);
