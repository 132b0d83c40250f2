#include "elementwise.h"

#include <stdbool.h>
#include <string.h>

#include "operations.h"
#include "streaming.h"

CK_DISPATCHED void ck_add(const float *first, ck_strides first_strides, const float *second, ck_strides second_strides,
                          float *output, ck_strides output_strides, ck_extent extent, int rectified,
                          int streams_output) {
  const bool streaming = streams_output && CK_IS_ALIGNED(output);
  CK_FOR_RUNS(extent) {
    const float *a = first + CK_RUN(first_strides), *b = second + CK_RUN(second_strides);
    float *y = output + CK_RUN(output_strides);
    for (ptrdiff_t i = 0; i < extent.count; i += 16) {
      lanes16 sum = CK_LOAD(a + i) + CK_LOAD(b + i);
      if (rectified) sum = CK_SELECT(sum < CK_ZERO, CK_ZERO, sum);
      if (streaming)
        CK_STREAM(y + i, sum);
      else
        CK_STORE(y + i, sum);
    }
  }
}

CK_DISPATCHED void ck_scale_and_shift(const float *input, ck_strides input_strides, float *output,
                                      ck_strides output_strides, ck_extent extent, const float *scales,
                                      const float *offsets) {
  CK_FOR_RUNS(extent) {
    const float *x = input + CK_RUN(input_strides);
    float *y = output + CK_RUN(output_strides);
    const float scale = scales[channel], offset = offsets[channel];
    for (ptrdiff_t i = 0; i < extent.count; i += 16) CK_STORE(y + i, CK_LOAD(x + i) * scale + offset);
  }
}

// The C library chooses its own instructions for these two.
void ck_copy(const float *input, ck_strides input_strides, float *output, ck_strides output_strides, ck_extent extent) {
  CK_FOR_RUNS(extent) {
    memmove(output + CK_RUN(output_strides), input + CK_RUN(input_strides), (size_t)extent.count * sizeof(float));
  }
}

void ck_clear(float *output, ck_strides output_strides, ck_extent extent) {
  CK_FOR_RUNS(extent) { memset(output + CK_RUN(output_strides), 0, (size_t)extent.count * sizeof(float)); }
}

/// A walk over a grid in Keras's order.
typedef struct {
  ptrdiff_t offset, row_offset, channel, width, row, slice;
} cursor;

CK_INLINE void advance(cursor *at, const ck_grid *grid, ptrdiff_t lanes) {
  at->offset += grid->strides.channel;
  if (++at->channel < grid->channels) return;
  at->channel = 0;
  if (++at->width == grid->width) {
    at->width = 0;
    if (++at->row == grid->rows) {
      at->row = 0;
      at->slice++;
    }
    at->row_offset = at->slice * grid->strides.slice + at->row * grid->strides.row;
  }
  at->offset = at->row_offset + at->width * lanes;
}

CK_DISPATCHED void ck_reshape(const float *input, const ck_grid *input_grid, float *output, const ck_grid *output_grid,
                              ptrdiff_t lanes) {
  const ptrdiff_t count = input_grid->slices * input_grid->rows * input_grid->width * input_grid->channels;
  cursor from = {0}, to = {0};
  for (ptrdiff_t element = 0; element < count; element++) {
    for (ptrdiff_t lane = 0; lane < lanes; lane += 16)
      CK_STORE(output + to.offset + lane, CK_LOAD(input + from.offset + lane));
    advance(&from, input_grid, lanes);
    advance(&to, output_grid, lanes);
  }
}
