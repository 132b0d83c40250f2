#pragma once

#include <stddef.h>

/// One axis of a sum of products: floats from one element to the next in each factor and in the result, 0 where a
/// tensor does not have the axis.
typedef struct {
  ptrdiff_t count, first, second, result;
} ck_contracted_axis;

/// Axes that the result has, and axes that are summed over; those that are not needed have count 1.
typedef struct {
  ck_contracted_axis kept0, kept1, kept2, kept3, summed0, summed1, summed2;
} ck_contraction;

/// result = sum over the summed axes of first * second, lane by lane, in doubles beyond 64 terms.
void ck_contract(const ck_contraction *contraction, const float *first, const float *second, float *result,
                 ptrdiff_t lanes);
