#include "interleaving.h"

#include "transpose.h"

CK_DISPATCHED void ck_interleave_row(const float *rows, ptrdiff_t row_stride, ptrdiff_t width, ptrdiff_t channels,
                                     float *output, ptrdiff_t channel_stride, ptrdiff_t lanes) {
  const ptrdiff_t count = width * channels;
  ptrdiff_t column = 0, channel = 0;
  for (ptrdiff_t first = 0; first < count; first += 16) {
    lanes16 samples[16], numbers[16];
    CK_UNROLL for (int s = 0; s < 16; s++) samples[s] = *(const lanes16 *)(rows + s * row_stride + first);
    transpose(samples, numbers);
    const ptrdiff_t end = count - first < 16 ? count - first : 16;
    for (ptrdiff_t i = 0; i < end; i++) {
      *(lanes16 *)(output + channel * channel_stride + column * lanes) = numbers[i];
      if (++channel == channels) {
        channel = 0;
        column++;
      }
    }
  }
}
