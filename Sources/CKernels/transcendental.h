// Functions built on the exponential, for 16 floats.
#pragma once

#include "exponential.h"

#define CK_MAGNITUDE(x) CK_SELECT((x) < CK_ZERO, -(x), (x))
#define CK_ONE (CK_ZERO + 1.0f)

/// 1 / (1 + e^-x), from e^-|x| so that nothing overflows and small results keep their digits.
CK_INLINE void ck_sigmoid_of(lanes16 *x) {
  const lanes16i negative = *x < CK_ZERO;
  lanes16 e = CK_SELECT(negative, *x, -*x);
  ck_exponential(&e);
  *x = CK_SELECT(negative, e, CK_ONE) / (e + 1.0f);
}

/// tanh x: an odd polynomial below 0.625 (coefficients: Moshier, Cephes, tanhf.c), 1 - 2 / (e^2x + 1) above.
CK_INLINE void ck_tanh_of(lanes16 *x) {
  const lanes16 value = *x, square = value * value;
  lanes16 p = square * -5.70498872745e-3f + 2.06390887954e-2f;
  p = p * square - 5.37397155531e-2f;
  p = p * square + 1.33314422036e-1f;
  p = p * square - 3.33332819422e-1f;
  const lanes16 near_zero = p * square * value + value;
  const lanes16 magnitude = CK_MAGNITUDE(value);
  lanes16 e = magnitude + magnitude;
  ck_exponential(&e);
  const lanes16 far = 1.0f - 2.0f / (e + 1.0f);
  const lanes16 signed_far = CK_SELECT(value < CK_ZERO, -far, far);
  *x = CK_SELECT(magnitude < 0.625f, near_zero, signed_far);
}

/// e^x - 1 for x <= 0, where nothing cancels: 2 t / (1 - t) with t = tanh(x / 2).
CK_INLINE void ck_exponential_minus_one(lanes16 *x) {
  lanes16 t = *x * 0.5f;
  ck_tanh_of(&t);
  *x = (t + t) / (1.0f - t);
}

/// log(1 + u) for 0 <= u <= 1: 2 artanh(s) with s = u / (2 + u) <= 1/3; the next term of the series is below 2^-27.
CK_INLINE void ck_logarithm_of_one_plus(lanes16 *u) {
  const lanes16 s = *u / (*u + 2.0f), square = s * s;
  lanes16 p = square * (1.0f / 15) + 1.0f / 13;
  p = p * square + 1.0f / 11;
  p = p * square + 1.0f / 9;
  p = p * square + 1.0f / 7;
  p = p * square + 1.0f / 5;
  p = p * square + 1.0f / 3;
  *u = 2.0f * (p * square * s + s);
}

/// log(1 + e^x) = max(x, 0) + log(1 + e^-|x|)
CK_INLINE void ck_softplus_of(lanes16 *x) {
  const lanes16 value = *x;
  lanes16 e = CK_SELECT(value < CK_ZERO, value, -value);
  ck_exponential(&e);
  ck_logarithm_of_one_plus(&e);
  *x = CK_SELECT(value < CK_ZERO, CK_ZERO, value) + e;
}

/// The distribution function of the normal distribution, erfc(-x / sqrt(2)) / 2, with small results exact to their
/// own size (approximations: Moshier, Cephes, ndtrf.c). `density` gets e^(-x^2 / 2).
CK_INLINE void ck_normal_distribution(lanes16 *x, lanes16 *density) {
  const lanes16 value = *x, a = CK_MAGNITUDE(value) * 0.70710678118654752f, square = a * a;
  lanes16 e = -square;
  ck_exponential(&e);
  *density = e;
  // erf below 1.
  lanes16 t = square * 7.853861353153693e-5f - 8.010193625184903e-4f;
  t = t * square + 5.188327685732524e-3f;
  t = t * square - 2.685381193529856e-2f;
  t = t * square + 1.128358514861418e-1f;
  t = t * square - 3.761262582423300e-1f;
  t = t * square + 1.128379165726710f;
  const lanes16 centre = CK_SELECT(value < CK_ZERO, 0.5f - 0.5f * t * a, 0.5f + 0.5f * t * a);
  // erfc from 1 to 2, and above. Below 1 the result is not used, but must not divide by zero.
  const lanes16 q = 1.0f / CK_SELECT(a < CK_ONE, CK_ONE, a), r = q * q;
  lanes16 p = r * 2.326819970068386e-2f - 1.387039388740657e-1f;
  p = p * r + 3.687424674597105e-1f;
  p = p * r - 5.824733027278666e-1f;
  p = p * r + 6.210004621745983e-1f;
  p = p * r - 4.944515323274145e-1f;
  p = p * r + 3.404879937665872e-1f;
  p = p * r - 2.741127028184656e-1f;
  p = p * r + 5.638259427386472e-1f;
  lanes16 u = r * -1.047766399936249e+1f + 1.297719955372516e+1f;
  u = u * r - 7.495518717768503f;
  u = u * r + 2.921019019210786f;
  u = u * r - 1.015265279202700f;
  u = u * r + 4.218463358204948e-1f;
  u = u * r - 2.820767439740514e-1f;
  u = u * r + 5.641895067754075e-1f;
  const lanes16 tail = 0.5f * e * q * CK_SELECT(a < 2.0f, p, u);
  const lanes16 outside = CK_SELECT(value < CK_ZERO, tail, 1.0f - tail);
  *x = CK_SELECT(a < CK_ONE, centre, outside);
}

/// tanh(log(1 + e^x)) = n / (n + 2) with n = e^x (e^x + 2), from e^-|x| so that nothing overflows. `complement` gets
/// one minus its square.
CK_INLINE void ck_tanh_of_softplus(lanes16 *x, lanes16 *complement) {
  const lanes16i negative = *x < CK_ZERO;
  lanes16 e = CK_SELECT(negative, *x, -*x);
  ck_exponential(&e);
  const lanes16 square = e * e, sum = e + e + square;
  const lanes16 numerator = CK_SELECT(negative, sum, e + e + 1.0f);
  const lanes16 denominator = CK_SELECT(negative, sum + 2.0f, sum + square + 1.0f);
  *x = numerator / denominator;
  *complement = 4.0f * CK_SELECT(negative, CK_ONE, square) * (sum + 1.0f) / (denominator * denominator);
}
