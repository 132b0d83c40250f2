// Stores that go past the caches.
#pragma once

#include <stdbool.h>

#include "vectors.h"

enum {
  /// Bytes of a tensor from which on it is written past the caches: who reads it next would find little of it there, and
  /// an ordinary store reads each line from memory before it writes it.
  ck_streamed_bytes = 16 << 20,
};

typedef float lanes16_aligned __attribute__((vector_size(64)));
typedef float lanes8_aligned __attribute__((vector_size(32)));

/// Whether a tensor of so many floats from `first` on should be streamed. Vectors must lie at multiples of 64 bytes then.
CK_INLINE bool ck_is_streamed(const float *first, ptrdiff_t floats) {
  return floats * (ptrdiff_t)sizeof(float) >= ck_streamed_bytes && (uintptr_t)first % 64 == 0;
}

#define CK_STORE_STREAMED(address, value) \
  __builtin_nontemporal_store((lanes16_aligned)(value), (lanes16_aligned *)(address))
