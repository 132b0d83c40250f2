// Loads, stores, selections and sums of vectors of 16 images, and the walk over the runs of a tensor.
#pragma once

#include "runs.h"
#include "vectors.h"

typedef int32_t lanes16i __attribute__((vector_size(64), aligned(4)));
typedef int32_t lanes8i __attribute__((vector_size(32), aligned(4)));
typedef double lanes16d __attribute__((vector_size(128), aligned(8)));

// Macros and pointer arguments throughout: a vector passed by value would tie a helper to one instruction set.
#define CK_LOAD(address) (*(const lanes16 *)(address))
#define CK_STORE(address, value) (*(lanes16 *)(address) = (value))

typedef float lanes16_selected __attribute__((ext_vector_type(16)));
typedef int32_t lanes16_mask __attribute__((ext_vector_type(16)));

/// Lane by lane `mask ? yes : no`; what is not selected cannot leak, not even as NaN. `mask` is a comparison.
#define CK_SELECT(mask, yes, no) ((lanes16)((lanes16_mask)(mask) ? (lanes16_selected)(yes) : (lanes16_selected)(no)))

#define CK_ZERO ((lanes16){0})

static const int32_t ck_lane_numbers[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

/// Comparison that holds in the lanes below `live`.
#define CK_LIVE(live) (*(const lanes16i *)ck_lane_numbers < (int32_t)(live))

/// Visits the runs of one channel: `slice` and `row` are set in the body.
#define CK_FOR_RUNS_OF_CHANNEL(extent)                        \
  for (ptrdiff_t slice = 0; slice < (extent).slices; slice++) \
    for (ptrdiff_t row = 0; row < (extent).rows; row++)

/// Visits all runs: `channel`, `slice` and `row` are set in the body.
#define CK_FOR_RUNS(extent) \
  for (ptrdiff_t channel = 0; channel < (extent).channels; channel++) CK_FOR_RUNS_OF_CHANNEL(extent)

/// Floats from the first element to the current run.
#define CK_RUN(strides) (channel * (strides).channel + slice * (strides).slice + row * (strides).row)

/// min(max(0, y), maximum), with NaN as it is, of float vectors y of any type whose comparisons are of type INTEGERS.
#define CK_RECTIFIED(VECTOR, INTEGERS, y, maximum)                                                  \
  ((VECTOR)((((INTEGERS)(y) & ~((y) < (VECTOR){0})) & ~((y) > (VECTOR){0} + (maximum))) |           \
            ((INTEGERS)((VECTOR){0} + (maximum)) & ((y) > (VECTOR){0} + (maximum)))))

/// Sum of the first `live` of 16 partial sums, always in the same order.
CK_INLINE double ck_sum_lanes(const lanes16d *sums, ptrdiff_t live) {
  double parts[16];
  for (int lane = 0; lane < 16; lane++) parts[lane] = lane < live ? (*sums)[lane] : 0;
  for (int half = 8; half > 0; half /= 2)
    for (int lane = 0; lane < half; lane++) parts[lane] += parts[lane + half];
  return parts[0];
}
