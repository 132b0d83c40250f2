// Logarithms and powers, for 16 floats.
#pragma once

#include "transcendental.h"

/// log x: x = m 2^e with m from sqrt(1/2) to sqrt(2), and a polynomial in m - 1 (coefficients: Moshier, Cephes,
/// logf.c). -infinity at 0, NaN below and for NaN; numbers below the smallest normal one count as 0.
CK_INLINE void ck_natural_logarithm(lanes16 *x) {
  const lanes16 value = *x;
  const lanes16i bits = (lanes16i)value;
  lanes16i exponent = ((bits >> 23) & 0xFF) - 126;
  lanes16 mantissa = (lanes16)((bits & 0x007FFFFF) | 0x3F000000);
  const lanes16i low = mantissa < 0.70710678118654752f;
  exponent += low;
  mantissa = CK_SELECT(low, mantissa + mantissa, mantissa) - 1.0f;
  const lanes16 e = __builtin_convertvector(exponent, lanes16), square = mantissa * mantissa;
  lanes16 p = mantissa * 7.0376836292e-2f - 1.1514610310e-1f;
  p = p * mantissa + 1.1676998740e-1f;
  p = p * mantissa - 1.2420140846e-1f;
  p = p * mantissa + 1.4249322787e-1f;
  p = p * mantissa - 1.6668057665e-1f;
  p = p * mantissa + 2.0000714765e-1f;
  p = p * mantissa - 2.4999993993e-1f;
  p = p * mantissa + 3.3333331174e-1f;
  const lanes16 tail = p * mantissa * square + e * -2.12194440e-4f - 0.5f * square;
  lanes16 result = mantissa + tail + e * 0.693359375f;
  const lanes16 infinity = CK_ZERO + __builtin_inff(), nan = CK_ZERO + __builtin_nanf("");
  result = CK_SELECT(value == infinity, infinity, result);
  result = CK_SELECT(value < 1.17549435e-38f, -infinity, result);
  *x = CK_SELECT((value < CK_ZERO) | (value != value), nan, result);
}

/// x to a power: by multiplication for whole numbers up to 32, else e^(exponent log x).
CK_INLINE void ck_power_of(lanes16 *x, float exponent) {
  const lanes16 value = *x;
  const float magnitude = exponent < 0 ? -exponent : exponent;
  if (magnitude <= 32 && magnitude == (float)(int)magnitude) {
    lanes16 result = CK_ONE;
    for (int i = 0; i < (int)magnitude; i++) result *= value;
    *x = exponent < 0 ? 1.0f / result : result;
    return;
  }
  lanes16 result = value;
  ck_natural_logarithm(&result);
  result *= exponent;
  ck_exponential(&result);
  // 0 to a positive power; what is not a number stays so.
  *x = CK_SELECT((value == CK_ZERO) & (exponent > 0 ? -1 : 0), CK_ZERO,
                 CK_SELECT(value < CK_ZERO, value / CK_ZERO * CK_ZERO, result));
}
