#pragma once

#include <stddef.h>
#include <stdint.h>

// What metrics count. Each function looks at one group of 16 lanes, whose first float the pointers give, and adds up
// lane by lane or in whole numbers, so that neither the lane of an image nor its neighbours change a result.

/// The positions that two tensors share, along up to four axes, and the floats from one to the next in each.
typedef struct {
  ptrdiff_t count[4], first[4], second[4];
} ck_positions;

/// How the class at a position is read.
typedef enum {
  /// The first of the largest of `count` values, `stride` floats apart.
  CK_LARGEST,
  /// The value without its fraction; none where it is not 0 or more.
  CK_WHOLE,
  /// The value; none where it is not whole and 0 or more.
  CK_EXACT,
  /// 1 where the value is above `threshold`, else 0.
  CK_ABOVE,
  /// 1 where the value is `threshold` or more, else 0.
  CK_AT_LEAST,
  /// 1 where the value is not 0.
  CK_SET,
} ck_class_kind;

typedef struct {
  ck_class_kind kind;
  ptrdiff_t count, stride;
  float threshold;
} ck_class_reading;

/// Adds for each lane the positions of the same class in both tensors to matches[16], and those whose second class is
/// not `ignored` to counted[16]. A position without a class in the second tensor counts, but matches nothing.
void ck_count_matches(const float *first, ck_class_reading first_reading, const float *second,
                      ck_class_reading second_reading, ck_positions positions, int32_t ignored, int64_t *matches,
                      int64_t *counted);

/// Adds the positions of second class i and first class j to counts[i * classes + j], of the lanes from `start` to
/// `end` of the group. Positions whose second class is `ignored`, or one of whose classes is not below `classes`, do
/// not count.
void ck_count_confusion(const float *first, ck_class_reading first_reading, const float *second,
                        ck_class_reading second_reading, ck_positions positions, int32_t ignored, ptrdiff_t start,
                        ptrdiff_t end, ptrdiff_t classes, int64_t *counts);

/// Adds for each lane the positions for which fewer than k of `scores.count` values are larger than that of the class
/// that is read from the second tensor to matches[16]. Of equal values, those of smaller index count as larger where
/// `is_strict`.
void ck_count_top(const float *first, ck_class_reading scores, const float *second, ck_class_reading second_reading,
                  ck_positions positions, ptrdiff_t k, int is_strict, int64_t *matches);

/// Which scores at a position are positive: those above `threshold`; the largest, all of them where several are, unless
/// it is 0 (within 1e-9); or those above `threshold` among the `k` largest, of equal ones the first.
typedef enum { CK_POSITIVE_ABOVE, CK_POSITIVE_LARGEST, CK_POSITIVE_TOP } ck_positive_kind;

typedef struct {
  ck_positive_kind kind;
  float threshold;
  ptrdiff_t k;
} ck_positive_rule;

/// Scores and targets of `count` classes at each position. A class is wanted where its target is not 0; where
/// `is_class_number`, the target holds the number of the class that is wanted.
typedef struct {
  const float *scores, *targets;
  ck_positions positions;
  ptrdiff_t count, score_stride, target_stride;
  int is_class_number;
} ck_labelled_scores;

/// Adds for each class c, over the lanes from `start` to `end` of the group: positions that are positive and wanted to
/// counts[3 c], positive ones to counts[3 c + 1], wanted ones to counts[3 c + 2].
void ck_count_positives(const ck_labelled_scores *labelled, ck_positive_rule rule, ptrdiff_t start, ptrdiff_t end,
                        int64_t *counts);

/// Adds for each class c a histogram over the ascending thresholds: counts[2 ((n + 1) c + b) + w], where b is how many
/// of the n thresholds are below the score, and w is 1 where the class is wanted. Where `is_even`, b is found as
/// Keras does for n evenly spaced ones: ceil(score * (n - 1)), at least 1.
void ck_count_thresholds(const ck_labelled_scores *labelled, const float *thresholds, ptrdiff_t n, int is_even,
                         ptrdiff_t start, ptrdiff_t end, int64_t *counts);

/// Adds for each of `bins` equal intervals of the largest probability at a position, open at their lower end:
/// positions, those whose class is wanted, and the sum of the probabilities in units of 2^-32, to counts[3 b ...].
/// Of one score s, probabilities are s of class 1 and 1 - s of class 0.
void ck_count_confidences(const ck_labelled_scores *labelled, ptrdiff_t bins, ptrdiff_t start, ptrdiff_t end,
                          int64_t *counts);

/// What is summed over the elements of an output x and a target y.
typedef enum {
  /// (x - y)^2
  CK_SQUARED_ERROR,
  /// |x - y|
  CK_ABSOLUTE_ERROR,
  /// 100 |x - y| / max(|y|, 1e-7)
  CK_PERCENTAGE_ERROR,
  /// (log(1 + max(x, 1e-7)) - log(1 + max(y, 1e-7)))^2
  CK_SQUARED_LOGARITHMIC_ERROR,
  /// log(cosh(x - y))
  CK_LOG_COSH_ERROR,
  /// x - y
  CK_ERROR,
  /// y
  CK_TARGET,
  /// y^2
  CK_SQUARED_TARGET,
} ck_element_error;

/// Adds the sum over all positions to sums[16], for each lane in doubles and in the order of the positions.
void ck_sum_errors(const float *first, const float *second, ck_positions positions, ck_element_error error,
                   double *sums);

/// Adds the sum over all positions of a.b / (max(|a|, 1e-7) max(|b|, 1e-7)) to sums[16], a and b being vectors of
/// `count` values; for each lane, in doubles.
void ck_sum_cosines(const float *first, ptrdiff_t first_stride, const float *second, ptrdiff_t second_stride,
                    ptrdiff_t count, ck_positions positions, double *sums);
