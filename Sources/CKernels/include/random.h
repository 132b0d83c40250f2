#pragma once

#include <stddef.h>
#include <stdint.h>

typedef enum { CK_UNIFORM, CK_NORMAL, CK_TRUNCATED_NORMAL } ck_distribution;

/// values[i] = location + scale * (value of random word `first` + i), where the value is uniform in [0, 1), or standard
/// normal, or that cut off at two deviations. Word n is word n % 4 of Philox's block n / 4; `first` is a multiple of
/// 64.
void ck_draw(float *values, ptrdiff_t count, ptrdiff_t first, ck_distribution distribution, float location, float scale,
             const uint32_t *key, uint32_t purpose);
