#include "strips.h"

#include <stdbool.h>

#include "operations.h"

/// Where the strips of a place along the axis come from: how far from the start of a channel, and of which strip, -1
/// where there is none.
typedef struct {
  ptrdiff_t offset[16], strip[16];
} ck_origins;

static ck_origins ck_origins_of(ptrdiff_t place, const ck_strips *source, const ck_strips *target, ptrdiff_t first) {
  ck_origins origins;
  for (ptrdiff_t s = 0; s < target->count; s++) {
    const ptrdiff_t cell = s * target->length + place + first;
    const bool is_inside = cell >= 0 && cell < source->count * source->length;
    origins.strip[s] = is_inside ? cell / source->length : -1;
    origins.offset[s] = is_inside ? cell % source->length * source->step : 0;
  }
  return origins;
}

void ck_move_strips(const float *from, const ck_strips *source, float *to, const ck_strips *target,
                    ptrdiff_t channels, ptrdiff_t first, ptrdiff_t side) {
  const ptrdiff_t images = 16 / (source->count > target->count ? source->count : target->count);
  for (ptrdiff_t place = 0; place < target->length; place++) {
    const ck_origins origins = ck_origins_of(place, source, target, first);
    for (ptrdiff_t channel = 0; channel < channels; channel++)
      for (ptrdiff_t side_place = 0; side_place < target->width; side_place++) {
        const ptrdiff_t source_place = side_place + side;
        const float *read = from + channel * source->channel + source_place * source->across;
        float lanes[16] = {0};
        if (source_place >= 0 && source_place < source->width)
          for (ptrdiff_t s = 0; s < target->count; s++) {
            if (origins.strip[s] < 0) continue;
            const float *cell = read + origins.offset[s] + origins.strip[s];
            for (ptrdiff_t i = 0; i < images; i++) lanes[i * target->count + s] = cell[i * source->count];
          }
        CK_STORE(to + channel * target->channel + place * target->step + side_place * target->across, CK_LOAD(lanes));
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
