// Convolution as a product of matrices ("im2col" and its transpose): the general algorithm, for tensors without borders
// too.

#include <string.h>

#include "convolution.h"
#include "vectors.h"

/// Receives a run of floats of the columns and where it comes from: null where the run lies outside of the tensor.
/// `count` is a multiple of 16.
typedef void visit_run(float *cells, float *columns, ptrdiff_t count);

CK_INLINE ptrdiff_t smaller(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

/// Visits the positions of one row of the columns, that of tap (kd, kh, kw). Returns how many floats that were.
CK_INLINE ptrdiff_t visit_row(const ck_columns *layout, float *plane, float *columns, ptrdiff_t kd,
                              ptrdiff_t kh, ptrdiff_t kw, visit_run visit) {
  ptrdiff_t position = layout->first_position, end = position + layout->position_count;
  float *target = columns;
  while (position < end) {
    ptrdiff_t column = position % layout->output_width;
    ptrdiff_t row = position / layout->output_width % layout->output_height;
    ptrdiff_t slice = position / layout->output_width / layout->output_height;
    ptrdiff_t x = column * layout->stride_width + kw * layout->dilation_width - layout->padding_left;
    ptrdiff_t y = row * layout->stride_height + kh * layout->dilation_height - layout->padding_top;
    ptrdiff_t z = slice * layout->stride_depth + kd * layout->dilation_depth - layout->padding_front;
    int inside = x >= 0 && x < layout->width && y >= 0 && y < layout->height && z >= 0 && z < layout->depth;
    // Neighbouring pixels of a row are one run where they are neighbours in the tensor too.
    ptrdiff_t pixels = 1;
    if (inside && layout->stride_width == 1)
      pixels = smaller(layout->width - x, smaller(layout->output_width - column, end - position));
    float *cells = inside ? plane + z * layout->slice_stride + y * layout->row_stride + x * layout->lanes : NULL;
    visit(cells, target, pixels * layout->lanes);
    target += pixels * layout->lanes;
    position += pixels;
  }
  return target - columns;
}

CK_INLINE void visit_rows(const ck_columns *layout, float *tensor, float *columns, visit_run visit) {
  for (ptrdiff_t kd = 0; kd < layout->kernel_depth; kd++)
    for (ptrdiff_t kh = 0; kh < layout->kernel_height; kh++)
      for (ptrdiff_t kw = 0; kw < layout->kernel_width; kw++)
        for (ptrdiff_t channel = 0; channel < layout->channels; channel++)
          columns += visit_row(layout, tensor + channel * layout->channel_stride, columns, kd, kh, kw, visit);
}

CK_INLINE void copy_run(float *cells, float *columns, ptrdiff_t count) {
  if (cells) {
    memcpy(columns, cells, count * sizeof(float));
  } else {
    memset(columns, 0, count * sizeof(float));
  }
}

CK_INLINE void add_run(float *cells, float *columns, ptrdiff_t count) {
  if (!cells) return;
  for (ptrdiff_t i = 0; i < count; i += 16) *(lanes16 *)(cells + i) += *(const lanes16 *)(columns + i);
}

void ck_gather_columns(const ck_columns *layout, const float *tensor, float *columns) {
  visit_rows(layout, (float *)tensor, columns, copy_run);
}

CK_DISPATCHED void ck_scatter_columns(const ck_columns *layout, const float *columns, float *tensor) {
  visit_rows(layout, tensor, (float *)columns, add_run);
}

CK_DISPATCHED void ck_fill_channels(float *tensor, ck_strides strides, ck_extent extent, const float *values) {
  for (ptrdiff_t channel = 0; channel < extent.channels; channel++) {
    lanes16 value = (lanes16){} + (values ? values[channel] : 0);
    for (ptrdiff_t slice = 0; slice < extent.slices; slice++) {
      for (ptrdiff_t row = 0; row < extent.rows; row++) {
        float *run = tensor + channel * strides.channel + slice * strides.slice + row * strides.row;
        for (ptrdiff_t i = 0; i < extent.count; i += 16) *(lanes16 *)(run + i) = value;
      }
    }
  }
}
