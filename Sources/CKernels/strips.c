#include "strips.h"

#include "operations.h"

void ck_cut_strips(const float *image, ck_strides image_strides, ptrdiff_t step, float *strips,
                   ck_strides strip_strides, const ck_cells *strip_cells, ptrdiff_t count) {
  const ptrdiff_t images = 16 / count;
  for (ptrdiff_t channel = 0; channel < strip_cells->channels; channel++)
    for (ptrdiff_t row = 0; row < strip_cells->rows; row++)
      for (ptrdiff_t column = 0; column < strip_cells->width; column++) {
        const float *from = image + channel * image_strides.channel + row * image_strides.row + column * 16;
        float *to = strips + channel * strip_strides.channel + row * strip_strides.row + column * 16;
        for (ptrdiff_t s = 0; s < count; s++, from += step)
          for (ptrdiff_t i = 0; i < images; i++) to[i * count + s] = from[i];
        for (ptrdiff_t lane = images * count; lane < 16; lane++) to[lane] = 0;
      }
}

void ck_join_strips(const float *strips, ck_strides strip_strides, const ck_cells *strip_cells, float *image,
                    ck_strides image_strides, ptrdiff_t step, ptrdiff_t count) {
  const ptrdiff_t images = 16 / count;
  for (ptrdiff_t channel = 0; channel < strip_cells->channels; channel++)
    for (ptrdiff_t row = 0; row < strip_cells->rows; row++)
      for (ptrdiff_t column = 0; column < strip_cells->width; column++) {
        const float *from = strips + channel * strip_strides.channel + row * strip_strides.row + column * 16;
        float *to = image + channel * image_strides.channel + row * image_strides.row + column * 16;
        for (ptrdiff_t s = 0; s < count; s++, to += step) {
          float lanes[16] = {0};
          for (ptrdiff_t i = 0; i < images; i++) lanes[i] = from[i * count + s];
          CK_STORE(to, CK_LOAD(lanes));
        }
      }
}

/// Lanes whose image has a strip `shift` further on.
CK_INLINE void ck_strips_within(ptrdiff_t count, ptrdiff_t shift, lanes16i *mask) {
  for (ptrdiff_t lane = 0; lane < 16; lane++) {
    const ptrdiff_t other = lane % count + shift;
    (*mask)[lane] = lane < 16 / count * count && other >= 0 && other < count ? -1 : 0;
  }
}

/// The lanes of `source`, moved down by `shift`; what comes in from outside means nothing.
#define CK_MOVED(source, shift, lanes) \
  (CK_STORE((lanes) + 16, CK_LOAD(source)), CK_LOAD((lanes) + 16 + (shift)))

CK_DISPATCHED void ck_fetch_strips(const float *source, float *target, ck_strides strides, const ck_cells *cells,
                                   ptrdiff_t count, ptrdiff_t shift, float fill) {
  lanes16i mask;
  ck_strips_within(count, shift, &mask);
  float lanes[48] = {0};
  for (ptrdiff_t channel = 0; channel < cells->channels; channel++)
    for (ptrdiff_t row = 0; row < cells->rows; row++)
      for (ptrdiff_t column = 0; column < cells->width; column++) {
        const ptrdiff_t at = channel * strides.channel + row * strides.row + column * 16;
        CK_STORE(target + at, CK_SELECT(mask, CK_MOVED(source + at, shift, lanes), CK_ZERO + fill));
      }
}

CK_DISPATCHED void ck_gather_strips(const float *source, float *target, ck_strides strides, const ck_cells *cells,
                                    ptrdiff_t count, ptrdiff_t shift) {
  lanes16i mask;
  ck_strips_within(count, shift, &mask);
  float lanes[48] = {0};
  for (ptrdiff_t channel = 0; channel < cells->channels; channel++)
    for (ptrdiff_t row = 0; row < cells->rows; row++)
      for (ptrdiff_t column = 0; column < cells->width; column++) {
        const ptrdiff_t at = channel * strides.channel + row * strides.row + column * 16;
        const lanes16 moved = CK_SELECT(mask, CK_MOVED(source + at, shift, lanes), CK_ZERO);
        CK_STORE(target + at, CK_LOAD(target + at) + moved);
      }
}
