#include "dropout.h"

#include "normal.h"
#include "philox.h"

/// Runs a statement on every vector of the input, which it finds in `value` and replaces, beside random words in
/// `word`. One block of Philox serves four neighbouring elements.
#define FOR_RANDOM_WORDS(statement)                                                                               \
  const ptrdiff_t width = extent.count / lanes;                                                                   \
  ptrdiff_t start = 0;                                                                                            \
  CK_FOR_RUNS(extent) {                                                                                           \
    const float *x = input + CK_RUN(input_strides);                                                               \
    float *y = output + CK_RUN(output_strides);                                                                   \
    for (ptrdiff_t position = 0; position < width;) {                                                             \
      const ptrdiff_t element = start + position, rest = 4 - element % 4;                                         \
      const ptrdiff_t end = position + rest < width ? position + rest : width;                                    \
      for (ptrdiff_t block = 0; block < lanes; block += 16) {                                                     \
        lanes16u words[4] = {(lanes16u){0} + (uint32_t)(element / 4), (lanes16u){0} + purpose,                    \
                             (lanes16u){0} + step, *(const lanes16u *)(samples + block)};                         \
        ck_philox(words, key[0], key[1]);                                                                         \
        for (ptrdiff_t i = position; i < end; i++) {                                                              \
          lanes16 value = CK_LOAD(x + i * lanes + block);                                                         \
          const lanes16u word = words[(start + i) % 4];                                                           \
          statement;                                                                                              \
          CK_STORE(y + i * lanes + block, value);                                                                 \
        }                                                                                                         \
      }                                                                                                           \
      position = end;                                                                                             \
    }                                                                                                             \
    start += width;                                                                                               \
  }

CK_DISPATCHED void ck_dropout(const float *input, ck_strides input_strides, float *output, ck_strides output_strides,
                              ck_extent extent, ptrdiff_t lanes, uint32_t threshold, float scale, float shift,
                              float dropped, const uint32_t *key, uint32_t purpose, uint32_t step,
                              const uint32_t *samples) {
  FOR_RANDOM_WORDS(value = CK_SELECT((word >> 8) >= threshold, value * scale + shift, CK_ZERO + dropped))
}

CK_DISPATCHED void ck_add_noise(const float *input, ck_strides input_strides, float *output, ck_strides output_strides,
                                ck_extent extent, ptrdiff_t lanes, int multiplies, float mean, float deviation,
                                const uint32_t *key, uint32_t purpose, uint32_t step, const uint32_t *samples) {
  FOR_RANDOM_WORDS(lanes16 noise; ck_normal_of_word(&word, &noise); noise = noise * deviation + mean;
                   value = multiplies ? value * noise : value + noise)
}
