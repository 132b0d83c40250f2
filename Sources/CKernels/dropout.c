#include "dropout.h"

#include "operations.h"

typedef uint32_t lanes16u __attribute__((vector_size(64), aligned(4)));
typedef uint64_t pairs8 __attribute__((vector_size(64), aligned(4)));

/// The high and low words of 16 products.
CK_INLINE void multiply(const lanes16u *factors, uint32_t factor, lanes16u *high, lanes16u *low) {
  const lanes16u even = (lanes16u)(((pairs8)*factors & 0xFFFFFFFF) * factor);
  const lanes16u odd = (lanes16u)(((pairs8)*factors >> 32) * factor);
  *low = __builtin_shufflevector(even, odd, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
  *high = __builtin_shufflevector(even, odd, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
}

/// Philox 4x32-10 of 16 counters: the same words as RandomStream in Swift.
CK_INLINE void philox(lanes16u *counter, uint32_t first_key, uint32_t second_key) {
  for (int round = 0; round < 10; round++) {
    lanes16u first_high, first_low, second_high, second_low;
    multiply(&counter[0], 0xD2511F53, &first_high, &first_low);
    multiply(&counter[2], 0xCD9E8D57, &second_high, &second_low);
    counter[0] = second_high ^ counter[1] ^ first_key;
    counter[1] = second_low;
    counter[2] = first_high ^ counter[3] ^ second_key;
    counter[3] = first_low;
    first_key += 0x9E3779B9;
    second_key += 0xBB67AE85;
  }
}

CK_DISPATCHED void ck_dropout(const float *input, ck_strides input_strides, float *output, ck_strides output_strides,
                              ck_extent extent, ptrdiff_t lanes, uint32_t threshold, float scale, const uint32_t *key,
                              uint32_t purpose, uint32_t step, const uint32_t *samples) {
  const ptrdiff_t width = extent.count / lanes;
  ptrdiff_t start = 0;
  CK_FOR_RUNS(extent) {
    const float *x = input + CK_RUN(input_strides);
    float *y = output + CK_RUN(output_strides);
    // One block of Philox serves four neighbouring elements.
    for (ptrdiff_t position = 0; position < width;) {
      const ptrdiff_t element = start + position, rest = 4 - element % 4;
      const ptrdiff_t end = position + rest < width ? position + rest : width;
      for (ptrdiff_t block = 0; block < lanes; block += 16) {
        lanes16u words[4] = {(lanes16u){0} + (uint32_t)(element / 4), (lanes16u){0} + purpose, (lanes16u){0} + step,
                             *(const lanes16u *)(samples + block)};
        philox(words, key[0], key[1]);
        for (ptrdiff_t i = position; i < end; i++) {
          const lanes16 value = CK_LOAD(x + i * lanes + block);
          const lanes16u word = words[(start + i) % 4];
          CK_STORE(y + i * lanes + block, CK_SELECT((word >> 8) >= threshold, value * scale, CK_ZERO));
        }
      }
      position = end;
    }
    start += width;
  }
}
