#include <math.h>

#include "positions.h"

CK_INLINE int64_t count_lanes(const lanes16i *mask) {
  int32_t count = 0;
  for (int lane = 0; lane < 16; lane++) count -= (*mask)[lane];
  return count;
}

/// The lanes of a group that are looked at.
#define CK_BETWEEN(start, end) (~CK_LIVE(start) & CK_LIVE(end))

CK_INLINE void wanted_at(const ck_labelled_scores *labelled, const float *y, ptrdiff_t c, lanes16i *wanted) {
  *wanted = labelled->is_class_number ? CK_LOAD(y) == (float)c : CK_LOAD(y + c * labelled->target_stride) != 0.0f;
}

CK_INLINE void largest_of(const float *x, const ck_labelled_scores *labelled, lanes16 *largest) {
  lanes16 best = CK_LOAD(x);
  for (ptrdiff_t c = 1; c < labelled->count; c++) {
    const lanes16 value = CK_LOAD(x + c * labelled->score_stride);
    best = CK_SELECT(value > best, value, best);
  }
  *largest = best;
}

CK_INLINE void is_positive(const float *x, const ck_labelled_scores *labelled, const ck_positive_rule *rule,
                           const lanes16 *largest, ptrdiff_t c, lanes16i *result) {
  const lanes16 value = CK_LOAD(x + c * labelled->score_stride);
  switch (rule->kind) {
    case CK_POSITIVE_ABOVE: *result = value > rule->threshold; return;
    case CK_POSITIVE_LARGEST: *result = (value >= *largest) & ((value > 1e-9f) | (value < -1e-9f)); return;
    case CK_POSITIVE_TOP: {
      lanes16i before = {0};
      for (ptrdiff_t other = 0; other < labelled->count; other++) {
        const lanes16 rival = CK_LOAD(x + other * labelled->score_stride);
        before -= other < c ? rival >= value : rival > value;
      }
      *result = (before < (int32_t)rule->k) & (value > rule->threshold);
      return;
    }
  }
}

CK_DISPATCHED void ck_count_positives(const ck_labelled_scores *labelled, ck_positive_rule rule, ptrdiff_t start,
                                      ptrdiff_t end, int64_t *counts) {
  const ck_positions *p = &labelled->positions;
  const lanes16i lanes = CK_BETWEEN(start, end);
  CK_FOR_ROWS(*p) {
    const float *row = CK_ROW(labelled->scores, p->first), *targets = CK_ROW(labelled->targets, p->second);
    for (ptrdiff_t i = 0; i < p->count[3]; i++) {
      const float *x = row + i * p->first[3], *y = targets + i * p->second[3];
      lanes16 largest;
      if (rule.kind == CK_POSITIVE_LARGEST) largest_of(x, labelled, &largest);
      for (ptrdiff_t c = 0; c < labelled->count; c++) {
        lanes16i positive, wanted;
        is_positive(x, labelled, &rule, &largest, c, &positive);
        wanted_at(labelled, y, c, &wanted);
        positive &= lanes;
        wanted &= lanes;
        const lanes16i both = positive & wanted;
        counts[3 * c] += count_lanes(&both);
        counts[3 * c + 1] += count_lanes(&positive);
        counts[3 * c + 2] += count_lanes(&wanted);
      }
    }
  }
}

/// How many of n ascending thresholds are below a value; 0 for NaN.
CK_INLINE ptrdiff_t thresholds_below(float value, const float *thresholds, ptrdiff_t n) {
  ptrdiff_t low = 0, high = n;
  while (low < high) {
    const ptrdiff_t middle = (low + high) / 2;
    if (value > thresholds[middle]) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

CK_INLINE ptrdiff_t even_thresholds_below(float value, ptrdiff_t n) {
  const float inside = value > 0 ? value < 1 ? value : 1 : 0;
  const ptrdiff_t below = (ptrdiff_t)ceilf(inside * (float)(n - 1));
  return below < 1 ? 1 : below;
}

CK_DISPATCHED void ck_count_thresholds(const ck_labelled_scores *labelled, const float *thresholds, ptrdiff_t n,
                                       int is_even, ptrdiff_t start, ptrdiff_t end, int64_t *counts) {
  const ck_positions *p = &labelled->positions;
  CK_FOR_ROWS(*p) {
    const float *row = CK_ROW(labelled->scores, p->first), *targets = CK_ROW(labelled->targets, p->second);
    for (ptrdiff_t i = 0; i < p->count[3]; i++) {
      const float *x = row + i * p->first[3], *y = targets + i * p->second[3];
      for (ptrdiff_t c = 0; c < labelled->count; c++) {
        lanes16i wanted;
        wanted_at(labelled, y, c, &wanted);
        for (ptrdiff_t lane = start; lane < end; lane++) {
          const float value = x[c * labelled->score_stride + lane];
          const ptrdiff_t below = is_even ? even_thresholds_below(value, n) : thresholds_below(value, thresholds, n);
          counts[2 * ((n + 1) * c + below) + (wanted[lane] & 1)]++;
        }
      }
    }
  }
}

CK_DISPATCHED void ck_count_confidences(const ck_labelled_scores *labelled, ptrdiff_t bins, ptrdiff_t start,
                                        ptrdiff_t end, int64_t *counts) {
  const ck_positions *p = &labelled->positions;
  const ptrdiff_t classes = labelled->count;
  CK_FOR_ROWS(*p) {
    const float *row = CK_ROW(labelled->scores, p->first), *targets = CK_ROW(labelled->targets, p->second);
    for (ptrdiff_t i = 0; i < p->count[3]; i++) {
      const float *x = row + i * p->first[3], *y = targets + i * p->second[3];
      lanes16 best = CK_LOAD(x);
      lanes16i right;
      wanted_at(labelled, y, 0, &right);
      if (classes == 1) {
        const lanes16i is_set = best > 0.5f;
        right = is_set == right;
        best = CK_SELECT(is_set, best, 1.0f - best);
      }
      for (ptrdiff_t c = 1; c < classes; c++) {
        const lanes16 value = CK_LOAD(x + c * labelled->score_stride);
        const lanes16i better = value > best;
        lanes16i wanted;
        wanted_at(labelled, y, c, &wanted);
        best = CK_SELECT(better, value, best);
        right = (better & wanted) | (~better & right);
      }
      for (ptrdiff_t lane = start; lane < end; lane++) {
        const float confidence = best[lane] > 0 ? best[lane] < 1 ? best[lane] : 1 : 0;
        ptrdiff_t bin = (ptrdiff_t)ceilf(confidence * (float)bins) - 1;
        bin = bin < 0 ? 0 : bin;
        counts[3 * bin]++;
        counts[3 * bin + 1] += right[lane] & 1;
        counts[3 * bin + 2] += (int64_t)(confidence * 4294967296.0);
      }
    }
  }
}
