// What every kernel file needs: a vector of 16 images, and dispatch by instruction set without compiler flags.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// One image per lane: 16 floats, 64 bytes. Clang splits it where registers are narrower. Lanes always start at a
/// multiple of 64 bytes in a layout, but weights and scratch need not, so only the alignment of a float is assumed;
/// aligned data costs the same.
typedef float lanes16 __attribute__((vector_size(64), aligned(4)));

/// Parts of it: for processors with 16 registers of 8 floats, and for sums over lanes.
typedef float lanes8 __attribute__((vector_size(32), aligned(4)));
typedef float lanes4 __attribute__((vector_size(16), aligned(4)));

/// Marks a function that is compiled once per instruction set and chosen when the program is loaded. Helpers that it
/// calls must be CK_INLINE, or they would be compiled for the oldest processor only.
#if defined(__x86_64__)
#define CK_DISPATCHED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CK_DISPATCHED
#endif

#define CK_INLINE static inline __attribute__((always_inline))

/// Before a loop with a constant count whose body addresses an array that must stay in registers.
#define CK_UNROLL _Pragma("clang loop unroll(full)")

/// Where part `index` of `parts` nearly equal parts of `count` begins.
CK_INLINE ptrdiff_t ck_part_start(ptrdiff_t count, ptrdiff_t parts, ptrdiff_t index) { return count * index / parts; }

/// How many parts of at most `limit` there are in `count`.
CK_INLINE ptrdiff_t ck_part_count(ptrdiff_t count, ptrdiff_t limit) { return (count + limit - 1) / limit; }
