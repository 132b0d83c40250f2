#include "measures.h"

#include <math.h>

#include "operations.h"

/// Visits the positions: x and y are set to the first lane in either tensor. What `END_OF_ROW` does is done after each
/// row.
#define CK_FOR_ROWS(positions)                                     \
  for (ptrdiff_t i0 = 0; i0 < (positions).count[0]; i0++)          \
    for (ptrdiff_t i1 = 0; i1 < (positions).count[1]; i1++)        \
      for (ptrdiff_t i2 = 0; i2 < (positions).count[2]; i2++)

#define CK_ROW(tensor, strides) \
  ((tensor) + i0 * (strides)[0] + i1 * (strides)[1] + i2 * (strides)[2])

/// 16-lane integers that stand for "no class".
#define CK_NO_CLASS ((lanes16i){0} - 1)

CK_INLINE void class_at(const float *x, const ck_class_reading *reading, lanes16i *result) {
  const lanes16 value = CK_LOAD(x);
  switch (reading->kind) {
    case CK_LARGEST: {
      lanes16 best = value;
      lanes16i chosen = {0};
      for (ptrdiff_t c = 1; c < reading->count; c++) {
        const lanes16 other = CK_LOAD(x + c * reading->stride);
        const lanes16i better = other > best;
        best = CK_SELECT(better, other, best);
        chosen = (better & (int32_t)c) | (~better & chosen);
      }
      *result = chosen;
      return;
    }
    case CK_WHOLE:
    case CK_EXACT: {
      // What no integer could hold is no class; NaN neither.
      lanes16i is_class = (value > -1.0f) & (value < 16777216.0f);
      const lanes16i whole = __builtin_convertvector(CK_SELECT(is_class, value, CK_ZERO), lanes16i);
      if (reading->kind == CK_EXACT) is_class &= __builtin_convertvector(whole, lanes16) == value;
      *result = (is_class & whole) | (~is_class & CK_NO_CLASS);
      return;
    }
    case CK_ABOVE: *result = (value > reading->threshold) & 1; return;
    case CK_AT_LEAST: *result = (value >= reading->threshold) & 1; return;
    case CK_SET: *result = (value != 0.0f) & 1; return;
  }
}

CK_INLINE void add_lanes(const lanes16i *numbers, int64_t *sums) {
  for (int lane = 0; lane < 16; lane++) sums[lane] += (*numbers)[lane];
}

CK_DISPATCHED void ck_count_matches(const float *first, ck_class_reading first_reading, const float *second,
                                    ck_class_reading second_reading, ck_positions positions, int32_t ignored,
                                    int64_t *matches, int64_t *counted) {
  CK_FOR_ROWS(positions) {
    const float *x = CK_ROW(first, positions.first), *y = CK_ROW(second, positions.second);
    lanes16i equal = {0}, present = {0};
    for (ptrdiff_t i = 0; i < positions.count[3]; i++) {
      lanes16i a, b;
      class_at(x + i * positions.first[3], &first_reading, &a);
      class_at(y + i * positions.second[3], &second_reading, &b);
      // No class is below 0, and none is ignored where `ignored` is.
      const lanes16i counts = b != ignored | (b < 0);
      present -= counts;
      equal -= counts & (a == b) & (b >= 0);
    }
    add_lanes(&equal, matches);
    add_lanes(&present, counted);
  }
}

CK_DISPATCHED void ck_count_confusion(const float *first, ck_class_reading first_reading, const float *second,
                                      ck_class_reading second_reading, ck_positions positions, int32_t ignored,
                                      ptrdiff_t start, ptrdiff_t end, ptrdiff_t classes, int64_t *counts) {
  CK_FOR_ROWS(positions) {
    const float *x = CK_ROW(first, positions.first), *y = CK_ROW(second, positions.second);
    for (ptrdiff_t i = 0; i < positions.count[3]; i++) {
      lanes16i a, b;
      class_at(x + i * positions.first[3], &first_reading, &a);
      class_at(y + i * positions.second[3], &second_reading, &b);
      for (ptrdiff_t lane = start; lane < end; lane++) {
        const int32_t predicted = a[lane], wanted = b[lane];
        if (wanted < 0 || wanted >= classes || wanted == ignored || predicted < 0 || predicted >= classes) continue;
        counts[wanted * classes + predicted]++;
      }
    }
  }
}

CK_DISPATCHED void ck_count_top(const float *first, ck_class_reading scores, const float *second,
                                ck_class_reading second_reading, ck_positions positions, ptrdiff_t k, int is_strict,
                                int64_t *matches) {
  CK_FOR_ROWS(positions) {
    const float *x = CK_ROW(first, positions.first), *y = CK_ROW(second, positions.second);
    for (ptrdiff_t i = 0; i < positions.count[3]; i++) {
      const float *values = x + i * positions.first[3];
      lanes16i wanted;
      class_at(y + i * positions.second[3], &second_reading, &wanted);
      lanes16 score = CK_ZERO + NAN;
      for (int lane = 0; lane < 16; lane++)
        if (wanted[lane] >= 0 && wanted[lane] < scores.count) score[lane] = values[wanted[lane] * scores.stride + lane];
      lanes16i before = {0};
      for (ptrdiff_t c = 0; c < scores.count; c++) {
        const lanes16 value = CK_LOAD(values + c * scores.stride);
        before -= value > score;
        if (is_strict) before -= (value == score) & ((int32_t)c < wanted);
      }
      // A score that is not a number is not among the largest.
      const lanes16i found = (before < (int32_t)k) & (score == score) & 1;
      add_lanes(&found, matches);
    }
  }
}
