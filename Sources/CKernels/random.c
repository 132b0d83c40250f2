#include "random.h"

#include "philox.h"

// Without fused multiply-adds every processor draws the same bits.
#pragma STDC FP_CONTRACT OFF

/// x = log x for normal numbers: x = m 2^e with m between sqrt(1/2) and sqrt(2); log m = 2 artanh((m - 1) / (m + 1)),
/// whose next term is below 2^-29.
CK_INLINE void logarithm(lanes16 *x) {
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
CK_INLINE void normal_of(lanes16 *x) {
  const lanes16 value = *x;
  lanes16 w = (1.0f - value) * (1.0f + value);
  logarithm(&w);
  w = -w;
  const lanes16 near = w - 2.5f;
  const lanes16 far = (lanes16)__builtin_elementwise_sqrt((lanes16_selected)CK_SELECT(w < 5.0f, CK_ZERO + 5.0f, w)) - 3.0f;
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

CK_INLINE void value_of(const lanes16u *word, ck_distribution distribution, lanes16 *value) {
  const lanes16i bits = (lanes16i)(*word >> 8);
  if (distribution == CK_UNIFORM) {
    *value = __builtin_convertvector(bits, lanes16) * 0x1p-24f;
    return;
  }
  // The middle of the interval that the 24 bits stand for, as a probability from -1 to 1: exact in a float.
  *value = __builtin_convertvector(2 * bits + 1 - (1 << 24), lanes16) * 0x1p-24f;
  if (distribution == CK_NORMAL) {
    normal_of(value);
    return;
  }
  // The probability of two deviations at most.
  *value = *value * 0.95449974f;
  normal_of(value);
  *value = CK_SELECT(*value > 2.0f, CK_ZERO + 2.0f, CK_SELECT(*value < -2.0f, CK_ZERO - 2.0f, *value));
}

CK_INLINE void draw(float *values, ptrdiff_t count, ptrdiff_t first, ck_distribution distribution, float location,
                    float scale, const uint32_t *key, uint32_t purpose) {
  lanes16u blocks = *(const lanes16u *)ck_lane_numbers + (uint32_t)(first / 4);
  for (ptrdiff_t start = 0; start < count; start += 64, blocks += 16) {
    lanes16u words[4] = {blocks, (lanes16u){0} + purpose, (lanes16u){0}, (lanes16u){0}};
    ck_philox(words, key[0], key[1]);
    float drawn[64];
    for (int word = 0; word < 4; word++) {
      lanes16 value;
      value_of(&words[word], distribution, &value);
      value = value * scale + location;
      for (int block = 0; block < 16; block++) drawn[4 * block + word] = value[block];
    }
    const ptrdiff_t rest = count - start < 64 ? count - start : 64;
    for (ptrdiff_t i = 0; i < rest; i++) values[start + i] = drawn[i];
  }
}

CK_DISPATCHED void ck_draw(float *values, ptrdiff_t count, ptrdiff_t first, ck_distribution distribution,
                           float location, float scale, const uint32_t *key, uint32_t purpose) {
  switch (distribution) {
    case CK_UNIFORM: return draw(values, count, first, CK_UNIFORM, location, scale, key, purpose);
    case CK_NORMAL: return draw(values, count, first, CK_NORMAL, location, scale, key, purpose);
    case CK_TRUNCATED_NORMAL: return draw(values, count, first, CK_TRUNCATED_NORMAL, location, scale, key, purpose);
  }
}
