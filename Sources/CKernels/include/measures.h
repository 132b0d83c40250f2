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
