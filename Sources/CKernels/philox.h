// Philox 4x32-10 of 16 counters at once.
#pragma once

#include "operations.h"

typedef uint32_t lanes16u __attribute__((vector_size(64), aligned(4)));
typedef uint64_t pairs8 __attribute__((vector_size(64), aligned(4)));

/// The high and low words of 16 products.
CK_INLINE void ck_multiply_words(const lanes16u *factors, uint32_t factor, lanes16u *high, lanes16u *low) {
  const lanes16u even = (lanes16u)(((pairs8)*factors & 0xFFFFFFFF) * factor);
  const lanes16u odd = (lanes16u)(((pairs8)*factors >> 32) * factor);
  *low = __builtin_shufflevector(even, odd, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
  *high = __builtin_shufflevector(even, odd, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
}

/// The four counter words of 16 streams become their random words: the same as those of RandomStream in Swift.
CK_INLINE void ck_philox(lanes16u *counter, uint32_t first_key, uint32_t second_key) {
  for (int round = 0; round < 10; round++) {
    lanes16u first_high, first_low, second_high, second_low;
    ck_multiply_words(&counter[0], 0xD2511F53, &first_high, &first_low);
    ck_multiply_words(&counter[2], 0xCD9E8D57, &second_high, &second_low);
    counter[0] = second_high ^ counter[1] ^ first_key;
    counter[1] = second_low;
    counter[2] = first_high ^ counter[3] ^ second_key;
    counter[3] = first_low;
    first_key += 0x9E3779B9;
    second_key += 0xBB67AE85;
  }
}
