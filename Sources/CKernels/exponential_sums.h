// Maxima and sums of exponentials over the channels of a position, for 16 images.
#pragma once

#include "exponential.h"
#include "operations.h"

// Floats are added over this many classes at most before their sum joins a double.
enum { CK_CLASSES = 64 };

CK_INLINE void ck_maximum_of(const float *x, ptrdiff_t stride, ptrdiff_t classes, lanes16 *maximum) {
  lanes16 best = CK_LOAD(x);
  for (ptrdiff_t c = 1; c < classes; c++) {
    const lanes16 value = CK_LOAD(x + c * stride);
    best = CK_SELECT(value > best, value, best);
  }
  *maximum = best;
}

/// Sum of e^(x - maximum); the terms are stored when `terms` is given, which may be x.
CK_INLINE void ck_sum_of_exponentials(const float *x, ptrdiff_t stride, ptrdiff_t classes, const lanes16 *maximum,
                                      float *terms, ptrdiff_t terms_stride, lanes16d *total) {
  *total = (lanes16d){0};
  for (ptrdiff_t start = 0; start < classes; start += CK_CLASSES) {
    lanes16 sum = CK_ZERO;
    for (ptrdiff_t c = start; c < classes && c < start + CK_CLASSES; c++) {
      lanes16 term = CK_LOAD(x + c * stride) - *maximum;
      ck_exponential(&term);
      if (terms) CK_STORE(terms + c * terms_stride, term);
      sum += term;
    }
    *total += __builtin_convertvector(sum, lanes16d);
  }
}
