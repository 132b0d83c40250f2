// What both algorithms need: setting and summing the cells of every channel.

#include "convolution.h"
#include "vectors.h"

CK_DISPATCHED void ck_fill_channels(const ck_cells *cells, float *tensor, const float *values) {
  for (ptrdiff_t channel = 0; channel < cells->channels; channel++) {
    const ptrdiff_t plane = channel * cells->channel_stride;
    lanes16 value = (lanes16){} + (values ? values[channel] : 0);
    for (ptrdiff_t slice = 0; slice < cells->slices; slice++) {
      for (ptrdiff_t row = 0; row < cells->rows; row++) {
        float *target = tensor + plane + slice * cells->slice_stride + row * cells->row_stride;
        for (ptrdiff_t i = 0; i < cells->row_count; i += 16) *(lanes16 *)(target + i) = value;
      }
    }
  }
}

CK_DISPATCHED void ck_sum_channels(const ck_cells *cells, const float *tensor, float *sums) {
  for (ptrdiff_t channel = 0; channel < cells->channels; channel++) {
    const ptrdiff_t plane = channel * cells->channel_stride;
    // Four sums, or each addition would wait for the one before.
    lanes16 total[4] = {};
    for (ptrdiff_t slice = 0; slice < cells->slices; slice++) {
      for (ptrdiff_t row = 0; row < cells->rows; row++) {
        const float *source = tensor + plane + slice * cells->slice_stride + row * cells->row_stride;
        ptrdiff_t i = 0;
        for (; i + 64 <= cells->row_count; i += 64)
          CK_UNROLL for (int part = 0; part < 4; part++) total[part] += *(const lanes16 *)(source + i + 16 * part);
        for (; i < cells->row_count; i += 16) total[0] += *(const lanes16 *)(source + i);
      }
    }
    lanes16 lanes = (total[0] + total[1]) + (total[2] + total[3]);
    float sum = 0;
    for (int lane = 0; lane < 16; lane++) sum += lanes[lane];
    sums[channel] = sum;
  }
}
