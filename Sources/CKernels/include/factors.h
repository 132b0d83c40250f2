#pragma once

#include <stddef.h>

/// Copies a shard's inputs of a dense layer and the gradients of its outputs, channels of `lanes` images of which `live` count, to
/// where `ck_factor_product` reads them: inputs channel by channel, with zero for images that do not count, and gradients image
/// by image, in rows of `gradient_row` floats, with zero behind the last unit.
void ck_record_factors(const float *inputs, ptrdiff_t input_stride, ptrdiff_t input_count, const float *gradients,
                       ptrdiff_t gradient_stride, ptrdiff_t units, ptrdiff_t lanes, ptrdiff_t live, float *input_factor,
                       float *gradient_factor, ptrdiff_t gradient_row);

/// result (rows, units) = the sum over the first `live` images of inputs (rows, lanes) times gradients (images, units), or +=
/// when `adding`: the sum is complete before it is added. Rows of gradients are `gradient_row` floats apart, a multiple of 16 of
/// which all can be read.
void ck_factor_product(const float *inputs, ptrdiff_t lanes, const float *gradients, ptrdiff_t gradient_row, ptrdiff_t live,
                       float *result, ptrdiff_t rows, ptrdiff_t units, int adding);
