// Normal random numbers from random words, for 16 floats.
#pragma once

#include "philox.h"

#pragma STDC FP_CONTRACT OFF

/// x = log x for normal numbers: x = m 2^e with m between sqrt(1/2) and sqrt(2); log m = 2 artanh((m - 1) / (m + 1)),
/// whose next term is below 2^-29.
CK_INLINE void ck_logarithm(lanes16 *x) {
  const lanes16i bits = (lanes16i)*x, exponent = (bits - 0x3F3504F3) >> 23;
  const lanes16 mantissa = (lanes16)(bits - (exponent << 23));
  const lanes16 s = (mantissa - 1.0f) / (mantissa + 1.0f), square = s * s;
  lanes16 p = square * (1.0f / 9) + 1.0f / 7;
  p = p * square + 1.0f / 5;
  p = p * square + 1.0f / 3;
  p = p * square * s + s;
  *x = __builtin_convertvector(exponent, lanes16) * 0.69314718056f + 2.0f * p;
}

/// x = sqrt(2) * inverse error function of x, in (-1, 1): a standard normal number for a uniform one.
/// Giles, "Approximating the erfinv function", GPU Computing Gems, 2011, single precision.
CK_INLINE void ck_normal_of(lanes16 *x) {
  const lanes16 value = *x;
  lanes16 w = (1.0f - value) * (1.0f + value);
  ck_logarithm(&w);
  w = -w;
  const lanes16 near = w - 2.5f;
  const lanes16 far =
      (lanes16)__builtin_elementwise_sqrt((lanes16_selected)CK_SELECT(w < 5.0f, CK_ZERO + 5.0f, w)) - 3.0f;
  lanes16 p = near * 2.81022636e-08f + 3.43273939e-07f, q = far * -0.000200214257f + 0.000100950558f;
  p = p * near - 3.5233877e-06f;
  q = q * far + 0.00134934322f;
  p = p * near - 4.39150654e-06f;
  q = q * far - 0.00367342844f;
  p = p * near + 0.00021858087f;
  q = q * far + 0.00573950773f;
  p = p * near - 0.00125372503f;
  q = q * far - 0.0076224613f;
  p = p * near - 0.00417768164f;
  q = q * far + 0.00943887047f;
  p = p * near + 0.246640727f;
  q = q * far + 1.00167406f;
  p = p * near + 1.50140941f;
  q = q * far + 2.83297682f;
  *x = CK_SELECT(w < 5.0f, p, q) * value * 1.41421356f;
}

/// The middle of the interval that the 24 high bits of a word stand for, as a probability from -1 to 1: exact in a
/// float.
CK_INLINE void ck_probability_of_word(const lanes16u *word, lanes16 *value) {
  const lanes16i bits = (lanes16i)(*word >> 8);
  *value = __builtin_convertvector(2 * bits + 1 - (1 << 24), lanes16) * 0x1p-24f;
}

/// Standard normal.
CK_INLINE void ck_normal_of_word(const lanes16u *word, lanes16 *value) {
  ck_probability_of_word(word, value);
  ck_normal_of(value);
}
