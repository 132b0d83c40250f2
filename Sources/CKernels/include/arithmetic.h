#pragma once

#include "combination.h"
#include "runs.h"

/// Functions of one element that activations do not have.
typedef enum {
  CK_LOGARITHM,
  CK_SQUARE_ROOT,
  /// 1 / sqrt(x)
  CK_INVERSE_ROOT,
  CK_SQUARE,
  CK_ABSOLUTE,
  CK_RECIPROCAL,
  /// x to the power of the parameter: for whole numbers by multiplication, else e^(parameter log x).
  CK_POWER,
} ck_unary_function;

/// y = f(x). Lanes from `live` on become zero, where x may lie outside of the function's domain. The output may be the
/// input.
void ck_unary(ck_unary_function function, float parameter, const float *input, ck_strides input_strides, float *output,
              ck_strides output_strides, ck_extent extent, ptrdiff_t lanes, ptrdiff_t live);

/// dx = dy f'(x), and 0 where dy is 0.
void ck_unary_backward(ck_unary_function function, float parameter, const float *input, ck_strides input_strides,
                       const float *gradient, ck_strides gradient_strides, float *input_gradient,
                       ck_strides input_gradient_strides, ck_extent extent);

/// Sets the lanes from `live` on to zero.
void ck_clear_dead(float *output, ck_steps steps, const ck_cells *cells, ptrdiff_t lanes, ptrdiff_t live);

/// The largest (or smallest) element over the cells that the result has one of.
void ck_extreme(int largest, const float *input, ck_steps input_steps, const ck_cells *cells, float *result,
                ck_steps result_steps, const ck_cells *result_cells, ptrdiff_t lanes);

/// dx = dy / n for the n elements that are the largest (or smallest) one, y; 0 for the others.
void ck_extreme_backward(const float *input, ck_steps input_steps, const float *output, ck_steps output_steps,
                         const float *gradient, ck_steps gradient_steps, float *input_gradient,
                         ck_steps input_gradient_steps, const ck_cells *cells, const ck_cells *result_cells,
                         ptrdiff_t lanes);

/// Floats to the next matrix of either kind, row and column.
typedef struct {
  ptrdiff_t outer, inner, row, column;
} ck_matrix_steps;

/// y = a b for outer * inner matrices of each image: a is rows x depth, b depth x columns.
void ck_multiply_matrices(const float *first, ck_matrix_steps first_steps, const float *second,
                          ck_matrix_steps second_steps, float *output, ck_matrix_steps output_steps, ptrdiff_t outer,
                          ptrdiff_t inner, ptrdiff_t rows, ptrdiff_t depth, ptrdiff_t columns, ptrdiff_t lanes);
