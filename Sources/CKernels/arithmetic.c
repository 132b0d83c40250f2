#include "arithmetic.h"

#include "powers.h"
#include "slopes.h"

#define APPLY(statement)                                               \
  CK_FOR_RUNS(extent) {                                                \
    const float *x = input + CK_RUN(input_strides);                    \
    float *y = output + CK_RUN(output_strides);                        \
    for (ptrdiff_t i = 0; i < extent.count; i += 16) {                 \
      lanes16 v = CK_LOAD(x + i);                                      \
      statement;                                                       \
      const lanes16i alive = CK_LIVE(live - i % lanes);                \
      CK_STORE(y + i, CK_SELECT(alive, v, CK_ZERO));                   \
    }                                                                  \
  }                                                                    \
  return

CK_DISPATCHED void ck_unary(ck_unary_function function, float parameter, const float *input, ck_strides input_strides,
                            float *output, ck_strides output_strides, ck_extent extent, ptrdiff_t lanes,
                            ptrdiff_t live) {
  switch (function) {
    case CK_LOGARITHM: APPLY(ck_natural_logarithm(&v));
    case CK_SQUARE_ROOT: APPLY(v = __builtin_elementwise_sqrt(v));
    case CK_INVERSE_ROOT: APPLY(v = 1.0f / __builtin_elementwise_sqrt(v));
    case CK_SQUARE: APPLY(v *= v);
    case CK_ABSOLUTE: APPLY(v = CK_MAGNITUDE(v));
    case CK_RECIPROCAL: APPLY(v = 1.0f / v);
    case CK_POWER: APPLY(ck_power_of(&v, parameter));
  }
}

#define SLOPE(...) CK_DIFFERENTIATE(input, input_strides, __VA_ARGS__)

CK_DISPATCHED void ck_unary_backward(ck_unary_function function, float parameter, const float *input,
                                     ck_strides input_strides, const float *gradient, ck_strides gradient_strides,
                                     float *input_gradient, ck_strides input_gradient_strides, ck_extent extent) {
  switch (function) {
    case CK_LOGARITHM: SLOPE(v = 1.0f / v);
    case CK_SQUARE_ROOT: SLOPE(v = 0.5f / __builtin_elementwise_sqrt(v));
    case CK_INVERSE_ROOT: SLOPE(v = -0.5f / (v * __builtin_elementwise_sqrt(v)));
    case CK_SQUARE: SLOPE(v = v + v);
    case CK_ABSOLUTE: SLOPE(v = CK_SELECT(v > CK_ZERO, CK_ONE, CK_SELECT(v < CK_ZERO, -CK_ONE, CK_ZERO)));
    case CK_RECIPROCAL: SLOPE(v = -1.0f / (v * v));
    case CK_POWER: SLOPE(ck_power_of(&v, parameter - 1); v *= parameter);
  }
}

#define STEPPED(steps) \
  (channel * (steps).channel + slice * (steps).slice + row * (steps).row + column * (steps).column)

CK_DISPATCHED void ck_clear_dead(float *output, ck_steps steps, const ck_cells *cells, ptrdiff_t lanes,
                                 ptrdiff_t live) {
  for (ptrdiff_t channel = 0; channel < cells->channels; channel++)
    for (ptrdiff_t slice = 0; slice < cells->slices; slice++)
      for (ptrdiff_t row = 0; row < cells->rows; row++)
        for (ptrdiff_t column = 0; column < cells->width; column++) {
          float *y = output + STEPPED(steps);
          for (ptrdiff_t i = live; i < lanes; i++) y[i] = 0;
        }
}

#define FOR_RESULTS                                                   \
  for (ptrdiff_t c = 0; c < result_cells->channels; c++)              \
    for (ptrdiff_t s = 0; s < result_cells->slices; s++)              \
      for (ptrdiff_t r = 0; r < result_cells->rows; r++)              \
        for (ptrdiff_t w = 0; w < result_cells->width; w++)           \
          for (ptrdiff_t i = 0; i < lanes; i += 16)

