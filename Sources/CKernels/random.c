#include "random.h"

#include "normal.h"
#include "philox.h"

// Without fused multiply-adds every processor draws the same bits.
#pragma STDC FP_CONTRACT OFF

CK_INLINE void value_of(const lanes16u *word, ck_distribution distribution, lanes16 *value) {
  const lanes16i bits = (lanes16i)(*word >> 8);
  if (distribution == CK_UNIFORM) {
    *value = __builtin_convertvector(bits, lanes16) * 0x1p-24f;
    return;
  }
  if (distribution == CK_NORMAL) {
    ck_normal_of_word(word, value);
    return;
  }
  ck_probability_of_word(word, value);
  // The probability of two deviations at most.
  *value = *value * 0.95449974f;
  ck_normal_of(value);
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
