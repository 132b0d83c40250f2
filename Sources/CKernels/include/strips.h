#pragma once

#include "runs.h"

/// Images cut into `count` strips, in vectors of 16 lanes: strip s of image i lies in lane i * count + s. Lanes behind
/// those of 16 / count images are dead.

/// Images in strips: how many there are of each, how many cells each is long along the axis that is cut and wide
/// across it, and how many floats lie from a cell to the next along each, and from a channel to the next. One strip is
/// a whole image.
typedef struct {
  ptrdiff_t count, length, width, step, across, channel;
} ck_strips;

/// Writes all strips of images that are cut otherwise, or not at all. The cell (0, 0) of an image that is written is
/// the cell (`first`, `side`) of the one that is read, along the axis and across it; cells outside of that become zero,
/// and so do lanes behind the strips of as many images as fit into either.
void ck_move_strips(const float *from, const ck_strips *source, float *to, const ck_strips *target,
                    ptrdiff_t channels, ptrdiff_t first, ptrdiff_t side);

/// target[lane] = source[lane + shift], where that is a strip of the same image; `fill` where it is none.
void ck_fetch_strips(const float *source, float *target, ck_strides strides, const ck_cells *cells, ptrdiff_t count,
                     ptrdiff_t shift, float fill);

/// target[lane] += source[lane + shift], where that is a strip of the same image.
void ck_gather_strips(const float *source, float *target, ck_strides strides, const ck_cells *cells, ptrdiff_t count,
                      ptrdiff_t shift);