#define FOR_SHARED(name, axis, at) \
  for (ptrdiff_t name = result_cells->axis > 1 ? at : 0; name < (result_cells->axis > 1 ? at + 1 : cells->axis); name++)

/// Visits what is reduced to one place of the result.
#define FOR_REDUCED \
  FOR_SHARED(channel, channels, c) FOR_SHARED(slice, slices, s) FOR_SHARED(row, rows, r) FOR_SHARED(column, width, w)

#define RESULT(steps) (c * (steps).channel + s * (steps).slice + r * (steps).row + w * (steps).column + i)

CK_DISPATCHED void ck_extreme(int largest, const float *input, ck_steps input_steps, const ck_cells *cells,
                              float *result, ck_steps result_steps, const ck_cells *result_cells, ptrdiff_t lanes) {
  FOR_RESULTS {
    const ptrdiff_t channel = result_cells->channels > 1 ? c : 0, slice = result_cells->slices > 1 ? s : 0;
    const ptrdiff_t row = result_cells->rows > 1 ? r : 0, column = result_cells->width > 1 ? w : 0;
    lanes16 best = CK_LOAD(input + STEPPED(input_steps) + i);
    FOR_REDUCED {
      const lanes16 value = CK_LOAD(input + STEPPED(input_steps) + i);
      const lanes16i better = (largest ? value > best : value < best) | (value != value);
      best = CK_SELECT(better, value, best);
    }
    CK_STORE(result + RESULT(result_steps), best);
  }
}

CK_DISPATCHED void ck_extreme_backward(const float *input, ck_steps input_steps, const float *output,
                                       ck_steps output_steps, const float *gradient, ck_steps gradient_steps,
                                       float *input_gradient, ck_steps input_gradient_steps, const ck_cells *cells,
                                       const ck_cells *result_cells, ptrdiff_t lanes) {
  FOR_RESULTS {
    const lanes16 best = CK_LOAD(output + RESULT(output_steps)), dy = CK_LOAD(gradient + RESULT(gradient_steps));
    lanes16 count = CK_ZERO;
    FOR_REDUCED count += CK_SELECT(CK_LOAD(input + STEPPED(input_steps) + i) == best, CK_ONE, CK_ZERO);
    const lanes16 share = CK_SELECT(count > CK_ZERO, dy / count, CK_ZERO);
    FOR_REDUCED {
      const lanes16i chosen = CK_LOAD(input + STEPPED(input_steps) + i) == best;
      CK_STORE(input_gradient + STEPPED(input_gradient_steps) + i, CK_SELECT(chosen, share, CK_ZERO));
    }
  }
}

CK_DISPATCHED void ck_multiply_matrices(const float *first, ck_matrix_steps first_steps, const float *second,
                                        ck_matrix_steps second_steps, float *output, ck_matrix_steps output_steps,
                                        ptrdiff_t outer, ptrdiff_t inner, ptrdiff_t rows, ptrdiff_t depth,
                                        ptrdiff_t columns, ptrdiff_t lanes) {
  for (ptrdiff_t o = 0; o < outer; o++)
    for (ptrdiff_t n = 0; n < inner; n++)
      for (ptrdiff_t row = 0; row < rows; row++)
        for (ptrdiff_t column = 0; column < columns; column++)
          for (ptrdiff_t i = 0; i < lanes; i += 16) {
            const float *a = first + o * first_steps.outer + n * first_steps.inner + row * first_steps.row + i;
            const float *b =
                second + o * second_steps.outer + n * second_steps.inner + column * second_steps.column + i;
            lanes16 sum = CK_ZERO;
            for (ptrdiff_t k = 0; k < depth; k++)
              sum += CK_LOAD(a + k * first_steps.column) * CK_LOAD(b + k * second_steps.row);
            float *y = output + o * output_steps.outer + n * output_steps.inner + row * output_steps.row +
                       column * output_steps.column + i;
            CK_STORE(y, sum);
          }
}
