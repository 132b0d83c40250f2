// What the losses share: the walk over predictions and target, and sums for each lane.
#pragma once

#include "losses.h"
#include "powers.h"
#include "walk.h"

#define CK_EPSILON 1e-7f
#define CK_CLIPPED(x, low, high) CK_SELECT((x) < (low), CK_ZERO + (low), CK_SELECT((x) > (high), CK_ZERO + (high), (x)))
#define CK_ADD_WIDE(total, term) ((total) += __builtin_convertvector((term), lanes16d))
#define CK_NARROW(total) __builtin_convertvector((total), lanes16)

/// Visits the groups of predictions, 16 lanes at a time: `x` and `t` are the first element of each, `at` the lane.
#define CK_FOR_GROUPS(walk, input)                                                 \
  CK_FOR_OUTER(walk)                                                               \
  for (ptrdiff_t column = 0, at = 0; column < (walk)->columns; column += 16,       \
                 at = at + 16 == (input)->lanes ? 0 : at + 16)

#define CK_FIRST_PREDICTION(walk, input) ((input)->predictions + CK_OUTER(walk, first) + column)
#define CK_FIRST_TARGET(walk, input) ((input)->target + CK_OUTER(walk, second) + column)
#define CK_FIRST_RESULT(walk, output) ((output)->prediction_gradient + CK_OUTER(walk, third) + column)

/// Adds 16 sums to those of the lanes from `at` on.
#define CK_ADD_LOSSES(losses, at, total) (*(lanes16d *)((losses) + (at)) += (total))

/// The product of a slope and dy; 0 where dy is 0, whatever the slope.
#define CK_SLOPE(dy, slope) CK_SELECT((dy) == CK_ZERO, CK_ZERO, (dy) * (slope))
