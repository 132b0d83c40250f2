// Exponentials and logarithms of 16 doubles, within two units of their last place.
#pragma once

#include "operations.h"

typedef int64_t lanes16l __attribute__((vector_size(128), aligned(8)));
typedef double lanes16d_selected __attribute__((ext_vector_type(16)));
typedef int64_t lanes16d_mask __attribute__((ext_vector_type(16)));

#define CK_SELECT_WIDE(mask, yes, no) \
  ((lanes16d)((lanes16d_mask)(mask) ? (lanes16d_selected)(yes) : (lanes16d_selected)(no)))
#define CK_ZERO_WIDE ((lanes16d){0})
#define CK_WIDE(x) __builtin_convertvector((x), lanes16d)

#define CK_LN2_HIGH 6.93147180369123816490e-01
#define CK_LN2_LOW 1.90821492927058770002e-10

/// x = e^x for x of at most 0, as `ck_exponential`: Taylor's polynomial of degree 13 on |r| <= ln(2)/2, whose next term
/// is below 2^-57. Below -708 it is e^-708. NaN stays NaN.
CK_INLINE void ck_exponential_wide(lanes16d *x) {
  const lanes16d low = CK_ZERO_WIDE - 708.0;
  const lanes16d value = CK_SELECT_WIDE(*x < low, low, *x);
  const double magic = 6755399441055744.0;
  const lanes16d shifted = value * 1.44269504088896340736 + magic, n = shifted - magic;
  const lanes16l power = (lanes16l)shifted - 0x4338000000000000;
  const lanes16d r = value - n * CK_LN2_HIGH - n * CK_LN2_LOW;
  lanes16d p = r * (1.0 / 6227020800) + 1.0 / 479001600;
  p = p * r + 1.0 / 39916800;
  p = p * r + 1.0 / 3628800;
  p = p * r + 1.0 / 362880;
  p = p * r + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  p = p * (r * r) + r;
  *x = (p + 1.0) * (lanes16d)((power + 1023) << 52);
}

/// 2 artanh(s) - 2 s = 2 s^3 (1/3 + s^2/5 + ...) for |s| <= 1/3: the next term is below 2^-57 of the first.
CK_INLINE void ck_hyperbolic_tail(const lanes16d *s, lanes16d *tail) {
  const lanes16d square = *s * *s;
  lanes16d p = square * (1.0 / 37) + 1.0 / 35;
  p = p * square + 1.0 / 33;
  p = p * square + 1.0 / 31;
  p = p * square + 1.0 / 29;
  p = p * square + 1.0 / 27;
  p = p * square + 1.0 / 25;
  p = p * square + 1.0 / 23;
  p = p * square + 1.0 / 21;
  p = p * square + 1.0 / 19;
  p = p * square + 1.0 / 17;
  p = p * square + 1.0 / 15;
  p = p * square + 1.0 / 13;
  p = p * square + 1.0 / 11;
  p = p * square + 1.0 / 9;
  p = p * square + 1.0 / 7;
  p = p * square + 1.0 / 5;
  p = p * square + 1.0 / 3;
  *tail = 2.0 * *s * square * p;
}

/// u = log(1 + u) for 0 <= u <= 1, with s = u / (2 + u) <= 1/3: u - u^2 / (2 + u) is 2 s.
CK_INLINE void ck_logarithm_of_one_plus_wide(lanes16d *u) {
  const lanes16d value = *u, s = value / (value + 2.0);
  lanes16d tail;
  ck_hyperbolic_tail(&s, &tail);
  *u = value - (value * s - tail);
}

/// x = log x for normal numbers above 0: x = m 2^e with m from sqrt(1/2) to sqrt(2). NaN for NaN.
CK_INLINE void ck_natural_logarithm_wide(lanes16d *x) {
  const lanes16d value = *x;
  const lanes16l bits = (lanes16l)value;
  lanes16l exponent = ((bits >> 52) & 0x7FF) - 1022;
  lanes16d m = (lanes16d)((bits & 0x000FFFFFFFFFFFFF) | 0x3FE0000000000000);
  const lanes16l low = m < 0.70710678118654752440;
  exponent += low;
  m = CK_SELECT_WIDE(low, m + m, m) - 1.0;
  const lanes16d e = CK_WIDE(exponent), s = m / (m + 2.0);
  lanes16d tail;
  ck_hyperbolic_tail(&s, &tail);
  const lanes16d result = e * CK_LN2_HIGH + (m - (m * s - tail) + e * CK_LN2_LOW);
  *x = CK_SELECT_WIDE(value != value, value, result);
}
