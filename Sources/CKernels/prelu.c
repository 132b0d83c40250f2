#include "prelu.h"

#include "operations.h"

/// Where the slope of an element lies.
CK_INLINE ptrdiff_t slope_of(const ck_cells *slopes, ptrdiff_t channel, ptrdiff_t slice, ptrdiff_t row,
                             ptrdiff_t column) {
  const ptrdiff_t s = slopes->slices > 1 ? slice : 0, r = slopes->rows > 1 ? row : 0;
  const ptrdiff_t w = slopes->width > 1 ? column : 0, c = slopes->channels > 1 ? channel : 0;
  return ((s * slopes->rows + r) * slopes->width + w) * slopes->channels + c;
}

#define FOR_CELLS(cells)                                                      \
  for (ptrdiff_t channel = 0; channel < (cells)->channels; channel++)         \
    for (ptrdiff_t slice = 0; slice < (cells)->slices; slice++)               \
      for (ptrdiff_t row = 0; row < (cells)->rows; row++)                     \
        for (ptrdiff_t column = 0; column < (cells)->width; column++)

CK_DISPATCHED void ck_prelu(const float *input, ck_strides input_strides, float *output, ck_strides output_strides,
                            const ck_cells *cells, const float *alpha, const ck_cells *slopes, ptrdiff_t lanes) {
  FOR_CELLS(cells) {
    const float slope = alpha[slope_of(slopes, channel, slice, row, column)];
    const float *x = input + CK_RUN(input_strides) + column * lanes;
    float *y = output + CK_RUN(output_strides) + column * lanes;
    for (ptrdiff_t i = 0; i < lanes; i += 16) {
      const lanes16 value = CK_LOAD(x + i);
      CK_STORE(y + i, CK_SELECT(value < CK_ZERO, value * slope, value));
    }
  }
}

CK_DISPATCHED void ck_prelu_backward(const float *input, ck_strides input_strides, const float *gradient,
                                     ck_strides gradient_strides, float *input_gradient,
                                     ck_strides input_gradient_strides, const ck_cells *cells, const float *alpha,
                                     const ck_cells *slopes, ptrdiff_t lanes) {
  FOR_CELLS(cells) {
    const float slope = alpha[slope_of(slopes, channel, slice, row, column)];
    const float *x = input + CK_RUN(input_strides) + column * lanes;
    const float *dy = gradient + CK_RUN(gradient_strides) + column * lanes;
    float *dx = input_gradient + CK_RUN(input_gradient_strides) + column * lanes;
    for (ptrdiff_t i = 0; i < lanes; i += 16) {
      const lanes16 value = CK_LOAD(dy + i);
      CK_STORE(dx + i, CK_SELECT(CK_LOAD(x + i) < CK_ZERO, value * slope, value));
    }
  }
}

/// Visits the places along one axis that share a slope: one, or all where the slopes have size 1.
#define FOR_SHARED(name, axis, first) \
  for (ptrdiff_t name = slopes->axis > 1 ? first : 0; name < (slopes->axis > 1 ? first + 1 : cells->axis); name++)

CK_DISPATCHED void ck_prelu_alpha_gradient(const float *input, ck_strides input_strides, const float *gradient,
                                           ck_strides gradient_strides, const ck_cells *cells, float *alpha_gradient,
                                           const ck_cells *slopes, ptrdiff_t lanes, ptrdiff_t live) {
  for (ptrdiff_t c = 0; c < slopes->channels; c++)
    for (ptrdiff_t s = 0; s < slopes->slices; s++)
      for (ptrdiff_t r = 0; r < slopes->rows; r++)
        for (ptrdiff_t w = 0; w < slopes->width; w++) {
          lanes16d total = {0};
          FOR_SHARED(channel, channels, c)
          FOR_SHARED(slice, slices, s) FOR_SHARED(row, rows, r) FOR_SHARED(column, width, w) {
            const float *x = input + CK_RUN(input_strides) + column * lanes;
            const float *dy = gradient + CK_RUN(gradient_strides) + column * lanes;
            for (ptrdiff_t i = 0; i < live; i += 16) {
              const lanes16 value = CK_LOAD(x + i);
              const lanes16 term = CK_LOAD(dy + i) * CK_SELECT(value < CK_ZERO, value, CK_ZERO);
              const lanes16 counted = CK_SELECT(CK_LIVE(live - i), term, CK_ZERO);
              total += __builtin_convertvector(counted, lanes16d);
            }
          }
          alpha_gradient[slope_of(slopes, c, s, r, w)] = (float)ck_sum_lanes(&total, 16);
        }
}
