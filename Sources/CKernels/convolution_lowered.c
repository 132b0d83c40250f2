// Convolution as a product of matrices ("im2col" and its transpose): the general algorithm, for tensors without borders too.

#include <string.h>

#include "convolution.h"
#include "vectors.h"

/// Calls `BODY(cells, columns, count)` for every run of floats of every row of the columns, in order; `cells` is null where the run lies outside
/// of the tensor. `count` is a multiple of 16.
#define FOR_EACH_RUN(LAYOUT, TENSOR, COLUMNS, BODY) \
  const ck_columns *l = (LAYOUT); \
  ptrdiff_t taken = 0; \
  for (ptrdiff_t kd = 0; kd < l->kernel_depth; kd++) \
    for (ptrdiff_t kh = 0; kh < l->kernel_height; kh++) \
      for (ptrdiff_t kw = 0; kw < l->kernel_width; kw++) \
        for (ptrdiff_t c = 0; c < l->channels; c++) \
          for (ptrdiff_t p = l->first_position, end = p + l->position_count; p < end;) { \
            ptrdiff_t w = p % l->output_width, row = p / l->output_width; \
            ptrdiff_t x = w * l->stride_width + kw * l->dilation_width - l->padding_left; \
            ptrdiff_t y = row % l->output_height * l->stride_height + kh * l->dilation_height - l->padding_top; \
            ptrdiff_t z = row / l->output_height * l->stride_depth + kd * l->dilation_depth - l->padding_front; \
            int inside = x >= 0 && x < l->width && y >= 0 && y < l->height && z >= 0 && z < l->depth; \
            /* Neighbouring pixels of one row are one run where they are neighbours in the tensor too. */ \
            ptrdiff_t pixels = 1; \
            if (inside && l->stride_width == 1) { \
              pixels = smaller(l->width - x, smaller(l->output_width - w, end - p)); \
            } \
            ptrdiff_t count = pixels * l->lanes; \
            BODY(inside ? (TENSOR) + c * l->channel_stride + z * l->slice_stride + y * l->row_stride + x * l->lanes : NULL, \
                 (COLUMNS) + taken, count); \
            taken += count; \
            p += pixels; \
          }

CK_INLINE ptrdiff_t smaller(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

CK_INLINE void copy_run(const float *cells, float *columns, ptrdiff_t count) {
  if (cells) {
    memcpy(columns, cells, count * sizeof(float));
  } else {
    memset(columns, 0, count * sizeof(float));
  }
}

CK_INLINE void add_run(float *cells, const float *columns, ptrdiff_t count) {
  if (!cells) return;
  for (ptrdiff_t i = 0; i < count; i += 16) *(lanes16 *)(cells + i) += *(const lanes16 *)(columns + i);
}

void ck_gather_columns(const ck_columns *layout, const float *tensor, float *columns) {
  FOR_EACH_RUN(layout, tensor, columns, copy_run)
}

CK_DISPATCHED void ck_scatter_columns(const ck_columns *layout, const float *columns, float *tensor) {
  FOR_EACH_RUN(layout, tensor, columns, add_run)
}
