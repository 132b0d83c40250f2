#pragma once

#include <stddef.h>

/// Gradients of so many units lie side by side, image by image.
enum { CK_FACTOR_UNITS = 32 };

/// Copies a shard's inputs of a dense layer and the gradients of its outputs, channels of `lanes` images of which
/// `live` count, to where `ck_multiply_factors` reads them: inputs (channels, lanes), with zero for images that do not
/// count, and gradients (blocks of CK_FACTOR_UNITS, lanes, units of a block), with zero behind the last unit.
void ck_record_factors(const float *inputs, ptrdiff_t input_stride, ptrdiff_t input_count, const float *gradients,
                       ptrdiff_t gradient_stride, ptrdiff_t units, ptrdiff_t lanes, ptrdiff_t live, float *input_factor,
                       float *gradient_factor);

/// Of one shard: the inputs from the first row of the result on, all gradients, and how many sums of two are complete
/// with it.
typedef struct {
  const float *inputs, *gradients;
  ptrdiff_t live, additions;
} ck_shard_factors;

/// The most sums that wait for another one.
enum { CK_FACTOR_DEPTH = 16 };

/// result (rows, units) = the sum over shards of inputs (rows, lanes) times gradients (lanes, units). Each shard's sum
/// over its first `live` images is complete before shards are added, pair by pair as `additions` say.
void ck_multiply_factors(const ck_shard_factors *shards, ptrdiff_t count, ptrdiff_t lanes, float *result,
                         ptrdiff_t rows, ptrdiff_t units);
