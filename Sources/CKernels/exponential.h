// The exponential function for 16 floats.
#pragma once

#include "operations.h"

/// x = e^x. Cody and Waite's reduction to |r| <= ln(2)/2, then a polynomial of degree 7 in r (Taylor's coefficients:
/// the next term is below 2^-28), then a scaling by 2^n in two factors, so that results below the smallest normal
/// number and overflow are right. NaN stays NaN.
CK_INLINE void ck_exponential(lanes16 *x) {
  lanes16 value = *x;
  const lanes16 low = CK_ZERO - 104.0f, high = CK_ZERO + 89.0f;
  value = CK_SELECT(value < low, low, value);
  value = CK_SELECT(value > high, high, value);
  // Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits.
  const float magic = 12582912.0f;
  const lanes16 shifted = value * 1.44269504088896341f + magic;
  const lanes16 n = shifted - magic;
  const lanes16i power = (lanes16i)shifted - 0x4B400000;
  lanes16 r = value - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  lanes16 p = r * (1.0f / 5040) + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * (r * r) + r;
  p = p + 1.0f;
  const lanes16i half = power >> 1;
  const lanes16i first = (half + 127) << 23, second = (power - half + 127) << 23;
  *x = p * (lanes16)first * (lanes16)second;
}
