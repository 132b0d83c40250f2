#include "arithmetic.h"

#include "slopes.h"
#include "transcendental.h"

/// log x: x = m 2^e with m from sqrt(1/2) to sqrt(2), and a polynomial in m - 1 (coefficients: Moshier, Cephes,
/// logf.c). -infinity at 0, NaN below and for NaN; numbers below the smallest normal one count as 0.
CK_INLINE void logarithm(lanes16 *x) {
  const lanes16 value = *x;
  const lanes16i bits = (lanes16i)value;
  lanes16i exponent = ((bits >> 23) & 0xFF) - 126;
  lanes16 mantissa = (lanes16)((bits & 0x007FFFFF) | 0x3F000000);
  const lanes16i low = mantissa < 0.70710678118654752f;
  exponent += low;
  mantissa = CK_SELECT(low, mantissa + mantissa, mantissa) - 1.0f;
  const lanes16 e = __builtin_convertvector(exponent, lanes16), square = mantissa * mantissa;
  lanes16 p = mantissa * 7.0376836292e-2f - 1.1514610310e-1f;
  p = p * mantissa + 1.1676998740e-1f;
  p = p * mantissa - 1.2420140846e-1f;
  p = p * mantissa + 1.4249322787e-1f;
  p = p * mantissa - 1.6668057665e-1f;
  p = p * mantissa + 2.0000714765e-1f;
  p = p * mantissa - 2.4999993993e-1f;
  p = p * mantissa + 3.3333331174e-1f;
  const lanes16 tail = p * mantissa * square + e * -2.12194440e-4f - 0.5f * square;
  lanes16 result = mantissa + tail + e * 0.693359375f;
  const lanes16 infinity = CK_ZERO + __builtin_inff(), nan = CK_ZERO + __builtin_nanf("");
  result = CK_SELECT(value == infinity, infinity, result);
  result = CK_SELECT(value < 1.17549435e-38f, -infinity, result);
  *x = CK_SELECT((value < CK_ZERO) | (value != value), nan, result);
}

CK_INLINE void power(lanes16 *x, float exponent) {
  const lanes16 value = *x;
  const float magnitude = exponent < 0 ? -exponent : exponent;
  if (magnitude <= 32 && magnitude == (float)(int)magnitude) {
    lanes16 result = CK_ONE;
    for (int i = 0; i < (int)magnitude; i++) result *= value;
    *x = exponent < 0 ? 1.0f / result : result;
    return;
  }
  lanes16 result = value;
  logarithm(&result);
  result *= exponent;
  ck_exponential(&result);
  // 0 to a positive power; what is not a number stays so.
  *x = CK_SELECT((value == CK_ZERO) & (exponent > 0 ? -1 : 0), CK_ZERO,
                 CK_SELECT(value < CK_ZERO, value / CK_ZERO * CK_ZERO, result));
}

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
    case CK_LOGARITHM: APPLY(logarithm(&v));
    case CK_SQUARE_ROOT: APPLY(v = __builtin_elementwise_sqrt(v));
    case CK_INVERSE_ROOT: APPLY(v = 1.0f / __builtin_elementwise_sqrt(v));
    case CK_SQUARE: APPLY(v *= v);
    case CK_ABSOLUTE: APPLY(v = CK_MAGNITUDE(v));
    case CK_RECIPROCAL: APPLY(v = 1.0f / v);
    case CK_POWER: APPLY(power(&v, parameter));
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
    case CK_POWER: SLOPE(power(&v, parameter - 1); v *= parameter);
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
