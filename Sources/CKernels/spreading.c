#include "spreading.h"

#include "operations.h"
#include "streaming.h"

/// One row; `from` is NULL where all of it is zero.
CK_INLINE void spread_row(const float *from, float *to, ptrdiff_t width, ptrdiff_t column_step, ptrdiff_t lanes,
                          const int streaming) {
  for (ptrdiff_t column = 0; column < width; column++, to += lanes) {
    const int is_copied = from && column % column_step == 0;
    for (ptrdiff_t lane = 0; lane < lanes; lane += 16) {
      const lanes16 value = is_copied ? CK_LOAD(from + lane) : CK_ZERO;
      if (streaming)
        CK_STREAM(to + lane, value);
      else
        CK_STORE(to + lane, value);
    }
    if (is_copied) from += lanes;
  }
}

CK_DISPATCHED void ck_spread(const float *small, ck_strides small_strides, float *large, ck_strides large_strides,
                             const ck_cells *large_cells, ptrdiff_t slice_step, ptrdiff_t row_step,
                             ptrdiff_t column_step, ptrdiff_t lanes, int streaming) {
  for (ptrdiff_t channel = 0; channel < large_cells->channels; channel++)
    for (ptrdiff_t slice = 0; slice < large_cells->slices; slice++)
      for (ptrdiff_t row = 0; row < large_cells->rows; row++) {
        const float *from = slice % slice_step != 0 || row % row_step != 0
                                ? NULL
                                : small + channel * small_strides.channel + slice / slice_step * small_strides.slice +
                                      row / row_step * small_strides.row;
        float *to = large + CK_RUN(large_strides);
        if (streaming)
          spread_row(from, to, large_cells->width, column_step, lanes, 1);
        else
          spread_row(from, to, large_cells->width, column_step, lanes, 0);
      }
}
