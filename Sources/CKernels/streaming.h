// Stores that go past the caches, for tensors of which whoever reads them next would find little there: an ordinary
// store reads each line from memory before it writes it.
#pragma once

#include "vectors.h"

// At multiples of their size, as such stores need them.
typedef float lanes16_aligned __attribute__((vector_size(64)));
typedef float lanes8_aligned __attribute__((vector_size(32)));

#define CK_STREAM(address, value) __builtin_nontemporal_store((lanes16_aligned)(value), (lanes16_aligned *)(address))

/// Whether vectors from here on lie at multiples of their size, as those of all tensors in an arena do.
#define CK_IS_ALIGNED(address) ((uintptr_t)(address) % 64 == 0)
