// The activation y / (1 + e^-y) in registers, as convolutions apply it at inference.
#pragma once

#include "operations.h"

/// A function NAME that makes x / (1 + e^-x) of a vector, to about two roundings. e^-x as in `ck_exponential`, but with
/// a polynomial of degree 6 (the next term is below 2^-23), and x cut off where neither e^-x nor the result matters
/// to the other. NaN stays NaN.
#define CK_DEFINE_SILU(NAME, VECTOR, INTEGERS)                                    \
  CK_INLINE void NAME(VECTOR *x) {                                                \
    const VECTOR limit = (VECTOR){} + 87.0f;                                      \
    VECTOR value = *x;                                                            \
    value = (VECTOR)CK_CHOOSE(INTEGERS, value < -limit, -limit, value);           \
    value = (VECTOR)CK_CHOOSE(INTEGERS, value > limit, limit, value);             \
    /* The low bits of 1.5 * 2^23 + 127 + n hold the exponent of 2^n. */          \
    const float magic = 12582912.0f + 127;                                        \
    const VECTOR shifted = value * -1.44269504088896341f + magic;                 \
    const VECTOR n = shifted - magic;                                             \
    VECTOR r = n * -0.693359375f - value;                                         \
    r = r - n * -2.12194440e-4f;                                                  \
    VECTOR p = r * (1.0f / 720) + 1.0f / 120;                                     \
    p = p * r + 1.0f / 24;                                                        \
    p = p * r + 1.0f / 6;                                                         \
    p = p * r + 0.5f;                                                             \
    p = p * r + 1.0f;                                                             \
    p = p * r + 1.0f;                                                             \
    const VECTOR power = (VECTOR)((INTEGERS)shifted << 23);                       \
    *x = *x / (p * power + 1.0f);                                                 \
  }

/// Bits of one of two vectors by a comparison of type INTEGERS.
#define CK_CHOOSE(INTEGERS, mask, yes, no) (((INTEGERS)(yes) & (mask)) | ((INTEGERS)(no) & ~(mask)))

CK_DEFINE_SILU(ck_silu_16, lanes16, lanes16i)
CK_DEFINE_SILU(ck_silu_8, lanes8, lanes8i)

/// Some vectors of each of some channels; distances in floats.
typedef struct {
  ptrdiff_t channels, vectors;
  ptrdiff_t channel_stride, step;
  ptrdiff_t output_channel_stride, output_step;
} silu_part;

/// Applies it to what is in `sums` and writes it to `output`, which may be the same place. A function of its own, lest
/// its constants take registers from sums.
///
/// - vector_floats: 16 or 8.
void ck_finish_silu(const silu_part *part, const float *sums, float *output, int vector_floats, int streaming);
