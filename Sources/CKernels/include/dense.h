#pragma once

#include <stddef.h>

/// result (rows, columns) = left (rows, inner) * right (inner, columns) + bias of the row (0 when NULL), for a number
/// of columns that is a multiple of 16. Element (i, j) of `left` lies at i * left_row + j * left_column, one of which
/// is 1; the columns of the others are neighbours. With rows of `left` that are neighbours, `is_blocked` sums 32 inner
/// indices at a time, and then the sums.
void ck_dense_product(const float *left, ptrdiff_t left_row, ptrdiff_t left_column, const float *right,
                      ptrdiff_t right_row, const float *bias, float *result, ptrdiff_t result_row, ptrdiff_t rows,
                      ptrdiff_t inner, ptrdiff_t columns, int is_blocked);

/// result (rows, columns) = left (rows, inner) * transpose of right (columns, inner), or += when `adding`, any sizes;
/// inner indices are neighbours in both.
void ck_dense_outer_product(const float *left, ptrdiff_t left_row, const float *right, ptrdiff_t right_row,
                            float *result, ptrdiff_t result_row, ptrdiff_t rows, ptrdiff_t inner, ptrdiff_t columns,
                            int adding);
