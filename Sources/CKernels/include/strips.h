#pragma once

#include "runs.h"

/// Images cut into `count` strips, in vectors of 16 lanes: strip s of image i lies in lane i * count + s. Lanes behind
/// those of 16 / count images are dead.

/// Writes the cells of all strips. `step` is how many floats after a strip the next one begins in the image.
void ck_cut_strips(const float *image, ck_strides image_strides, ptrdiff_t step, float *strips,
                   ck_strides strip_strides, const ck_cells *strip_cells, ptrdiff_t count);

/// The reverse. Lanes behind those of 16 / count images become zero.
void ck_join_strips(const float *strips, ck_strides strip_strides, const ck_cells *strip_cells, float *image,
                    ck_strides image_strides, ptrdiff_t step, ptrdiff_t count);

/// target[lane] = source[lane + shift], where that is a strip of the same image; `fill` where it is none.
void ck_fetch_strips(const float *source, float *target, ck_strides strides, const ck_cells *cells, ptrdiff_t count,
                     ptrdiff_t shift, float fill);

/// target[lane] += source[lane + shift], where that is a strip of the same image.
void ck_gather_strips(const float *source, float *target, ck_strides strides, const ck_cells *cells, ptrdiff_t count,
                      ptrdiff_t shift);
