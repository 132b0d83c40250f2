#include "combination.h"

#include "cells.h"
#include "operations.h"

#define COMBINE(expression)                                    \
  FOR_CELLS(cells) {                                           \
    const float *left = first + STEPPED(first_steps);          \
    const float *right = second + STEPPED(second_steps);       \
    float *y = output + STEPPED(output_steps);                 \
    for (ptrdiff_t i = 0; i < lanes; i += 16) {                \
      const lanes16 a = CK_LOAD(left + i), b = CK_LOAD(right + i); \
      CK_STORE(y + i, factor * (expression));                  \
    }                                                          \
  }                                                            \
  return

CK_DISPATCHED void ck_combine(ck_operation operation, const float *first, ck_steps first_steps, const float *second,
                              ck_steps second_steps, float *output, ck_steps output_steps, const ck_cells *cells,
                              ptrdiff_t lanes, float factor) {
  switch (operation) {
    case CK_LEFT:
      second = first;
      second_steps = first_steps;
      COMBINE(((void)b, a));
    case CK_SUM: COMBINE(a + b);
    case CK_DIFFERENCE: COMBINE(a - b);
    case CK_PRODUCT: COMBINE(a * b);
    case CK_QUOTIENT: COMBINE(a / b);
    case CK_LARGER: COMBINE(CK_SELECT((b > a) | (b != b), b, a));
    case CK_SMALLER: COMBINE(CK_SELECT((b < a) | (b != b), b, a));
  }
}

/// Visits the places along one axis that are summed into one: all where the result has size 1.
#define FOR_SHARED(name, axis, at) \
  for (ptrdiff_t name = result_cells->axis > 1 ? at : 0; name < (result_cells->axis > 1 ? at + 1 : cells->axis); name++)

CK_DISPATCHED void ck_sum_products(const float *first, ck_steps first_steps, const float *second,
                                   ck_steps second_steps, const ck_cells *cells, float *result, ck_steps result_steps,
                                   const ck_cells *result_cells, ptrdiff_t lanes) {
  for (ptrdiff_t c = 0; c < result_cells->channels; c++)
    for (ptrdiff_t s = 0; s < result_cells->slices; s++)
      for (ptrdiff_t r = 0; r < result_cells->rows; r++)
        for (ptrdiff_t w = 0; w < result_cells->width; w++)
          for (ptrdiff_t i = 0; i < lanes; i += 16) {
            lanes16d total = {0};
            FOR_SHARED(channel, channels, c)
            FOR_SHARED(slice, slices, s) FOR_SHARED(row, rows, r) FOR_SHARED(column, width, w) {
              lanes16 term = CK_LOAD(first + STEPPED(first_steps) + i);
              if (second) term *= CK_LOAD(second + STEPPED(second_steps) + i);
              total += __builtin_convertvector(term, lanes16d);
            }
            float *sum = result + c * result_steps.channel + s * result_steps.slice + r * result_steps.row +
                         w * result_steps.column + i;
            CK_STORE(sum, __builtin_convertvector(total, lanes16));
          }
}

CK_DISPATCHED void ck_route(const float *x, ck_steps x_steps, const float *z, ck_steps z_steps, const float *a,
                            ck_steps a_steps, float *output, ck_steps output_steps, const ck_cells *cells,
                            ptrdiff_t lanes, int equal) {
  FOR_CELLS(cells) {
    const float *points = x + STEPPED(x_steps), *others = z + STEPPED(z_steps), *values = a + STEPPED(a_steps);
    float *y = output + STEPPED(output_steps);
    for (ptrdiff_t i = 0; i < lanes; i += 16) {
      const lanes16i same = CK_LOAD(points + i) == CK_LOAD(others + i);
      const lanes16 value = CK_LOAD(values + i);
      CK_STORE(y + i, CK_SELECT(equal ? same : ~same, value, CK_ZERO));
    }
  }
}
